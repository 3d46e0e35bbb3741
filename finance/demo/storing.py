"""The storekeeper's and the cost accountant's other papers: use, transfers, goods of others, averages, new values."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from erp.models import StockBalance, StockDocument
from erp.services import revaluations, stock_documents
from erp.services.valuation.month_average import run_month_average
from erp.states import StockDocumentKind, StockDocumentState, StockReason
from masterdata.models import Department, Item, Partner, Warehouse

D = Decimal
Do = Callable[..., Any]

MAIN, SPARE = "MAIN", "SPARE"
USED = (  # working days after the start, item, quantity, reason, department, note
    (13, "SC-M8", "40", StockReason.INTERNAL_USE, "PROD", "流水线工装维修领用"),
    (29, "PT-G", "1.5", StockReason.INTERNAL_USE, "PROD", "返修件补漆"),
    (47, "BR-6204", "2", StockReason.SAMPLE, "SALES", "送上海工博会拆解展示"),
)
MOVED = (  # working days after the start, ((item, quantity), …), note
    (21, (("BR-6204", "8"), ("SW-01", "4"), ("BT-V", "4")), "售后备件补库"),
    (58, (("CK-16", "2"), ("SW-01", "2")), "售后备件补库"),
)
OF_CUSTOMER = (33, "C-WH", "DP-16", "1", "客户送修：立柱锁紧失效，修后返还")
"""Working days after the start, whose goods, item, pieces, note."""
NEW_VALUES = (37, "GB-12", "300", "停产机型备件跌价，按可变现净值计价")
IN_WRITING = ("CT-00", "380", "旧版控制卡仅供维修，拟调低计价")
AVERAGED_FROM = 3
"""From this day of the month on the averages of the month before are run."""


class Storing:
    """Does what storekeeper and cost accountant do now and then; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do, items: Mapping[str, Item], partners: Mapping[str, Partner]) -> None:
        self.end, self.do, self.items, self.partners = end, do, items, partners
        self.houses = dict(Warehouse.objects.values_list("code", "pk"))
        self.departments = dict(Department.objects.values_list("code", "pk"))
        self.averaged: set[dt.date] = set()

    def live(self, day: dt.date, number: int) -> None:
        """Write and post what falls on this day; take in what was on the way since yesterday."""
        self.average(day)
        for document in StockDocument.objects.filter(state=StockDocumentState.IN_TRANSIT, document_date__lt=day):
            self.do("zhou", stock_documents.receive_transfer, document_id=document.pk)
        for when, item, quantity, reason, department, note in USED:
            if when == number:
                self.post(self.use(item, quantity, reason, department, note))
        for when, goods, note in MOVED:
            if when == number:
                self.send(goods, note)
        if number == OF_CUSTOMER[0]:
            self.take_for_repair(*OF_CUSTOMER[1:])
        if number == NEW_VALUES[0]:
            made = self.revalue(*NEW_VALUES[1:])
            if made:
                self.do("feng", revaluations.post_stock_revaluation, revaluation_id=made.pk)

    def average(self, day: dt.date) -> None:
        """Value the issues of the month before by its average, of items kept by it."""
        before = day.replace(day=1) - dt.timedelta(days=1)
        if day.day >= AVERAGED_FROM and before.replace(day=1) not in self.averaged:
            self.averaged.add(before.replace(day=1))
            self.do("zheng", run_month_average, month=before.replace(day=1))

    def write(self, kind: str, lines: list[dict[str, Any]], house: str = MAIN, **header: Any) -> StockDocument | None:
        found: StockDocument | None = self.do(
            "zhou",
            stock_documents.create_stock_document,
            kind=kind,
            warehouse_id=self.houses[house],
            lines=lines,
            **header,
        )
        return found

    def use(self, item: str, quantity: str, reason: str, department: str, note: str) -> StockDocument | None:
        lines = [{"item_id": self.items[item].pk, "quantity": D(quantity)}]
        kind = StockDocumentKind.MISC_ISSUE
        return self.write(kind, lines, reason_code=reason, department_id=self.departments[department], note=note)

    def post(self, document: StockDocument | None) -> Any:
        return document and self.do("zhou", stock_documents.post_stock_document, document_id=document.pk)

    def send(self, goods: tuple[tuple[str, str], ...], note: str) -> Any:
        lines = [{"item_id": self.items[code].pk, "quantity": D(quantity)} for code, quantity in goods]
        document = self.write(
            StockDocumentKind.TRANSFER, lines, to_warehouse_id=self.houses[SPARE], is_two_step=True, note=note
        )
        return document and self.do("zhou", stock_documents.send_transfer, document_id=document.pk)

    def take_for_repair(self, customer: str, item: str, quantity: str, note: str) -> None:
        """A customer's own machine stands in the service warehouse; it is not our stock."""
        lines = [{"item_id": self.items[item].pk, "quantity": D(quantity)}]
        owner = self.partners[customer].pk
        self.post(self.write(StockDocumentKind.OWNER_RECEIPT, lines, SPARE, goods_owner_id=owner, note=note))

    def revalue(self, item: str, cost: str, cause: str) -> Any:
        return self.do(
            "zheng",
            revaluations.create_stock_revaluation,
            lines=[{"item_id": self.items[item].pk, "unit_cost": D(cost)}],
            cause=cause,
        )

    def leave_open(self) -> None:
        """Spare parts are on the way, an issue waits for the storekeeper, a new value for the chief accountant."""
        lying = StockBalance.objects.filter(item__code="CK-13", on_hand__gt=0).first()
        self.revalue(*IN_WRITING)
        self.use("SC-M8", "20", StockReason.INTERNAL_USE, "PROD", "设备保养领用")
        document = self.write(
            StockDocumentKind.TRANSFER,
            [
                {
                    "item_id": self.items["CK-13"].pk,
                    "quantity": D(6),
                    "location_id": lying.location_id if lying else None,
                }
            ],
            to_warehouse_id=self.houses[SPARE],
            is_two_step=True,
            note="停产机型备件移库",
        )
        if document:
            self.do("zhou", stock_documents.send_transfer, document_id=document.pk)
