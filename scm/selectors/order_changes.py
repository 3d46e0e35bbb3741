"""Reading the revisions of an order, only what differs; and what an approval of it, or of its change, is bound to."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import round_amount
from scm.models import PurchaseOrder

FIGURES = ("quantity", "price", "discount_percent", "due_date")


@dataclass(frozen=True)
class ChangedLine:
    """One line of a revision that differs: its figures before (None: new) and after."""

    line_no: int
    what: str
    uom: str
    before: dict[str, Any] | None
    after: dict[str, Any]

    @property
    def is_dropped(self) -> bool:
        """Whether the line is not expected any more."""
        return bool(self.after["closed"]) and not (self.before and self.before["closed"])

    def differs(self, name: str) -> bool:
        """Return whether a figure of a line that was there is another one now."""
        return self.before is not None and self.before[name] != self.after[name]

    @property
    def figures(self) -> dict[str, tuple[Any, Any]]:
        """The figures by name: (before, or None where it is the same or the line is new; after)."""
        return {
            name: (self.before[name] if self.before and self.differs(name) else None, self.after[name])
            for name in FIGURES
        }


def changed_lines(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[ChangedLine]:
    """Return the lines of a revision that are new, dropped or different."""
    known = {row["line_no"]: dict(row) for row in before}
    lines = [
        ChangedLine(row["line_no"], row["what"], row["uom"], known.get(row["line_no"]), dict(row)) for row in after
    ]
    return [line for line in lines if line.before != line.after]


def order_amount(order: PurchaseOrder) -> Decimal:
    """Return the net amount in base currency, with the change that is proposed for the order."""
    if order.pending_change:
        return Decimal(order.pending_change["amount"])
    return round_amount(order.net_amount * order.exchange_rate)


def order_content(order: PurchaseOrder) -> dict[str, Any]:
    """Return supplier, money terms and every line; while a change is proposed, as the order would become by it."""
    if order.pending_change:
        content: dict[str, Any] = order.pending_change["content"]
        return content
    names = ("item_id", "description", "quantity", "uom_id", "price", "discount_percent", "tax_rate", "due_date")
    lines = order.lines.order_by("line_no").values_list(*names, "is_closed")
    return {
        "partner": order.partner_id,
        "currency": order.currency_id,
        "tax_included": order.tax_included,
        "payment_term": order.payment_term_id,
        "over_receipt": str(order.over_receipt_percent.normalize()),
        "lines": [list(line) for line in lines],
    }


def proposal_of(
    order: PurchaseOrder, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what is kept of a change that is carried out for trial: its figures, and the content to approve."""
    return {
        "before": list(before),
        "after": list(after),
        "amount": str(order_amount(order)),
        "gross_amount": str(order.gross_amount),
        "content": order_content(order),
    }


def typed_lines(pending: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of a proposed change as they were typed, before they became JSON."""
    return [{name: _typed(name, value) for name, value in line.items()} for line in pending["lines"]]


def _typed(name: str, value: Any) -> Any:
    if value in {None, ""}:
        return value
    if name in {"quantity", "price", "discount_percent"}:
        return Decimal(value)
    return dt.date.fromisoformat(value) if name == "due_date" else value
