"""Brings deliveries to what they have earned and says which lines that books."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Subquery, Sum

from core.context import change_later
from core.fields import ZERO
from core.money import round_amount
from crm.models import SalesOrder, SalesOrderLine
from finance.engines.recognition import Delivery, earned_cost, earned_quantity, revenue_increase, share
from finance.models import UnbilledLine
from finance.selectors.accounts import AccountBook, account_book
from finance.services.posting import Line
from finance.states import AccountRole
from masterdata.selectors.currencies import base_currency_code, currencies, rates_on

COLUMNS = (
    "is_signed",
    "shipped_quantity",
    "signed_quantity",
    "lost_quantity",
    "returned_quantity",
    "recognised_quantity",
    "invoiced_quantity",
    "shipped_cost",
    "sold_cost",
    "lost_cost",
    "returned_cost",
    "recognised_currency_amount",
    "recognised_amount",
    "invoiced_currency_amount",
    "invoiced_amount",
)


class Recognition:
    """The rows one event touches; ``lines()`` changes them in memory and returns the difference to book.

    ``amounts``: {row id: (quantity, amount in currency, amount in base)} of invoice lines: with the revenue point
    *invoice* revenue is what the invoice says, not what the order says.
    """

    def __init__(
        self,
        rows: Sequence[UnbilledLine],
        date: dt.date,
        amounts: Mapping[int, tuple[Decimal, Decimal, Decimal]] | None = None,
    ) -> None:
        self.rows = rows
        self.amounts = amounts or {}
        self.book: AccountBook = account_book({row.item_id for row in rows})
        self.date = date
        self.changes: dict[int, Decimal] = {}  # of the quantity recognised, by order line, since it was read

    def lines(self) -> list[Line]:
        """Return revenue against unbilled receivables and cost of sales against goods dispatched, for all rows."""
        lines = [line for row in self.rows for line in self._lines_of(row)]
        for row in self.rows:
            row.__dict__.pop("recognised_before", None)  # it was before this event
        return lines

    @cached_property
    def order_lines(self) -> dict[int, SalesOrderLine]:
        """The order lines of the rows."""
        return _order_lines(self.rows)

    @cached_property
    def recognised(self) -> dict[int, Decimal]:
        """The quantity recognised of each order line, on all its deliveries, before this event."""
        if all(hasattr(row, "recognised_before") for row in self.rows):
            return {row.sales_order_line_id: row.recognised_before or ZERO for row in self.rows}  # type: ignore[attr-defined]
        of_lines = UnbilledLine.objects.filter(sales_order_line__in={row.sales_order_line_id for row in self.rows})
        return dict(of_lines.values_list("sales_order_line").annotate(total=Sum("recognised_quantity")))

    @cached_property
    def places(self) -> dict[int, int]:
        """The decimals of the currencies of the rows."""
        read = UnbilledLine._meta.get_field("currency")
        if all(read.is_cached(row) for row in self.rows):
            return {row.currency_id: row.currency.decimals for row in self.rows}
        found = currencies(row.currency_id for row in self.rows)
        return {pk: currency.decimals for pk, currency in found.items()}

    @cached_property
    def rates(self) -> dict[int, Any]:
        """The rates of their currencies on the day."""
        return _rates(self.rows, self.date)

    def _lines_of(self, row: UnbilledLine) -> list[Line]:
        delivery = _delivery(row)
        quantity = earned_quantity(delivery)
        currency_amount, amount = self._revenue(row, quantity)
        cost = earned_cost(delivery, quantity, self.book.decimals) - row.sold_cost
        self.changes[row.sales_order_line_id] = (
            self.changes.get(row.sales_order_line_id, ZERO) + quantity - row.recognised_quantity
        )
        row.recognised_quantity = quantity
        row.recognised_currency_amount += currency_amount
        row.recognised_amount += amount
        row.sold_cost += cost
        return [
            self._line(AccountRole.UNBILLED, row, amount, with_partner=True),
            self._line(AccountRole.REVENUE, row, -amount),
            self._line(AccountRole.COST_OF_SALES, row, cost),
            self._line(AccountRole.DISPATCHED, row, -cost, with_partner=True),
        ]

    def _line(self, role: AccountRole, row: UnbilledLine, amount: Decimal, *, with_partner: bool = False) -> Line:
        return Line(
            account_id=self.book.account(role, row.item_id),
            amount=amount,
            partner_id=row.partner_id if with_partner else None,
            item_id=None if with_partner else row.item_id,
            sales_order_id=row.sales_order_id,
        )

    def _revenue(self, row: UnbilledLine, quantity: Decimal) -> tuple[Decimal, Decimal]:
        """Return the change of recognised revenue, in the order's currency and in base currency."""
        change = quantity - row.recognised_quantity
        if not change:
            return ZERO, ZERO
        invoiced = self.amounts.get(row.pk)
        if invoiced is not None and invoiced[0] == change:
            return invoiced[1], invoiced[2]
        if change < 0:
            return (
                self._left(row, row.recognised_currency_amount, quantity, self.places[row.currency_id]),
                self._left(row, row.recognised_amount, quantity, self.book.decimals),
            )
        order_line = self.order_lines[row.sales_order_line_id]
        line_id = row.sales_order_line_id
        before = self.recognised.get(line_id, ZERO) + self.changes.get(line_id, ZERO)
        currency_amount = revenue_increase(
            order_line.net_amount, order_line.stock_quantity, before, change, self.places[row.currency_id]
        )
        return currency_amount, round_amount(currency_amount * self.rates[row.currency_id], self.book.decimals)

    @staticmethod
    def _left(row: UnbilledLine, amount: Decimal, quantity: Decimal, places: int) -> Decimal:
        return share(amount, quantity, row.recognised_quantity, places) - amount


