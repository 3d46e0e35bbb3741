"""Items, partners, people and prices of the files. What has its code already is left alone."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Model

from core.operations import perform
from finance.takeover.source import CUT_OVER, Row, Source, day, day_after, number
from masterdata.models import (
    CustomerClass,
    Department,
    Employee,
    ExchangeRate,
    Item,
    ItemCategory,
    Partner,
    PaymentTerm,
    PriceList,
    SupplierItem,
    Tax,
    Territory,
    UnitOfMeasure,
)
from masterdata.selectors.currencies import base_currency
from masterdata.services import company, items, money, partners
from masterdata.services.setup import ensure_currency

KG_PER = {"LB": Decimal("0.45359237"), "G": Decimal("0.001"), "KG": Decimal(1), "": Decimal(1)}
COUNTED = frozenset({"BOX", "BTL", "CAN", "CAR", "CR", "CS", "CTN", "DZ", "EA", "PAK", "PAL", "PC"})
"""Units that have no parts; the others are measured."""
MEASURED_DECIMALS = 3
CLASSES = (("RESELLER", "Reseller", "经销商"), ("INDIVIDUAL", "Individual", "个人"))
RATE_STEP = Decimal("0.0000000001")
GRAM = Decimal("0.001")


def missing(rows: list[Row], model: type[Model], key: str = "code") -> list[Row]:
    """Return the rows whose code no record of ``model`` has yet."""
    known = set(model._default_manager.values_list("code", flat=True))
    return [row for row in rows if row[key] not in known]


def by_code(model: type[Model]) -> dict[str, Any]:
    """Return the records of ``model`` by their codes."""
    return {row.code: row for row in model._default_manager.all()}  # type: ignore[attr-defined]


def _make_all(service: Callable[..., Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        perform(service, actor=None, rows=rows)


def load_items(source: Source) -> None:
    """Units, the tree of categories, items."""
    units = missing(source.rows("units"), UnitOfMeasure)
    _make_all(
        items.create_many_units,
        [
            {"code": r["code"], "name": r["name"], "decimals": 0 if r["code"] in COUNTED else MEASURED_DECIMALS}
            for r in units
        ],
    )
    for row in missing(sorted(source.rows("item_categories"), key=_depth), ItemCategory):
        parent = ItemCategory.objects.filter(code=row["parent_code"]).first()
        perform(items.create_item_category, actor=None, code=row["code"], name=row["name"], parent=parent)
    categories, uoms, lead = by_code(ItemCategory), by_code(UnitOfMeasure), _lead_times(source)
    _make_all(
        items.create_many_items,
        [
            {
                "code": row["code"],
                "name": row["name"],
                "specification": _specification(row),
                "category": categories[row["category_code"]] if row["category_code"] else None,
                "uom": uoms[row["unit"]],
                "supply_type": row["make_buy"],
                "is_sold": row["finished_good"] == "1" and (not row["sell_end"] or day(row["sell_end"]) >= CUT_OVER),
                "is_purchased": row["make_buy"] == "buy",
                "safety_stock": number(row["safety_stock"]),
                "standard_cost": number(row["standard_cost"]),
                "list_price": number(row["list_price"]),
                "lead_time_days": lead.get(row["code"], int(row["days_to_manufacture"] or 0)),
                "weight": (number(row["weight"]) * KG_PER[row["weight_unit"]]).quantize(GRAM),
            }
            for row in missing(source.rows("items"), Item)
        ],
    )


def _depth(row: Row) -> tuple[bool, str]:
    return bool(row["parent_code"]), row["code"]


def _specification(row: Row) -> str:
    size = " ".join(part for part in (row["size"], row["size_unit"]) if part)
    return ", ".join(part for part in (row["model"], row["color"], size) if part)


def preferred_offers(source: Source) -> dict[str, Row]:
    """Return each item's offer of the vendor to ask first: active, preferred, best rating, lowest price."""
    vendors = {row["code"]: row for row in source.rows("vendors")}

    def place(offer: Row) -> tuple[Any, ...]:
        vendor = vendors[offer["vendor_code"]]
        is_second = (vendor["active"] != "1", vendor["preferred"] != "1")
        return *is_second, number(vendor["credit_rating"]), number(offer["standard_price"]), vendor["code"]

    return {item: min(offers, key=place) for item, offers in source.lines("vendor_items", "item_code").items()}


def _lead_times(source: Source) -> dict[str, int]:
    return {item: int(offer["lead_time_days"]) for item, offer in preferred_offers(source).items()}


def load_vendors(source: Source) -> None:
    """Vendors and what they offer; those we no longer buy from are closed when their open orders are in."""
    common = _common()
    _make_all(
        partners.create_many_partners,
        [
            _partner(row, common) | {"is_supplier": True, "note": f"Credit rating {row['credit_rating']} of 5"}
            for row in missing(source.rows("vendors"), Partner)
        ],
    )
    first = {(offer["vendor_code"], item) for item, offer in preferred_offers(source).items()}
    vendors, stock, base = by_code(Partner), by_code(Item), base_currency()
    known = set(SupplierItem.objects.values_list("partner__code", "item__code"))
    _make_all(
        items.create_many_supplier_items,
        [
            {
                "partner": vendors[row["vendor_code"]],
                "item": stock[row["item_code"]],
                "price": number(row["standard_price"]),
                "currency": base,
                "lead_time_days": int(row["lead_time_days"]),
                "min_order": number(row["min_order_qty"]),
                "is_preferred": (row["vendor_code"], row["item_code"]) in first,
            }
            for row in source.rows("vendor_items")
            if (row["vendor_code"], row["item_code"]) not in known
        ],
    )


