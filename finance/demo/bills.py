"""Bills of exchange in the demo company: taken from customers, issued to suppliers, and what became of them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import round_amount
from finance.models import BankAccount, Bill, Invoice
from finance.services import bills
from finance.states import BillKind, BillSide, BillState, InvoiceState, Side

D = Decimal
Do = Callable[..., Any]

DISCOUNT_RATE = D("0.024")
YEAR = 360
LEAST, MOST = D(2000), D(60000)
"""Invoices that are paid with a bill are of this size."""


@dataclass(frozen=True)
class BillFact:
    """A bill taken or issued ``before`` calendar days before the last day; after ``until`` more it ends as ``end``.

    end  "" (still out), "discounted", "endorsed" or "settled".
    """

    before: int
    side: str
    kind: str
    days: int
    acceptor: str
    end: str = ""
    until: int = 0


BILLS = (
    BillFact(42, BillSide.RECEIVED, BillKind.BANK, 180, "招商银行杭州分行", BillState.DISCOUNTED, 8),
    BillFact(36, BillSide.ISSUED, BillKind.BANK, 30, "中国工商银行苏州园区支行", BillState.SETTLED, 30),
    BillFact(25, BillSide.RECEIVED, BillKind.BANK, 90, "中国建设银行北京学院路支行", BillState.ENDORSED, 6),
    BillFact(12, BillSide.RECEIVED, BillKind.COMMERCIAL, 120, "广州南方机电贸易有限公司"),
    BillFact(8, BillSide.ISSUED, BillKind.BANK, 180, "中国工商银行苏州园区支行"),
)
HANDED_IN = BillFact(0, BillSide.RECEIVED, BillKind.BANK, 90, "中国农业银行成都郫都支行")


class Bills:
    """Does what the cashier does with bills; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do) -> None:
        self.end, self.do = end, do
        self.coming = list(BILLS)
        self.ending: list[tuple[dt.date, int, BillFact]] = []
        self.seen = 0

    def live(self, day: dt.date) -> None:
        """Take and issue what falls on this day, as soon as there is an invoice for it; follow up the earlier ones."""
        for fact in [one for one in self.coming if day >= self.end - dt.timedelta(days=one.before)]:
            invoice = self.invoice_of(fact.side)
            bill = self.draw(fact, invoice, day) if invoice else None
            if invoice is None or bill is None:
                continue
            lines = [{"invoice_id": invoice.pk, "amount": invoice.open_amount}]
            if self.do("zheng", bills.register_bill, bill_id=bill.pk, lines=lines):
                self.coming.remove(fact)
                if fact.end:
                    self.ending.append((day + dt.timedelta(days=fact.until), bill.pk, fact))
        for when, key, fact in [row for row in self.ending if row[0] <= day < self.end]:
            if self.follow(Bill.objects.get(pk=key), fact, day):
                self.ending.remove((when, key, fact))

    def leave_open(self) -> None:
        """A bill was handed in at the counter this morning and is not registered yet."""
        invoice = self.invoice_of(BillSide.RECEIVED)
        if invoice:
            self.draw(HANDED_IN, invoice, self.end)

    def invoice_of(self, side: str) -> Invoice | None:
        """Return the newest invoice that is wholly open: the old ones are for the dunning letters."""
        kind = Side.CUSTOMER if side == BillSide.RECEIVED else Side.SUPPLIER
        rows = Invoice.objects.filter(
            state=InvoiceState.POSTED,
            kind=kind,
            is_credit=False,
            currency__code="CNY",
            open_amount__range=(LEAST, MOST),
        )
        return rows.select_related("partner").order_by("document_date", "pk").last()

    def draw(self, fact: BillFact, invoice: Invoice, day: dt.date) -> Bill | None:
        self.seen += 1
        ours = fact.side == BillSide.ISSUED
        found: Bill | None = self.do(
            "zheng",
            bills.create_bill,
            side=fact.side,
            kind=fact.kind,
            bill_number=f"1{3052 + self.seen:05d}{day:%Y%m%d}{invoice.pk:016d}",
            partner_id=invoice.partner_id,
            amount=invoice.open_amount,
            issue_date=day,
            due_date=day + dt.timedelta(days=fact.days),
            drawer="苏州协同精密机械有限公司" if ours else invoice.partner.name_zh,
            acceptor=fact.acceptor,
        )
        return found

    def follow(self, bill: Bill, fact: BillFact, day: dt.date) -> Any:
        """Discount, endorse to the supplier whose invoice is newest, or honour a bill."""
        bank = BankAccount.objects.get(code="BANK")
        if fact.end == BillState.DISCOUNTED:
            interest = round_amount(bill.amount * DISCOUNT_RATE * (bill.due_date - day).days / YEAR, 2)
            return self.do("feng", bills.discount_bill, bill_id=bill.pk, bank_account_id=bank.pk, interest=interest)
        if fact.end == BillState.SETTLED:
            return self.do("zheng", bills.settle_bill, bill_id=bill.pk, bank_account_id=bank.pk)
        owed = self.invoice_of(BillSide.ISSUED)
        return owed and self.do(
            "feng",
            bills.endorse_bill,
            bill_id=bill.pk,
            partner_id=owed.partner_id,
            lines=[{"invoice_id": owed.pk, "amount": min(owed.open_amount, bill.amount)}],
        )
