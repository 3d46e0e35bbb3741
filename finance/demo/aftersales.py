"""After the sale in the demo company: machines that come back, what is credited for them, what goes to suppliers."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm.models import ReturnRequest
from crm.services import returns as requests
from crm.states import ReturnRequestState
from erp.models import ReturnReceipt, ShipmentLine, StockBalance
from erp.services import returns as receipts
from erp.states import ReturnReceiptState, ShipmentState
from finance.models import GrniLine, InvoiceLine
from finance.services import invoices
from finance.states import InvoiceState
from masterdata.models import Location
from scm.models import GoodsReceiptLine, SupplierReturn
from scm.services import supplier_returns
from scm.states import GoodsReceiptState, Settlement, SupplierReturnState

D = Decimal
Do = Callable[..., Any]


@dataclass(frozen=True)
class Complaint:
    """A customer wants to give one machine back, ``before`` calendar days before the last day."""

    before: int
    item: str
    reason: str
    detail: str


COMPLAINTS = (
    Complaint(34, "DP-16", "主轴箱异响，客户要求退机", "6204 轴承早期失效"),
    Complaint(20, "ML-7", "运输磕碰，床身导轨划伤", "木箱底托断裂"),
)
TODAY = (
    Complaint(0, "DP-16", "工作台平面度超差，换货", "平面度 0.12mm，要求 0.06mm"),
    Complaint(0, "ML-7", "教学大纲调整，多订一台", ""),
)
"""The first of these is agreed to and on its way back, the second waits for the sales manager."""
SENT_BACK = (  # calendar days before the end, item, pieces, cause, settlement
    (40, "CK-16", "2", "夹头跳动 0.12mm，超出图纸 0.06mm", Settlement.CREDIT),
    (16, "SW-01", "3", "接线柱断裂，批次质量问题", Settlement.REPLACE),
)
REJECTED_FOR = 4
"""Calendar days after which goods that failed inspection are fetched by their supplier."""


class AfterSales:
    """Does what sales, warehouse and finance do about goods that go back; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do) -> None:
        self.end, self.do = end, do
        self.complaints, self.sent_back = list(COMPLAINTS), list(SENT_BACK)
        self.to_credit: list[int] = []
        self.quarantine = Location.objects.get(code="QC", warehouse__code="MAIN")

    def live(self, day: dt.date) -> None:
        """Take down what customers complain of, take it back, credit it; send back what suppliers delivered wrong."""
        for receipt in ReturnReceipt.objects.filter(state=ReturnReceiptState.DRAFT, document_date__lt=day):
            self.take_back(receipt)
        for request_id in list(self.to_credit):
            if self.credit(ReturnRequest.objects.get(pk=request_id)):
                self.to_credit.remove(request_id)
        for one in [one for one in self.complaints if day >= self.end - dt.timedelta(days=one.before)]:
            if self.agree(self.ask(one)):
                self.complaints.remove(one)
        for row in [row for row in self.sent_back if day >= self.end - dt.timedelta(days=row[0])]:
            if self.send_back(*row[1:]):
                self.sent_back.remove(row)
        if day.weekday() == 4:
            self.take_credit()
        before = day - dt.timedelta(days=REJECTED_FOR)
        for back in SupplierReturn.objects.filter(state=SupplierReturnState.DRAFT, document_date__lte=before)[:1]:
            self.do("zhou", supplier_returns.post_supplier_return, return_id=back.pk)

    def ask(self, complaint: Complaint) -> ReturnRequest | None:
        """Take the complaint down for a machine that was delivered and invoiced last."""
        lines = ShipmentLine.objects.filter(
            item__code=complaint.item,
            shipment__state=ShipmentState.SIGNED,
            order_line__order__currency__code="CNY",
            order_line__invoiced_quantity__gt=0,
            order_line__return_request_lines__isnull=True,
        )
        line = lines.select_related("order_line").order_by("-shipment__shipped_date", "-pk").first()
        if line is None:
            return None
        made: ReturnRequest | None = self.do(
            "wang",
            requests.create_return_request,
            order_id=line.order_line.order_id,
            lines=[
                {
                    "order_line_id": line.order_line_id,
                    "shipment_line_id": line.pk,
                    "quantity": D(1),
                    "reason": complaint.detail,
                }
            ],
            reason=complaint.reason,
        )
        return made

    def agree(self, request: ReturnRequest | None) -> Any:
        return request and self.do("li", requests.approve_return_request, request_id=request.pk)

    def take_back(self, receipt: ReturnReceipt) -> None:
        """The machine is put aside until somebody has looked at it."""
        rows = [{"line_id": line.pk, "location_id": self.quarantine.pk} for line in receipt.lines.all()]
        if self.do("zhou", receipts.receive_return, receipt_id=receipt.pk, lines=rows):
            self.to_credit.append(receipt.return_request_id)

    def credit(self, request: ReturnRequest) -> Any:
        """Credit what came back on the invoice it was billed with."""
        back: dict[int | None, Decimal] = {
            line.order_line_id: line.received_quantity for line in request.lines.all() if line.received_quantity
        }
        billed = InvoiceLine.objects.filter(
            sales_order_line__in=back, invoice__state=InvoiceState.POSTED, invoice__is_credit=False
        )
        line = billed.order_by("-pk").first()
        note = line and self.do(
            "feng",
            invoices.create_credit_note,
            invoice_id=line.invoice_id,
            quantities={str(line.pk): back[line.sales_order_line_id]},
            note=request.reason,
        )
        return note and self.do("feng", invoices.post_invoice, invoice_id=note.pk)

    def send_back(self, item: str, quantity: str, cause: str, settlement: str) -> Any:
        """Send part of the newest delivery back, as far as it is still free."""
        lines = GoodsReceiptLine.objects.filter(item__code=item, receipt__state=GoodsReceiptState.POSTED)
        line = lines.filter(quantity__gte=D(quantity)).select_related("receipt").order_by("-pk").first()
        free = StockBalance.objects.filter(item__code=item, location__kind="storage", location__status="usable")
        lying = free.order_by("-on_hand").first()
        if line is None or lying is None or lying.on_hand - lying.reserved < D(quantity):
            return None
        made = self.do(
            "zhou",
            supplier_returns.create_supplier_return,
            receipt_id=line.receipt_id,
            lines=[{"receipt_line_id": line.pk, "quantity": D(quantity), "location_id": lying.location_id}],
            cause=cause,
            settlement=settlement,
        )
        return made and self.do("zhou", supplier_returns.post_supplier_return, return_id=made.pk)

    def take_credit(self) -> None:
        """Suppliers credit what they took back for good after it was billed."""
        owed = GrniLine.objects.filter(open_quantity__lt=0, purchase_order__returns__settlement=Settlement.CREDIT)
        for row in owed.distinct().order_by("pk"):
            billed = InvoiceLine.objects.filter(receipt_line_id=row.receipt_line_id, invoice__is_credit=False)
            line = billed.filter(invoice__state=InvoiceState.POSTED).order_by("-pk").first()
            note = line and self.do(
                "feng",
                invoices.create_credit_note,
                invoice_id=line.invoice_id,
                quantities={str(line.pk): -row.open_quantity},
                supplier_reference=f"HZ{row.receipt_line_id:07d}",
            )
            if note:
                self.do("feng", invoices.post_invoice, invoice_id=note.pk)

    def leave_open(self) -> None:
        """One machine is on its way back, about another one the sales manager has to decide."""
        for complaint in TODAY:
            request = self.ask(complaint)
            if request and complaint is TODAY[0]:
                self.agree(request)
        open_ones = ReturnRequest.objects.filter(state=ReturnRequestState.DRAFT)
        if not open_ones.exists() and self.complaints:
            self.ask(self.complaints[0])