def close_vendors(source: Source) -> None:
    """Close the vendors that the files call inactive."""
    inactive = [row["code"] for row in source.rows("vendors") if row["active"] != "1"]
    for vendor in Partner.objects.filter(code__in=inactive, is_active=True):
        perform(partners.update_partner, actor=None, partner_id=vendor.pk, version=vendor.version, is_active=False)


def load_customers(source: Source) -> None:
    """Territories, classes, tax rates and customers; who lives where no rate is known pays no tax."""
    for row in missing(source.rows("sales_territories"), Territory):
        perform(partners.create_territory, actor=None, code=row["code"], name=row["name"])
    known = set(CustomerClass.objects.values_list("code", flat=True))
    for code, name, name_zh in CLASSES:
        if code not in known:
            perform(partners.create_customer_class, actor=None, code=code, name=name, name_zh=name_zh)
    rates = [row | {"code": _tax_code(row)} for row in source.rows("sales_tax_rates")]
    _make_all(
        money.create_many_taxes,
        [{"code": r["code"], "name": r["name"], "rate": number(r["rate_pct"])} for r in missing(rates, Tax)],
    )
    common = _common()
    classes, territories, taxes = by_code(CustomerClass), by_code(Territory), by_code(Tax)
    _make_all(
        partners.create_many_partners,
        [
            _partner(row, common)
            | {
                "is_customer": True,
                "kind": Partner.Kind.COMPANY if row["kind"] == "reseller" else Partner.Kind.PERSON,
                "customer_class": classes[row["kind"].upper()],
                "territory": territories[row["territory_code"]] if row["territory_code"] else None,
                "tax": _tax_of(row, taxes),
            }
            for row in missing(source.rows("customers"), Partner)
        ],
    )


def _common() -> dict[str, Any]:
    """What holds for every partner of the files."""
    return {"currency": base_currency(), "payment_term": PaymentTerm.objects.get(code="NET30"), "language": "en"}


def _tax_code(row: Row) -> str:
    return f"{row['country_code']}-{row['state']}-{row['tax_type']}".upper()


def _tax_of(customer: Row, taxes: dict[str, Tax]) -> Tax | None:
    place = f"{customer['country_code']}-{customer['state']}-"
    own = "WHOLESALE" if customer["kind"] == "reseller" else "RETAIL"
    return taxes.get(place + own) or taxes.get(place + "BOTH")


def _partner(row: Row, common: dict[str, Any]) -> dict[str, Any]:
    street = ", ".join(part for part in (row["address1"], row["address2"]) if part)
    place = {
        "country": row["country_code"],
        "province": row["state"],
        "city": row["city"],
        "street": street or row["city"],
        "postal_code": row["postal_code"],
        "is_default": True,
    }
    return common | {
        "code": row["code"],
        "name": row["name"],
        "country": row["country_code"],
        "addresses": [place | {"kind": "shipping"}, place | {"kind": "billing"}],
    }


def load_people(source: Source) -> None:
    """Departments and employees; the files leave the names out, so the login stands for the name."""
    for row in missing(source.rows("departments"), Department):
        perform(company.create_department, actor=None, code=row["code"], name=row["name"])
    departments = by_code(Department)
    _make_all(
        company.create_many_employees,
        [
            {
                "code": row["code"],
                "name": row["code"],
                "department": departments[row["department_code"]],
                "position": row["job_title"],
                "labour_rate": number(row["hourly_rate"]),
                "is_active": row["active"] == "1",
            }
            for row in missing(source.rows("employees"), Employee)
        ],
    )


def load_prices(source: Source) -> None:
    """The last exchange rate of each currency, and one list with the prices of every period."""
    base = base_currency()
    last = {row["to_currency"]: row for row in sorted(source.rows("currency_rates"), key=lambda row: row["date"])}
    known = set(ExchangeRate.objects.values_list("currency__code", "date"))
    rates = []
    for code, row in sorted(last.items()):
        if code == base.code or (code, day(row["date"])) in known:
            continue
        currency = perform(ensure_currency, actor=None, code=code)
        rate = (1 / number(row["end_of_day_rate"])).quantize(RATE_STEP)
        rates.append({"currency": currency, "date": day(row["date"]), "rate": rate})
    _make_all(money.create_many_exchange_rates, rates)
    if PriceList.objects.filter(code="STD").exists():
        return
    stock = by_code(Item)
    perform(
        money.create_price_list,
        actor=None,
        code="STD",
        name="List prices",
        name_zh="标准价",
        currency=base,
        tax_included=False,
        lines=[
            {
                "item": stock[row["item_code"]],
                "price": number(row["list_price"]),
                "valid_from": day(row["start_date"]),
                "valid_to": day_after(row["end_date"]),
            }
            for row in source.rows("item_price_history")
        ],
    )
