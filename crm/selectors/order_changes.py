"""Revisions of orders: what a binding order is at one moment, and what a change made of it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.formats import plain
from crm.models import SalesOrder

HEADER_LABELS = {
    "requested_date": _("wanted on"),
    "ship_to": _("delivery address"),
    "warehouse": _("warehouse"),
    "payment_term": _("payment terms"),
    "customer_po": _("customer's order number"),
    "note": _("note"),
    "gross_amount": _("total with tax"),
}
LINE_LABELS = {
    "quantity": _("quantity"),
    "uom": _("unit"),
    "price": _("price"),
    "discount_percent": _("discount in %"),
    "ship_date": _("delivery date"),
    "promised_date": _("promised on"),
    "description": _("description"),
    "tax_rate": _("tax rate in %"),
}
DECIMALS = frozenset({"quantity", "price", "discount_percent"})


@dataclass(frozen=True)
class Difference:
    """One thing that a change altered; ``line`` is the line number, None for the header."""

    line: int | None
    what: str
    before: str
    after: str


def snapshot(order: SalesOrder) -> dict[str, Any]:
    """Return what may change of ``order`` as JSON: header fields, and lines by their number (decimals as text)."""
    lines = order.lines.select_related("item", "uom").order_by("line_no")
    return {
        "header": {
            "requested_date": _text(order.requested_date),
            "ship_to": str(order.ship_to) if order.ship_to_id else "",
            "warehouse": str(order.warehouse),
            "payment_term": str(order.payment_term) if order.payment_term_id else "",
            "customer_po": order.customer_po,
            "note": order.note,
            "gross_amount": _text(order.gross_amount),
        },
        "lines": {
            str(line.line_no): {
                "item": line.item.code if line.item else "",
                "description": line.description,
                "quantity": _text(line.quantity),
                "uom": line.uom.code if line.uom else "",
                "price": _text(line.price),
                "discount_percent": _text(line.discount_percent),
                "tax_rate": _text(line.tax_rate),
                "ship_date": _text(line.ship_date),
                "promised_date": _text(line.promised_date),
                "is_closed": line.is_closed,
            }
            for line in lines
        },
    }


def decoded_lines(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return typed lines as they were before they became JSON."""
    return [{name: _decoded(name, value) for name, value in line.items()} for line in lines]


def decoded_header(header: dict[str, Any]) -> dict[str, Any]:
    """Return typed header fields as they were before they became JSON."""
    return {name: _decoded(name, value) for name, value in header.items()}


def _decoded(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in DECIMALS:
        return Decimal(value)
    return dt.date.fromisoformat(value) if name.endswith("_date") else value


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Return what differs between two snapshots of an order, header first, then line by line."""
    found = [
        Difference(None, str(label), before["header"].get(name, ""), after["header"].get(name, ""))
        for name, label in HEADER_LABELS.items()
        if before["header"].get(name) != after["header"].get(name)
    ]
    numbers = sorted({*before["lines"], *after["lines"]}, key=int)
    for number in numbers:
        found.extend(_line_differences(int(number), before["lines"].get(number), after["lines"].get(number)))
    return found


def _line_differences(number: int, before: dict[str, Any] | None, after: dict[str, Any] | None) -> Iterator[Difference]:
    if after is None:
        return
    if before is None:
        yield Difference(number, gettext("added"), "", _summary(after))
        return
    if after["is_closed"] and not before["is_closed"]:
        yield Difference(number, gettext("dropped"), _summary(before), _summary(after))
        return
    for name, label in LINE_LABELS.items():
        if before.get(name) != after.get(name):
            yield Difference(number, str(label), before.get(name, ""), after.get(name, ""))


def _summary(line: dict[str, Any]) -> str:
    what = line["item"] or line["description"]
    return f"{what} {line['quantity']} {line['uom']} × {line['price']}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(plain(value)) if hasattr(value, "normalize") else str(value)
