"""Master data made through its services, with everything it needs."""

import datetime as dt
import itertools
from collections.abc import Hashable
from decimal import Decimal
from typing import Any

from core.clock import today
from core.models import Company
from core.operations import perform
from masterdata.models import (
    Currency,
    Department,
    Employee,
    Item,
    ItemCategory,
    Location,
    Partner,
    PaymentTerm,
    PriceList,
    Tax,
    UnitOfMeasure,
    Warehouse,
)
from masterdata.selectors.currencies import base_currency_code
from masterdata.selectors.places import default_location as location_of
from masterdata.selectors.places import virtual_location
from masterdata.services import company, items, money, partners
from masterdata.services.setup import ensure_basics
from tests.factories.furnishing import furnish

_serial = itertools.count(1)

__all__ = ["location_of", "virtual_location"]


def basics() -> None:
    """Units, currencies, taxes, payment terms, virtual locations, calendar (nothing when they are there)."""
    if not Tax.objects.exists():
        furnish(("basics", kind_of(Company.objects.first())), lambda: perform(ensure_basics, actor=None))


def kind_of(own: Company | None) -> Hashable:
    """What the basics of a company depend on: where it is, what it counts in, the day it plays on."""
    return (own and own.country, base_currency_code(), today())


def uom(code: str = "PCS") -> UnitOfMeasure:
    basics()
    return UnitOfMeasure.objects.get(code=code)


def currency(code: str = "CNY") -> Currency:
    basics()
    return Currency.objects.get(code=code)


def tax(code: str = "VAT13") -> Tax:
    basics()
    return Tax.objects.get(code=code)


def payment_term(code: str = "NET30") -> PaymentTerm:
    basics()
    return PaymentTerm.objects.get(code=code)


def category(code: str = "", **fields: Any) -> ItemCategory:
    code = code or f"CAT{next(_serial)}"
    return perform(items.create_item_category, actor=None, **{"code": code, "name": f"Category {code}"} | fields)


def item(code: str = "", **fields: Any) -> Item:
    """A bought, untracked item in pieces; ``uom`` may be given as code."""
    code = code or f"ITEM{next(_serial)}"
    unit = fields.pop("uom", "PCS")
    values = {"code": code, "name": f"Item {code}", "uom": uom(unit) if isinstance(unit, str) else unit}
    return perform(items.create_item, actor=None, **values | fields)


def partner(code: str = "", **fields: Any) -> Partner:
    """A Chinese company that is complete for every purpose: address, contact, bank account, terms, tax number."""
    serial = next(_serial)
    code = code or f"PARTNER{serial}"
    money_code = fields.pop("currency", "CNY")
    values = {
        "code": code,
        "name": f"Partner {code}",
        "currency": currency(money_code) if isinstance(money_code, str) else money_code,
        "payment_term": payment_term(),
        "tax_number": _tax_number(serial),
        "phone": f"1380013{serial:04d}",
        "addresses": [
            {"kind": "shipping", "province": "上海市", "city": "上海市", "street": "张江路 1 号", "is_default": True}
        ],
        "contacts": [{"name": "王芳", "is_default": True}],
        "bank_accounts": [{"bank_name": "ICBC", "account_number": f"6222{serial:012d}", "is_default": True}],
        "accept_duplicates": True,
    }
    return perform(partners.create_partner, actor=None, **values | fields)


def customer(code: str = "", **fields: Any) -> Partner:
    return partner(code, **{"is_customer": True} | fields)


def supplier(code: str = "", **fields: Any) -> Partner:
    return partner(code, **{"is_supplier": True} | fields)


def supplier_item(supplier: Partner, item: Item, price: str = "10", **fields: Any) -> Any:
    values = {"partner": supplier, "item": item, "price": Decimal(price), "currency": supplier.currency}
    return perform(items.create_supplier_item, actor=None, **values | fields)


def price_list(*lines: dict[str, Any], **fields: Any) -> PriceList:
    """A general sales list in CNY, prices without tax; lines as {"item": …, "price": …}."""
    code = f"LIST{next(_serial)}"
    values = {"code": code, "name": code, "currency": currency(), "tax_included": False, "lines": list(lines)}
    return perform(money.create_price_list, actor=None, **values | fields)


def exchange_rate(code: str, rate: str, date: dt.date) -> Any:
    return perform(money.create_exchange_rate, actor=None, currency=currency(code), date=date, rate=Decimal(rate))


def warehouse(code: str = "", **fields: Any) -> Warehouse:
    """A warehouse with its default storage location."""
    basics()
    code = code or f"WH{next(_serial)}"
    return perform(company.create_warehouse, actor=None, **{"code": code, "name": f"Warehouse {code}"} | fields)


def zone(warehouse: Warehouse, code: str = "", **fields: Any) -> Any:
    code = code or f"Z{next(_serial)}"
    return perform(company.create_zone, actor=None, **{"warehouse": warehouse, "code": code, "name": code} | fields)


def location(warehouse: Warehouse, code: str = "", **fields: Any) -> Location:
    code = code or f"LOC{next(_serial)}"
    return perform(company.create_location, actor=None, **{"warehouse": warehouse, "code": code, "name": code} | fields)


def department(code: str = "", **fields: Any) -> Department:
    code = code or f"D{next(_serial)}"
    return perform(company.create_department, actor=None, **{"code": code, "name": f"Department {code}"} | fields)


def employee(code: str = "", **fields: Any) -> Employee:
    code = code or f"E{next(_serial)}"
    return perform(company.create_employee, actor=None, **{"code": code, "name": f"Employee {code}"} | fields)


def _tax_number(serial: int) -> str:
    """A unified social credit code with a right check digit."""
    from stdnum.cn import uscc

    body = f"9131{serial:013d}"
    return body + uscc.calc_check_digit(body)
