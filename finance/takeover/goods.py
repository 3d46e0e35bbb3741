"""Bills of material and the stock that lies there at the cut-over."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from core.operations import perform
from erp.models import StockDocument
from erp.services import boms
from erp.services.stock_documents import record_opening_stock
from erp.states import StockDocumentKind
from finance.takeover.source import Source, day, day_after, number
from masterdata.models import Item, Location, Warehouse
from masterdata.services.company import create_many_locations


def load_boms(source: Source) -> None:
    """One released bill of material for each parent; its lines keep their own validity."""
    keys = dict(Item.objects.values_list("code", "pk"))
    for parent, rows in source.lines("bom_lines", "parent_code").items():
        perform(
            boms.import_bom,
            actor=None,
            item_id=keys[parent],
            valid_from=min(day(row["start_date"]) for row in rows),
            lines=[
                {
                    "component_id": keys[row["component_code"]],
                    "quantity": number(row["qty_per"]),
                    "valid_from": day(row["start_date"]),
                    "valid_to": day_after(row["end_date"]),
                }
                for row in rows
            ],
        )


def opening_costs(source: Source) -> dict[str, Decimal]:
    """Return each item's cost when the books open: standard cost, else what it last cost, else the best price."""
    offers = source.lines("vendor_items", "item_code")
    costs = {}
    for row in source.rows("items"):
        own = offers.get(row["code"], [])
        received = [one for one in own if number(one["last_receipt_cost"])]
        last = max(received, key=lambda one: one["last_receipt_date"], default=None)
        prices = [number(one["standard_price"]) for one in own if number(one["standard_price"])]
        costs[row["code"]] = (
            number(row["standard_cost"])
            or (number(last["last_receipt_cost"]) if last else Decimal(0))
            or min(prices, default=Decimal(0))
        )
    return costs


def load_stock(source: Source, say: Callable[[str], None]) -> None:
    """The places of the warehouse, and one count of everything at the cut-over."""
    warehouse = Warehouse.objects.get()
    known = set(Location.objects.filter(warehouse=warehouse).values_list("code", flat=True))
    places: list[dict[str, Any]] = [
        {"warehouse": warehouse, "code": row["code"], "name": row["name"]}
        for row in source.rows("locations")
        if row["code"] not in known
    ]
    if places:
        perform(create_many_locations, actor=None, rows=places)
    if StockDocument.objects.filter(kind=StockDocumentKind.OPENING).exists():
        return
    costs, items = opening_costs(source), dict(Item.objects.values_list("code", "pk"))
    shelves = _places(warehouse)
    counted = [row for row in source.rows("stock") if number(row["qty"])]
    perform(
        record_opening_stock,
        actor=None,
        warehouse_id=warehouse.pk,
        lines=[
            {
                "item_id": items[row["item_code"]],
                "location_id": shelves[row["location_code"]],
                "quantity": number(row["qty"]),
                "unit_cost": costs[row["item_code"]],
            }
            for row in counted
        ],
    )
    free = sorted({row["item_code"] for row in counted if not costs[row["item_code"]]})
    if free:
        say(f"  without a cost, opened at zero: {', '.join(free)}")


def _places(warehouse: Warehouse) -> dict[str, int]:
    """Return the keys of a warehouse's places by their codes."""
    return dict(Location.objects.filter(warehouse=warehouse).values_list("code", "pk"))
