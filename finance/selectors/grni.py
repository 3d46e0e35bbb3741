"""Goods received and not invoiced: what part of a receipt is worth when it goes back."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db.models import Exists, OuterRef

from core.fields import ZERO
from erp.models import CostLayer, StockMove
from erp.states import MoveKind
from finance.engines.recognition import share
from finance.models import GrniLine, WriteOffLine
from finance.selectors.accounts import account_book
from finance.states import WriteOffState


def value_given_back(quantities: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return what ``quantities`` (stock unit, by receipt line) are worth that go back, base currency.

    What the supplier has not invoiced goes first, at what is accrued of it; the rest at what he invoiced: a credit note
    is due for that. The last part takes what is left. Source: HARD_RULES §11.
    """
    decimals = account_book().decimals
    rows = GrniLine.objects.filter(receipt_line__in=quantities)
    return {row.receipt_line_id: _value_of(row, quantities[row.receipt_line_id], decimals) for row in rows}


def given_up_by(receipt_line_ids: Iterable[int]) -> str:
    """Return the number of the posted write-off of one of the receipt lines, or nothing."""
    found = WriteOffLine.objects.filter(
        grni__receipt_line__in=list(receipt_line_ids), write_off__state=WriteOffState.POSTED
    )
    return found.order_by("write_off_id").values_list("write_off__number", flat=True).first() or ""


def opening_goods(item_ids: Iterable[int]) -> dict[int, dict[int, Decimal]]:
    """Return {item: {move: quantity}} of the opening stock: what was received before the books began lies in it."""
    taken_back = StockMove.objects.filter(reverses=OuterRef("move"))
    layers = CostLayer.objects.filter(item__in=set(item_ids), move__kind=MoveKind.OPENING).exclude(Exists(taken_back))
    found: dict[int, dict[int, Decimal]] = {}
    for item_id, move_id, quantity in layers.order_by("pk").values_list("item_id", "move_id", "quantity"):
        found.setdefault(item_id, {})[move_id] = quantity
    return found


def _value_of(row: GrniLine, quantity: Decimal, decimals: int) -> Decimal:
    waiting = min(quantity, max(row.quantity_left, ZERO))
    value = share(row.value_left, waiting, row.quantity_left, decimals) if waiting else ZERO
    invoiced = quantity - waiting
    if not invoiced:
        return value
    owed = row.quantity_left < 0
    left = row.invoiced_quantity + (row.quantity_left if owed else ZERO)
    return value + share(row.invoiced_amount + (row.value_left if owed else ZERO), invoiced, left, decimals)
