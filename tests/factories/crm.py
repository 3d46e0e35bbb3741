"""Sales documents made through their services, with everything they need."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from core.operations import perform
from crm.models import DeliveryRequest, Lead, Opportunity, Quotation, QuotationLine, ReturnRequest, SalesOrder
from crm.services import deliveries, leads, opportunities, quotations, returns, sales_orders
from crm.services.quotation_splits import split_quotation_line
from masterdata.models import Item, Partner, Warehouse
from tests.factories import masterdata

_serial = itertools.count(1)


def line(item: Item | None = None, quantity: str = "10", price: str | None = "100", **fields: Any) -> dict[str, Any]:
    """One typed line; without an item a new one is made; ``price`` None asks the lists."""
    item = item or masterdata.item()
    typed = {"item_id": item.pk, "quantity": Decimal(quantity)} | fields
    return typed if price is None else typed | {"price": Decimal(price)}


def lead(actor: Any = None, **fields: Any) -> Lead:
    return perform(leads.create_lead, actor=actor, **{"company_name": f"Prospect {next(_serial)} Ltd"} | fields)


def opportunity(partner: Partner | None = None, actor: Any = None, **fields: Any) -> Opportunity:
    partner = partner or masterdata.customer()
    values = {"title": "Two grinders", "partner_id": partner.pk}
    return perform(opportunities.create_opportunity, actor=actor, **values | fields)


def quotation(partner: Partner | None = None, *lines: dict[str, Any], actor: Any = None, **header: Any) -> Quotation:
    """A draft quotation of ten pieces at 100 unless told otherwise."""
    _place()
    partner = partner or masterdata.customer()
    return perform(
        quotations.create_quotation, actor=actor, partner_id=partner.pk, lines=list(lines) or [line()], **header
    )


def sent_quotation(
    partner: Partner | None = None, *lines: dict[str, Any], actor: Any = None, **header: Any
) -> Quotation:
    draft = quotation(partner, *lines, actor=actor, **header)
    return perform(quotations.send_quotation, actor=actor, quotation_id=draft.pk)


def accepted_in_parts(item: Item, *parts: tuple[str, dt.date], **header: Any) -> SalesOrder:
    """The draft order of an accepted quotation whose one line was offered in parts of (quantity, day)."""
    whole = sum((Decimal(quantity) for quantity, _day in parts), Decimal(0))
    named = {"quotation_id": quotation(None, line(item, str(whole), ship_date=parts[0][1]), **header).pk}
    [line_id] = QuotationLine.objects.filter(quotation_id=named["quotation_id"]).values_list("pk", flat=True)
    split = [{"quantity": Decimal(quantity), "ship_date": day} for quantity, day in parts]
    perform(split_quotation_line, actor=None, line_id=line_id, parts=split, **named)
    perform(quotations.send_quotation, actor=None, **named)
    return perform(quotations.accept_quotation, actor=None, **named)


def sales_order(partner: Partner | None = None, *lines: dict[str, Any], actor: Any = None, **header: Any) -> SalesOrder:
    """A draft order of ten pieces at 100 unless told otherwise."""
    _place()
    partner = partner or masterdata.customer()
    return perform(
        sales_orders.create_sales_order, actor=actor, partner_id=partner.pk, lines=list(lines) or [line()], **header
    )


def confirmed_order(
    partner: Partner | None = None, *lines: dict[str, Any], actor: Any = None, **header: Any
) -> SalesOrder:
    draft = sales_order(partner, *lines, actor=actor, **header)
    return perform(sales_orders.confirm_sales_order, actor=actor, order_id=draft.pk)


def delivery_request(order: SalesOrder | None = None, actor: Any = None, **fields: Any) -> DeliveryRequest:
    """A draft delivery of everything open."""
    order = order or confirmed_order()
    return perform(deliveries.create_delivery_request, actor=actor, order_id=order.pk, **fields)


def released_request(order: SalesOrder | None = None, actor: Any = None, **fields: Any) -> DeliveryRequest:
    draft = delivery_request(order, actor, **fields)
    return perform(deliveries.release_delivery_request, actor=actor, request_id=draft.pk)


def delivered(order: SalesOrder, quantity: str, request: DeliveryRequest | None = None) -> SalesOrder:
    """Report ``quantity`` (stock units) of the order's first line as delivered."""
    [first, *_rest] = order.lines.all()
    quantities = {first.pk: Decimal(quantity)}
    request_id = request.pk if request else None
    perform(sales_orders.register_delivery, actor=None, quantities=quantities, request_id=request_id)
    return SalesOrder.objects.get(pk=order.pk)


def return_request(order: SalesOrder, quantity: str = "1", actor: Any = None, **fields: Any) -> ReturnRequest:
    """A draft return of the order's first line."""
    [first, *_rest] = order.lines.all()
    typed = [{"order_line_id": first.pk, "quantity": Decimal(quantity)}]
    return perform(
        returns.create_return_request, actor=actor, reason="Scratched", order_id=order.pk, lines=typed, **fields
    )


def _place() -> None:
    if not Warehouse.objects.exists():
        masterdata.warehouse()