def _order_lines(rows: Sequence[UnbilledLine]) -> dict[int, SalesOrderLine]:
    """Return the order lines of the rows: those that were read with them, the others in one statement."""
    read = UnbilledLine._meta.get_field("sales_order_line")
    known = {row.sales_order_line_id: row.sales_order_line for row in rows if read.is_cached(row)}
    missing = {row.sales_order_line_id for row in rows} - known.keys()
    return known | (SalesOrderLine.objects.in_bulk(missing) if missing else {})


def recognised_of(order_line: OuterRef) -> Subquery:
    """Return what is recognised of an order line on all its deliveries, for rows read under its order's lock."""
    rows = UnbilledLine.objects.filter(sales_order_line=order_line).order_by().values("sales_order_line")
    return Subquery(rows.annotate(total=Sum("recognised_quantity")).values("total"))


def save_rows(rows: Sequence[UnbilledLine]) -> None:
    """Store what `Recognition` and the events changed on the rows, in one statement."""
    change_later(rows, COLUMNS)


def _delivery(row: UnbilledLine) -> Delivery:
    return Delivery(
        revenue_point=row.revenue_point,
        shipped=row.shipped_quantity,
        lost=row.lost_quantity,
        returned=row.returned_quantity,
        invoiced=row.invoiced_quantity,
        is_signed=row.is_signed,
        shipped_cost=row.shipped_cost,
        lost_cost=row.lost_cost,
        returned_cost=row.returned_cost,
    )


def _rates(rows: Sequence[UnbilledLine], date: dt.date) -> dict[int, Any]:
    """Return the rates of ``date``; a currency without one keeps the rate its order was written at."""
    read, base = UnbilledLine._meta.get_field("currency"), base_currency_code()
    if all(read.is_cached(row) and row.currency.code == base for row in rows):
        return {row.currency_id: Decimal(1) for row in rows}
    found: dict[int, Any] = rates_on({row.currency_id for row in rows}, date)
    for row in rows:
        if row.currency_id not in found:
            found[row.currency_id] = SalesOrder.objects.values_list("exchange_rate", flat=True).get(
                pk=row.sales_order_id
            )
    return found
