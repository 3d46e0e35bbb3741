"""Stocktakes of the demo company: one counted and posted, one being counted today, one planned."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from core.models import User
from erp.models import Stocktake
from erp.services import stocktakes
from erp.states import DifferenceReason, StocktakeKind
from masterdata.models import ItemCategory, Warehouse

D = Decimal
Do = Callable[..., Any]

COUNTED = 15
"""Calendar days before the end on which the auxiliary material was counted."""
DIFFERENCES: dict[str, tuple[Decimal, str, str]] = {  # item: found more or less than the books say, why, in words
    "SC-M8": (D(-18), DifferenceReason.MISPICK, "总装线多领未登记"),
    "PT-G": (D("-0.5"), DifferenceReason.SHRINKAGE, "桶底残余"),
    "PK-S": (D(1), DifferenceReason.MISRECEIPT, "来料多送一只"),
}


class Counting:
    """Does what storekeeper and accountant do at a stocktake; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do, people: Mapping[str, User]) -> None:
        self.end, self.do, self.people = end, do, people
        self.warehouse = Warehouse.objects.get(code="MAIN")
        self.categories = dict(ItemCategory.objects.values_list("code", "pk"))
        self.counted = False

    def live(self, day: dt.date) -> None:
        """Count the auxiliary material once, some days before the end."""
        if day >= self.end - dt.timedelta(days=COUNTED) and not self.counted:
            self.counted = True
            self.count_all(self.plan("AU", note="辅料月度循环盘点"))

    def plan(self, category: str, **header: Any) -> Stocktake | None:
        found: Stocktake | None = self.do(
            "zhou",
            stocktakes.create_stocktake,
            kind=StocktakeKind.CYCLE,
            warehouse_id=self.warehouse.pk,
            category_id=self.categories[category],
            counter_ids=[self.people["zhou"].pk],
            **header,
        )
        return found

    def count_all(self, stocktake: Stocktake | None) -> None:
        """Count every line, explain what differs, post it."""
        if not stocktake or not self.do("zhou", stocktakes.start_stocktake, stocktake_id=stocktake.pk):
            return
        counts: dict[int, Decimal] = {}
        reasons: dict[int, dict[str, str]] = {}
        left = dict(DIFFERENCES)
        for line in stocktake.lines.select_related("item").order_by("line_no"):
            off, code, note = left.get(line.item.code, (D(0), "", ""))
            if line.book_quantity + off < 0:
                off = D(0)
            elif left.pop(line.item.code, None):
                reasons[line.pk] = {"reason_code": code, "note": note}
            counts[line.pk] = line.book_quantity + off
        self.do("zhou", stocktakes.enter_counted, stocktake_id=stocktake.pk, counts=counts)
        if self.do("zhou", stocktakes.finish_counting, stocktake_id=stocktake.pk):
            self.do("zheng", stocktakes.explain_differences, stocktake_id=stocktake.pk, reasons=reasons)
            self.do("zheng", stocktakes.post_stocktake, stocktake_id=stocktake.pk)

    def leave_open(self) -> None:
        """The electrical parts are half counted, without stopping the work; the mechanical ones come next."""
        stocktake = self.plan("EL", is_blind=True, freezes=False, note="电气件盲盘")
        if stocktake and self.do("zhou", stocktakes.start_stocktake, stocktake_id=stocktake.pk):
            lines = list(stocktake.lines.order_by("line_no"))
            counts = {line.pk: line.book_quantity for line in lines[: len(lines) // 2]}
            self.do("zhou", stocktakes.enter_counted, stocktake_id=stocktake.pk, counts=counts)
        self.plan("MC", note="机械件季度盘点")
