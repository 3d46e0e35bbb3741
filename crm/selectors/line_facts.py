"""What the lines grid shows beside each typed line: price and why, last price, floor, stock, promise, cost, margin."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from core.money import round_amount
from crm import ports
from crm.models import SalesOrderLine
from crm.selectors.amounts import HUNDRED, margin_percent
from crm.selectors.line_prices import LinePrice
from crm.selectors.promises import wanted_on
from crm.states import SalesOrderState
from masterdata.engines.pricing import convert_price

PRICE_DECIMALS = 6


@dataclass(frozen=True)
class LastPrice:
    """What this customer paid last for an item: per unit of the line, after discount, as the document has prices."""

    price: Decimal
    date: dt.date
    number: str


@dataclass(frozen=True)
class LineFacts:
    """Figures beside one line; quantities in the item's stock unit, prices per unit of the line, document currency.

    ``unit_cost`` and ``margin`` (percent of the net amount) are None when no cost is known.
    """

    priced: LinePrice
    last: LastPrice | None
    on_hand: Decimal | None
    available: Decimal | None
    promise_date: dt.date | None
    short_quantity: Decimal
    unit_cost: Decimal | None
    margin: Decimal | None
    is_below_floor: bool
    is_late: bool
    bottleneck: ports.PromiseStep | None = None


def line_facts(
    document: Any, understood: Sequence[LinePrice], nets: Sequence[Decimal], *, exclude: dict[str, int | None]
) -> list[LineFacts]:
    """Return the figures beside each line of ``document`` (saved or not), in order; a fixed number of queries.

    nets     the lines' net amounts in the document's currency.
    exclude  ``exclude_order_id`` or ``exclude_quotation_id``: whose own demand or hold does not count.
    """
    promises = _promises(document, understood, exclude)
    items = [one.item.pk for one in understood if one.item is not None]
    costs = ports.unit_costs(sorted(set(items))) if items else {}
    last = _last_prices(document, understood)
    facts = []
    for one, net in zip(understood, nets, strict=True):
        promise = next(promises) if one.item is not None and one.stock_quantity > 0 else None
        unit_cost, margin = _cost_and_margin(document, one, net, costs)
        facts.append(
            LineFacts(
                priced=one,
                last=last.get(one.item.pk) if one.item is not None else None,
                on_hand=promise.on_hand if promise else None,
                available=promise.available if promise else None,
                promise_date=promise.promise_date if promise else None,
                short_quantity=promise.short_quantity if promise else ZERO,
                unit_cost=unit_cost,
                margin=margin,
                is_below_floor=_is_below_floor(one),
                is_late=bool(
                    promise and (promise.promise_date is None or promise.promise_date > _wanted(document, one))
                ),
                bottleneck=promise.bottleneck if promise else None,
            )
        )
    return facts


def _wanted(document: Any, one: LinePrice) -> dt.date:
    return wanted_on(document, one.typed.ship_date)


def _promises(document: Any, understood: Sequence[LinePrice], exclude: dict[str, int | None]) -> Any:
    requests = [
        ports.PromiseRequest(one.item.pk, one.stock_quantity, _wanted(document, one))
        for one in understood
        if one.item is not None and one.stock_quantity > 0
    ]
    project_id = getattr(document, "project_id", None)
    of_project = {"project_id": project_id} if project_id else {}
    return iter(ports.promise(requests, **exclude, **of_project) if requests else [])


def _cost_and_margin(
    document: Any, one: LinePrice, net: Decimal, costs: dict[int, Decimal]
) -> tuple[Decimal | None, Decimal | None]:
    if one.item is None or one.item.pk not in costs or not one.typed.quantity:
        return None, None
    whole = costs[one.item.pk] * one.stock_quantity / document.exchange_rate
    return round_amount(whole / one.typed.quantity, PRICE_DECIMALS), margin_percent(net, whole)


def _is_below_floor(one: LinePrice) -> bool:
    if one.floor_price is None or one.price is None:
        return False
    return one.price * (HUNDRED - one.typed.discount_percent) / HUNDRED < one.floor_price


def _last_prices(document: Any, understood: Sequence[LinePrice]) -> dict[int, LastPrice]:
    """The customer's latest binding order line of each item in the same currency."""
    by_item = {one.item.pk: one for one in understood if one.item is not None}
    rows = (
        SalesOrderLine.objects.filter(
            order__partner_id=document.partner_id,
            order__currency_id=document.currency_id,
            order__state__in=[SalesOrderState.CONFIRMED, SalesOrderState.CLOSED],
            item__in=by_item,
            quantity__gt=0,
        )
        .exclude(order_id=getattr(document, "pk", None) if hasattr(document, "customer_po") else None)
        .select_related("order")
        .order_by("item_id", "-order__document_date", "-id")
        .distinct("item_id")
    )
    return {row.item_id: _as_last_price(document, by_item[row.item_id], row) for row in rows if row.item_id}


def _as_last_price(document: Any, one: LinePrice, row: SalesOrderLine) -> LastPrice:
    per_stock_unit = row.price * (HUNDRED - row.discount_percent) / HUNDRED * row.quantity / row.stock_quantity
    factor = one.stock_quantity / one.typed.quantity if one.typed.quantity else Decimal(1)
    price = convert_price(
        round_amount(per_stock_unit * factor, PRICE_DECIMALS),
        row.tax_rate,
        from_included=row.order.tax_included,
        to_included=document.tax_included,
    )
    return LastPrice(price, row.order.document_date, row.order.number)
