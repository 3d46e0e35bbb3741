"""Stocktakes made through their services."""

from decimal import Decimal
from typing import Any

from core.operations import perform
from erp.models import Stocktake
from erp.services import stocktakes
from tests.factories import erp

D = Decimal


def planned(actor: Any = None, **header: Any) -> Stocktake:
    values = {"kind": "cycle", "warehouse_id": erp.place().pk, "tolerance_percent": D(0)}
    return perform(stocktakes.create_stocktake, actor=actor, **values | header)


def started(**header: Any) -> Stocktake:
    return perform(stocktakes.start_stocktake, actor=None, stocktake_id=planned(**header).pk)


def count(stocktake: Stocktake, *quantities: str | None, actor: Any = None) -> Stocktake:
    """Count the lines to be counted, in their order."""
    lines = stocktake.lines.filter(to_count=True).order_by("line_no")
    counts = {line.pk: None if one is None else D(one) for line, one in zip(lines, quantities, strict=False)}
    return perform(stocktakes.enter_counted, actor=actor, stocktake_id=stocktake.pk, counts=counts)


def reviewed(*quantities: str, **header: Any) -> Stocktake:
    """A stocktake whose lines are counted so."""
    stocktake = started(**header)
    count(stocktake, *quantities)
    return perform(stocktakes.finish_counting, actor=None, stocktake_id=stocktake.pk)


def explained(stocktake: Stocktake, code: str = "lost") -> Stocktake:
    """Every line that differs gets the same reason."""
    differing = [line.pk for line in stocktake.lines.all() if line.difference]
    reasons = {pk: {"reason_code": code} for pk in differing}
    return perform(stocktakes.explain_differences, actor=None, stocktake_id=stocktake.pk, reasons=reasons)


def posted_short() -> Stocktake:
    """Everything is counted as the books say, but of the first line one is missing."""
    stocktake = started()
    book = [line.book_quantity for line in stocktake.lines.order_by("line_no")]
    count(stocktake, *(str(one - (number == 0)) for number, one in enumerate(book)))
    perform(stocktakes.finish_counting, actor=None, stocktake_id=stocktake.pk)
    return perform(stocktakes.post_stocktake, actor=None, stocktake_id=explained(stocktake).pk)


def posted(*quantities: str, **header: Any) -> Stocktake:
    stocktake = explained(reviewed(*quantities, **header))
    return perform(stocktakes.post_stocktake, actor=None, stocktake_id=stocktake.pk)
