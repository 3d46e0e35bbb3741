"""One record of each kind, and the values a clerk types to make another."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from core.models import CodingRule
from core.operations import perform
from masterdata.models import WorkCalendar
from masterdata.services import company, partners
from tests.factories import masterdata as make


def _rows(prefix: str, *rows: dict[str, Any]) -> dict[str, Any]:
    """What a browser posts for a grid of new rows."""
    posted = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        posted |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return posted


def _calendar() -> WorkCalendar:
    make.basics()
    return WorkCalendar.objects.get()


def _rule() -> CodingRule:
    make.basics()
    return CodingRule.objects.get(target="masterdata.item")


def _made(service: Callable[..., Any], **values: Any) -> Any:
    make.basics()
    return perform(service, actor=None, **values)


RECORDS: dict[str, Callable[[], Any]] = {
    "item": make.item,
    "partner": make.customer,
    "price_list": lambda: make.price_list({"item": make.item(), "price": Decimal(5)}),
    "supplier_item": lambda: make.supplier_item(make.supplier(), make.item()),
    "warehouse": make.warehouse,
    "zone": lambda: make.zone(make.warehouse()),
    "location": lambda: make.location(make.warehouse()),
    "unit": make.uom,
    "item_category": make.category,
    "currency": make.currency,
    "exchange_rate": lambda: make.exchange_rate("USD", "7.1", dt.date(2026, 1, 1)),
    "tax": make.tax,
    "payment_term": make.payment_term,
    "work_calendar": _calendar,
    "department": make.department,
    "employee": make.employee,
    "project": lambda: _made(company.create_project, code="P1", name="Project"),
    "territory": lambda: _made(partners.create_territory, code="EAST", name="East"),
    "customer_class": lambda: _made(partners.create_customer_class, code="VIP", name="VIP"),
    "coding_rule": _rule,
}


def typed(key: str) -> dict[str, Any]:
    """Return what is posted to make a record of this kind (beside code and name)."""
    make.basics()
    return {
        "item": lambda: {
            "uom": make.uom().pk,
            "supply_type": "buy",
            "tracking": "none",
            "order_policy": "make_to_stock",
            "lot_policy": "lot_for_lot",
            "list_price": "1.5",
            "safety_stock": "0",
            "lead_time_days": "0",
            "min_lot": "0",
            "lot_multiple": "0",
            "weight": "0",
            "is_active": "on",
            **_rows("units", {"uom": make.uom("BOX").pk, "factor": "12"}),
            **_rows("barcodes", {"barcode": "690", "uom": ""}),
            **_rows("aliases"),
        },
        "partner": lambda: {
            "currency": make.currency().pk,
            "kind": "company",
            "country": "CN",
            "language": "zh-hans",
            "is_customer": "on",
            "is_active": "on",
        },
        "price_list": lambda: {
            "kind": "sales",
            "currency": make.currency().pk,
            "is_active": "on",
            **_rows("lines", {"item": make.item().pk, "price": "5", "min_quantity": "0", "discount_percent": "0"}),
        },
        "supplier_item": lambda: {
            "partner": make.supplier().pk,
            "item": make.item().pk,
            "price": "9",
            "currency": make.currency().pk,
            "lead_time_days": "3",
            "min_order": "0",
        },
        "warehouse": lambda: {"pick_rule": "fefo", "is_active": "on"},
        "zone": lambda: {"warehouse": make.warehouse().pk, "is_active": "on"},
        "location": lambda: {
            "warehouse": make.warehouse().pk,
            "kind": "storage",
            "status": "usable",
            "is_active": "on",
        },
        "unit": lambda: {"decimals": "2"},
        "currency": lambda: {"code": "SEK", "decimals": "2"},
        "exchange_rate": lambda: {"currency": make.currency("USD").pk, "date": "2026-11-22", "rate": "7.1234"},
        "tax": lambda: {"rate": "5"},
        "payment_term": lambda: _rows(
            "lines",
            {"percent": "40", "basis": "order", "days": "0"},
            {"percent": "60", "basis": "invoice", "days": "30", "end_of_month": "on"},
        ),
        "work_calendar": lambda: {"weekdays": list("012345"), **_rows("days", {"date": "2026-12-24", "name": "Eve"})},
        "employee": lambda: {"labour_rate": "80"},
    }.get(key, dict)()


def model_of(key: str) -> type:
    from masterdata.services.records import RECORDS as KINDS

    return KINDS[key].model
