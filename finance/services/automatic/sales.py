"""Revenue and its cost at the company's revenue point; until then the goods stand in goods dispatched (发出商品)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef

from core.clock import company
from core.context import insert_later
from core.fields import ZERO
from core.models.company import Company
from core.operations import operation
from erp.models import ReturnReceipt, ReturnReceiptLine, Shipment
from finance.engines.recognition import share
from finance.models import UnbilledLine
from finance.selectors.accounts import account_book
from finance.services.automatic.early import early_lines, match_deliveries, unmatch_deliveries
from finance.services.automatic.recognition import Recognition, recognised_of, save_rows
from finance.services.posting import Line, merged, post_entry
from finance.states import AccountRole, EntryEvent

Quantities = Mapping[int, Decimal]


@operation(permission=None)
def record_shipment(
    *, shipment: Shipment, costs: Mapping[int, Decimal], date: dt.date, actor: Any, at: dt.datetime
) -> None:
    """Open one sub-ledger row per shipped line; with the revenue point *shipment* recognise revenue at once."""
    own = company()
    point = own.revenue_point if own else Company.RevenuePoint.SIGN_OFF
    rows = [
        UnbilledLine(
            shipment_line=line,
            shipment=shipment,
            sales_order_id=shipment.order_id,
            sales_order_line=line.order_line,
            partner_id=shipment.partner_id,
            item_id=line.item_id,
            currency_id=shipment.order.currency_id,
            revenue_point=point,
            shipped_date=date,
            shipped_quantity=line.picked_quantity,
            shipped_cost=costs.get(line.pk, ZERO),
        )
        for line in shipment.lines.all()
        if line.picked_quantity > 0
    ]
    booked = Recognition(rows, date).lines()
    waiting = early_lines(rows, "sales_order_line_id")
    if waiting:
        UnbilledLine.objects.bulk_create(rows)
    else:
        insert_later(rows)
    booked = merged(booked)
    post_entry(source=shipment, event=EntryEvent.SHIPPED, lines=booked, date=date, is_first=True, actor=actor, at=at)
    if waiting:
        _clear_early(shipment, rows, date, actor=actor, at=at)


@operation(permission=None)
def record_sign_off(
    *,
    shipment: Shipment,
    quantities: Quantities,
    losses: Mapping[int, Decimal],
    date: dt.date,
    actor: Any,
    at: dt.datetime,
) -> None:
    """Take what the customer did not accept out as a loss; with the revenue point *sign-off* recognise the rest."""
    rows = _locked_rows(shipment)
    for row in rows:
        row.signed_quantity = quantities.get(row.shipment_line_id, ZERO)
        row.is_signed = True
        row.lost_quantity = row.shipped_quantity - row.returned_quantity - row.signed_quantity
        row.lost_cost = losses.get(row.shipment_line_id, ZERO)
    book = account_book(row.item_id for row in rows)
    lost = [
        line
        for row in rows
        for line in (
            Line(account_id=book.account(AccountRole.TRANSIT_LOSS, row.item_id), amount=row.lost_cost),
            Line(
                account_id=book.account(AccountRole.DISPATCHED, row.item_id),
                amount=-row.lost_cost,
                partner_id=row.partner_id,
                sales_order_id=row.sales_order_id,
            ),
        )
    ]
    lines = merged(_lines_of(rows, date) + lost)
    who = {"actor": actor, "at": at}
    post_entry(source=shipment, event=EntryEvent.SIGNED, lines=lines, date=date, book=book, is_first=True, **who)
    _clear_early(shipment, rows, date, actor=actor, at=at)


@operation(permission=None)
def reverse_shipment(*, shipment: Shipment, date: dt.date, actor: Any, at: dt.datetime) -> None:
    """Empty the rows of a shipment that came back whole, and take back what was recognised of it."""
    rows = _locked_rows(shipment)
    book = account_book({row.item_id for row in rows})
    undone = unmatch_deliveries(rows, book, date)
    undone.save()
    for row in rows:
        row.shipped_quantity = row.shipped_cost = ZERO
    lines = merged(_lines_of(rows, date) + undone.lines)
    post_entry(source=shipment, event=EntryEvent.REVERSED, lines=lines, date=date, actor=actor, at=at)


@operation(permission=None)
def record_return(*, receipt: ReturnReceipt, date: dt.date, actor: Any, at: dt.datetime) -> None:
    """Take returned goods and the revenue recognised for them off their deliveries, at the original figures.

    Goods whose delivery is not known (taken over from an earlier system) go against cost of sales.
    """
    lines = list(ReturnReceiptLine.objects.filter(receipt=receipt, received_quantity__gt=0).order_by("line_no"))
    by_order_line: dict[int, list[UnbilledLine]] = {}
    wanted = {line.order_line_id for line in lines}
    found = UnbilledLine.objects.filter(sales_order_line__in=wanted).select_for_update(no_key=True)
    for row in found.order_by("-pk"):
        by_order_line.setdefault(row.sales_order_line_id, []).append(row)
    book = account_book(line.item_id for line in lines)
    extra: list[Line] = []
    for line in lines:
        rows = by_order_line.get(line.order_line_id, [])
        rows = [row for row in rows if line.shipment_line_id in {None, row.shipment_line_id}]
        unknown = _take_back(line, rows, book.decimals)
        found_again = sum((_found_again(row, book.decimals) for row in rows), ZERO)
        dispatched = book.account(AccountRole.DISPATCHED, line.item_id)
        extra += [
            Line(
                account_id=dispatched,
                amount=unknown + found_again,
                partner_id=receipt.partner_id,
                sales_order_id=receipt.order_id,
            ),
            Line(account_id=book.account(AccountRole.COST_OF_SALES, line.item_id), amount=-unknown),
            Line(account_id=book.account(AccountRole.TRANSIT_LOSS, line.item_id), amount=-found_again),
        ]
    touched = [row for rows in by_order_line.values() for row in rows]
    booked = merged(_lines_of(touched, date) + extra)
    post_entry(source=receipt, event=EntryEvent.RETURNED, lines=booked, date=date, book=book, actor=actor, at=at)


def _locked_rows(shipment: Shipment) -> list[UnbilledLine]:
    """The rows of a shipment, its order locked; ``recognised_before`` is of their order lines on all deliveries."""
    rows = UnbilledLine.objects.filter(shipment=shipment).select_related("currency")
    rows = rows.annotate(recognised_before=recognised_of(OuterRef("sales_order_line")))
    found: list[UnbilledLine] = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    order_lines = {line.pk: line.order_line for line in shipment.lines.all()}
    for row in found:
        row.sales_order_line = order_lines[row.shipment_line_id]
    return found


def _clear_early(shipment: Shipment, rows: list[UnbilledLine], date: dt.date, *, actor: Any, at: dt.datetime) -> None:
    """Let the deliveries take what was invoiced before them."""
    matched = match_deliveries(rows, account_book({row.item_id for row in rows}), date)
    if not matched.matches:
        return
    earned = Recognition(rows, date, matched.amounts).lines() if matched.amounts else []
    save_rows(rows)
    post_entry(
        source=shipment,
        event=EntryEvent.MATCHED,
        event_ref=matched.save(),
        lines=merged(matched.lines + earned),
        date=date,
        actor=actor,
        at=at,
    )


def _take_back(line: ReturnReceiptLine, rows: Iterable[UnbilledLine], decimals: int) -> Decimal:
    """Spread a returned quantity and its cost over the deliveries; returns the cost that belongs to none."""
    quantity, cost = line.received_quantity, line.cost
    for row in rows:
        taken = min(quantity, row.shipped_quantity - row.returned_quantity)
        if taken <= 0:
            continue
        part = share(cost, taken, quantity, decimals)
        row.returned_quantity += taken
        row.returned_cost += part
        quantity -= taken
        cost -= part
    return cost


def _found_again(row: UnbilledLine, decimals: int) -> Decimal:
    """Take back the loss of goods that were written off as damaged or missing and came back after all."""
    excess = row.returned_quantity + row.lost_quantity - row.shipped_quantity
    if excess <= 0:
        return ZERO
    cost = share(row.lost_cost, excess, row.lost_quantity, decimals)
    row.lost_quantity -= excess
    row.lost_cost -= cost
    return cost


def _lines_of(rows: list[UnbilledLine], date: dt.date) -> list[Line]:
    """Bring the rows to what they have earned, store them, and return what that books."""
    lines = Recognition(rows, date).lines()
    save_rows(rows)
    return lines
