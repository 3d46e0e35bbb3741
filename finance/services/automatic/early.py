"""Goods that come for lines invoiced ahead of them: the early line and the delivery (receipt) clear each other."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.fields import ZERO
from core.money import round_amount
from finance.engines.recognition import share
from finance.models import EarlyLine, EarlyMatch, GrniLine, UnbilledLine
from finance.selectors.accounts import AccountBook
from finance.services.posting import Line, merged
from finance.states import AccountRole

COLUMNS = ("cleared_quantity", "cleared_currency_amount", "cleared_amount")
Amounts = dict[int, tuple[Decimal, Decimal, Decimal]]


@dataclass
class Matched:
    """Matches not stored yet, the lines they book, and what they make of rows that earn by invoice: {row: amounts}."""

    matches: list[EarlyMatch] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    amounts: Amounts = field(default_factory=dict)
    corrections: dict[int, Decimal] = field(default_factory=dict)  # what goods cost more than received, by receipt line

    def save(self) -> int:
        """Store the matches and the early lines; returns the key of the first match (0: none)."""
        if not self.matches:
            return 0
        early = {match.early_id: match.early for match in self.matches}
        EarlyLine.objects.bulk_update(early.values(), COLUMNS)
        return EarlyMatch.objects.bulk_create(self.matches)[0].pk


def match_deliveries(rows: Sequence[UnbilledLine], book: AccountBook, date: dt.date) -> Matched:
    """Let deliveries (their orders locked) take what was invoiced before; changes the rows in memory.

    Revenue becomes what the invoice said: the difference to the delivery's own value goes to revenue.
    """
    made = Matched()
    for row, early, quantity in _pairs(rows, "sales_order_line_id", _open_of_delivery):
        amount, currency_amount = _shares(early, quantity, book.decimals)
        if row.revenue_point == "invoice":
            ledger_amount, ledger_currency = amount, currency_amount
            before = made.amounts.get(row.pk, (ZERO, ZERO, ZERO))
            made.amounts[row.pk] = (before[0] + quantity, before[1] + currency_amount, before[2] + amount)
        else:
            left = row.recognised_quantity - row.invoiced_quantity
            ledger_amount = share(row.recognised_amount - row.invoiced_amount, quantity, left, book.decimals)
            ledger_currency = share(
                row.recognised_currency_amount - row.invoiced_currency_amount, quantity, left, book.decimals
            )
        match = EarlyMatch(
            early=early,
            unbilled=row,
            matched_on=date,
            quantity=quantity,
            amount=amount,
            currency_amount=currency_amount,
            ledger_amount=ledger_amount,
            ledger_currency_amount=ledger_currency,
        )
        _apply_to_delivery(match, row)
        made.matches.append(match)
        made.lines += _delivery_lines(match, row, book)
    made.lines = merged(made.lines)
    return made


def unmatch_deliveries(rows: Sequence[UnbilledLine], book: AccountBook, date: dt.date) -> Matched:
    """Give back to the early lines what deliveries that are undone had taken; changes the rows in memory."""
    made = Matched()
    by_pk = {row.pk: row for row in rows}
    for match in _undone("unbilled", by_pk, date):
        row = by_pk[match.unbilled_id or 0]
        _apply_to_delivery(match, row)
        made.matches.append(match)
        made.lines += _delivery_lines(match, row, book)
    made.lines = merged(made.lines)
    return made


def match_receipts(rows: Sequence[GrniLine], book: AccountBook, date: dt.date) -> Matched:
    """Let receipts (their orders locked) take what the supplier invoiced before; stores the changed rows.

    What the invoice says beyond the receipt's value is price, as far as the order's currency explains it: the goods
    are dearer by it, and the receipt's row rises with them before it is cleared (HARD_RULES §11).
    """
    made = Matched()
    for row, early, quantity in _pairs(rows, "purchase_order_line_id", _open_of_receipt):
        amount, currency_amount = _shares(early, quantity, book.decimals)
        ledger = share(row.value_left, quantity, row.quantity_left, book.decimals)
        received = row.receipt_line
        ledger_currency = share(received.net_amount, quantity, received.stock_quantity, book.decimals)
        dearer = amount - _at_rate(amount, currency_amount, ledger_currency, book.decimals)
        made.corrections[row.receipt_line_id] = made.corrections.get(row.receipt_line_id, ZERO) + dearer
        match = EarlyMatch(
            early=early,
            grni=row,
            matched_on=date,
            quantity=quantity,
            amount=amount,
            currency_amount=currency_amount,
            ledger_amount=ledger + dearer,
            ledger_currency_amount=ledger_currency,
            followed_amount=dearer,
        )
        _apply_to_receipt(match, row)
        made.matches.append(match)
        made.lines += _receipt_lines(match, row, book)
    _save_receipts(made)
    return made


def unmatch_receipts(rows: Iterable[GrniLine], book: AccountBook, date: dt.date) -> Matched:
    """Give back to the early lines what receipts that are undone had taken; stores the changed rows."""
    made = Matched()
    by_pk = {row.pk: row for row in rows}
    for match in _undone("grni", by_pk, date):
        row = match.grni = by_pk[match.grni_id or 0]
        made.corrections[row.receipt_line_id] = made.corrections.get(row.receipt_line_id, ZERO) + match.followed_amount
        _apply_to_receipt(match, row)
        made.matches.append(match)
        made.lines += _receipt_lines(match, row, book)
    _save_receipts(made)
    return made


def _pairs(rows: Sequence[Any], column: str, open_of: Any) -> Iterable[tuple[Any, EarlyLine, Decimal]]:
    """Yield (row, early line, quantity), the oldest early line first; both change while it is consumed."""
    waiting: dict[int, list[EarlyLine]] = {}
    for early in early_lines(rows, column):
        waiting.setdefault(getattr(early, column), []).append(early)
    if not waiting:
        return
    for row in rows:
        for early in waiting.get(getattr(row, column), []):
            quantity = min(open_of(row), _open_of_early(early))
            if quantity > 0:
                yield row, early, quantity


def early_lines(rows: Sequence[Any], column: str) -> list[EarlyLine]:
    """Return the open early lines of the order lines that deliveries or receipts (their ``column``) belong to."""
    keys = {getattr(row, column) for row in rows}
    return list(EarlyLine.objects.filter(**{f"{column}__in": keys}, open_quantity__gt=0).order_by("pk"))


def _open_of_early(early: EarlyLine) -> Decimal:
    return early.quantity - early.cleared_quantity - early.credited_quantity


def _open_of_delivery(row: UnbilledLine) -> Decimal:
    if row.revenue_point == "invoice":
        return row.shipped_quantity - row.lost_quantity - row.returned_quantity - row.invoiced_quantity
    return row.recognised_quantity - row.invoiced_quantity


def _open_of_receipt(row: GrniLine) -> Decimal:
    return row.quantity_left


def _shares(early: EarlyLine, quantity: Decimal, decimals: int) -> tuple[Decimal, Decimal]:
    """Return what ``quantity`` takes off the early line, in base currency and in the order's; changes the line."""
    left = _open_of_early(early)
    amount = share(early.amount - early.cleared_amount - early.credited_amount, quantity, left, decimals)
    currency_amount = share(
        early.currency_amount - early.cleared_currency_amount - early.credited_currency_amount, quantity, left, decimals
    )
    early.cleared_quantity += quantity
    early.cleared_amount += amount
    early.cleared_currency_amount += currency_amount
    return amount, currency_amount


