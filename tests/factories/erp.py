"""Stock and its documents made through their services, with open books."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.clock import forget_company
from core.models import Company
from core.operations import perform
from crm.models import SalesOrder
from crm.services import returns as sales_returns
from erp.models import ReturnReceipt, Shipment, StockDocument
from erp.services import shipments, stock_documents
from masterdata.models import Item, Location, Warehouse
from tests.factories import core, crm, masterdata
from tests.factories.finance import open_books

D = Decimal
TODAY = dt.date(2026, 3, 10)


def place() -> Warehouse:
    """The warehouse everything lies in, with open books; the company's business date is TODAY."""
    core.company()
    Company.objects.update(pinned_date=TODAY)
    forget_company()
    open_books()
    return Warehouse.objects.order_by("pk").first() or masterdata.warehouse("MAIN", name="Main")


def shelf(warehouse: Warehouse | None = None) -> Location:
    return masterdata.location_of(warehouse or place())


def opening(item: Item, quantity: str, unit_cost: str = "10", **values: Any) -> StockDocument:
    """Opening stock of one item (and lot) in the default place."""
    row = {"item_id": item.pk, "quantity": D(quantity), "unit_cost": D(unit_cost)} | values
    warehouse_id = (values.pop("warehouse", None) or place()).pk
    row.pop("warehouse", None)
    return perform(stock_documents.record_opening_stock, actor=None, warehouse_id=warehouse_id, lines=[row])


def draft(kind: str, *lines: dict[str, Any], actor: Any = None, **header: Any) -> StockDocument:
    """A draft stock document; lines as {"item_id": …, "quantity": …}."""
    values = {"kind": kind, "warehouse_id": place().pk, "lines": list(lines)}
    if kind in {"misc_receipt", "misc_issue"}:
        values["reason_code"] = "other"
    return perform(stock_documents.create_stock_document, actor=actor, **values | header)


def posted(document: StockDocument, **values: Any) -> StockDocument:
    return perform(stock_documents.post_stock_document, actor=None, document_id=document.pk, **values)


def confirmed(item: Item, quantity: str = "10", **fields: Any) -> SalesOrder:
    """A confirmed order of one line, due today unless ``ship_date`` says otherwise."""
    line = crm.line(item, quantity, ship_date=fields.pop("ship_date", TODAY))
    return crm.confirmed_order(None, line, warehouse_id=place().pk, **fields)


def to_pick(order: SalesOrder, **fields: Any) -> Shipment:
    """The pick list of a released delivery request of everything open."""
    request = crm.released_request(order, **fields)
    return Shipment.objects.get(delivery_request=request, state="draft")


def picked(shipment: Shipment, *picks: dict[str, Any]) -> Shipment:
    """Pick what the list suggests, or the given rows."""
    from core.clock import today
    from erp.selectors.picking import pick_suggestions

    rows = list(picks) or [
        {
            "line_id": one.line.pk,
            "location_id": one.location.pk,
            "lot_id": one.lot.pk if one.lot else None,
            "quantity": one.quantity,
        }
        for one in pick_suggestions(shipment, today())
    ]
    return perform(shipments.pick_shipment, actor=None, shipment_id=shipment.pk, picks=rows)


def shipped(order: SalesOrder, **values: Any) -> Shipment:
    """Everything open of the order, released, picked and shipped."""
    shipment = picked(to_pick(order))
    return perform(shipments.ship_shipment, actor=None, shipment_id=shipment.pk, **values)


def signed(order: SalesOrder, *lines: dict[str, Any]) -> Shipment:
    shipment = shipped(order)
    return perform(shipments.sign_off_shipment, actor=None, shipment_id=shipment.pk, lines=list(lines))


def expected_return(order: SalesOrder, quantity: str = "1", **fields: Any) -> ReturnReceipt:
    """The expected receipt of an approved return of the order's first line."""
    request = crm.return_request(order, quantity, **fields)
    perform(sales_returns.approve_return_request, actor=None, request_id=request.pk)
    return ReturnReceipt.objects.get(return_request=request, state="draft")