def _undone(column: str, rows: dict[int, Any], date: dt.date) -> list[EarlyMatch]:
    """Return negatives of what is matched to ``rows``, the early lines changed in memory."""
    figures = ("quantity", "amount", "currency_amount", "ledger_amount", "ledger_currency_amount", "followed_amount")
    found = (
        EarlyMatch.objects.filter(**{f"{column}__in": rows})
        .order_by()
        .values("early", column)
        .annotate(**{f"{name}_sum": Sum(name) for name in figures})
        .filter(quantity_sum__gt=0)
    )
    sums: list[dict[str, Any]] = list(found)
    early = EarlyLine.objects.in_bulk({one["early"] for one in sums})
    made = []
    for one in sums:
        line = early[one["early"]]
        line.cleared_quantity -= one["quantity_sum"]
        line.cleared_amount -= one["amount_sum"]
        line.cleared_currency_amount -= one["currency_amount_sum"]
        made.append(
            EarlyMatch(
                early=line,
                matched_on=date,
                **{f"{column}_id": one[column]},
                **{name: -one[f"{name}_sum"] for name in figures},
            )
        )
    return made


def _apply_to_delivery(match: EarlyMatch, row: UnbilledLine) -> None:
    row.invoiced_quantity += match.quantity
    row.invoiced_amount += match.ledger_amount
    row.invoiced_currency_amount += match.ledger_currency_amount


def _apply_to_receipt(match: EarlyMatch, row: GrniLine) -> None:
    row.invoiced_quantity += match.quantity
    row.invoiced_amount += match.ledger_amount
    row.received_amount += match.followed_amount


def _save_receipts(made: Matched) -> None:
    made.lines = merged(made.lines)
    touched = list({match.grni.pk: match.grni for match in made.matches if match.grni}.values())
    if touched:
        GrniLine.objects.bulk_update(touched, ["invoiced_quantity", "invoiced_amount", "received_amount"])


def _delivery_lines(match: EarlyMatch, row: UnbilledLine, book: AccountBook) -> list[Line]:
    return [
        Line(
            account_id=book.account(AccountRole.EARLY_INVOICED, row.item_id),
            amount=match.amount,
            partner_id=row.partner_id,
            sales_order_id=row.sales_order_id,
        ),
        Line(
            account_id=book.account(AccountRole.UNBILLED, row.item_id),
            amount=-match.ledger_amount,
            partner_id=row.partner_id,
            sales_order_id=row.sales_order_id,
        ),
        Line(
            account_id=book.account(AccountRole.REVENUE, row.item_id),
            amount=match.ledger_amount - match.amount,
            item_id=row.item_id,
            sales_order_id=row.sales_order_id,
        ),
    ]


def _receipt_lines(match: EarlyMatch, row: GrniLine, book: AccountBook) -> list[Line]:
    at_rate = _at_rate(match.amount, match.currency_amount, match.ledger_currency_amount, book.decimals)
    return [
        Line(
            account_id=book.account(AccountRole.GRNI, row.item_id),
            amount=match.ledger_amount,
            partner_id=row.partner_id,
        ),
        Line(
            account_id=book.account(AccountRole.NOT_RECEIVED, row.item_id),
            amount=-match.amount,
            partner_id=row.partner_id,
        ),
        Line(
            account_id=book.account(AccountRole.PRICE_DIFFERENCE, row.item_id),
            amount=match.amount - at_rate - match.followed_amount,
            item_id=row.item_id,
        ),
        Line(
            account_id=book.account(AccountRole.EXCHANGE),
            amount=at_rate - (match.ledger_amount - match.followed_amount),
        ),
    ]


def _at_rate(amount: Decimal, currency_amount: Decimal, ledger_currency: Decimal, decimals: int) -> Decimal:
    """Return what the receipt's own price is at the invoice's rate, base currency."""
    rate = amount / currency_amount if currency_amount else Decimal(1)
    return round_amount(ledger_currency * rate, decimals)
