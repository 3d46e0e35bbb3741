"""The general ledger of the demo company: open items of before, a journal of its own, typed entries, vouchers."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from core.models import User
from core.operations import perform
from finance.models import Account, FiscalPeriod, LedgerJournal, Voucher
from finance.selectors.vouchers import ledger_settings, periods_without_vouchers
from finance.services import (
    journals,
    manual_entries,
    opening_advances,
    opening_bills,
    opening_items,
    opening_receipts,
    vouchers,
)
from finance.states import BillKind, BillSide, Journal, VoucherGrouping, VoucherNaming, VoucherSeries, VoucherState
from masterdata.models import Department, Item, Partner

D = Decimal
Do = Callable[..., Any]

OPENING_ITEMS = (  # partner, side, number before, due so many days after the start, amount with tax
    ("C-HZ", "customer", "XS-0871", 6, "18600"),
    ("C-BJ", "customer", "XS-0902", 20, "33600"),
    ("C-GZ", "customer", "XS-0915", 27, "26800"),
    ("C-CD", "customer", "HZ-0066", 10, "-1350"),
    ("C-YZ", "customer", "XS-0644", 3, "4860"),
    ("S-CAST", "supplier", "XSZZ-4410", 12, "12480"),
    ("S-MOTOR", "supplier", "FL-20931", 18, "8750"),
)
OPENING_ADVANCES = (  # partner, side, number before, amount
    ("C-CD", "customer", "YS-0318", "6000"),
    ("S-CAST", "supplier", "YF-1127", "4500"),
)
OPENING_BILLS = (  # partner, number, issued and due so many days before and after the start, amount, who accepted it
    ("C-GZ", "130849100027520251118004417", 43, 137, "30000", "工商银行广州番禺支行"),
)
OPENING_RECEIPTS = (  # supplier, number before, received so many days before the start, item, quantity, price
    ("S-MOTOR", "RK-3307", 6, "ST-57", "20", "138"),
)
PAYROLL = "PAY"
TYPED = (  # from this day of the month on, text, account debited, account credited, department, amount
    (5, "计提本月厂房租金", "560204", "2241", "FIN", "12000"),
    (25, "计提本月管理人员工资", "", "", "FIN", "28600"),
    (26, "计提本月社会保险费", "", "", "FIN", "8420"),
)
"""Without accounts a line takes those of the payroll journal."""
CLOSING_DAY = 3
"""On the first working day from this day of the month on, the vouchers of the month before are posted."""


def open_books(start: dt.date) -> None:
    """Say how vouchers are made, open the payroll journal, enter what was open before the books began."""
    chief = User.objects.get(username="feng")
    rules = ledger_settings()
    perform(
        vouchers.save_ledger_settings,
        actor=chief,
        voucher_grouping=VoucherGrouping.JOURNAL,
        voucher_naming=VoucherNaming.THREE,
        vouchers_required=rules.vouchers_required,
        carry_over_required=rules.carry_over_required,
    )
    accounts = dict(Account.objects.values_list("code", "pk"))
    perform(
        journals.save_journal,
        actor=chief,
        code=PAYROLL,
        name="Payroll journal",
        name_zh="工资日记账",
        kind=Journal.GENERAL,
        series=VoucherSeries.TRANSFER,
        debit_account_id=accounts["560204"],
        credit_account_id=accounts["2211"],
    )
    partners = dict(Partner.objects.values_list("code", "pk"))
    for partner, side, reference, days, amount in OPENING_ITEMS:
        perform(
            opening_items.record_opening_item,
            actor=chief,
            partner_id=partners[partner],
            kind=side,
            reference=reference,
            due_date=start + dt.timedelta(days=days),
            amount=D(amount),
        )
    for partner, side, reference, amount in OPENING_ADVANCES:
        perform(
            opening_advances.record_opening_advance,
            actor=chief,
            partner_id=partners[partner],
            kind=side,
            reference=reference,
            amount=D(amount),
        )
    _enter_bills_and_receipts(chief, start, partners)


def _enter_bills_and_receipts(chief: User, start: dt.date, partners: dict[str, int]) -> None:
    for partner, number, issued, due, amount, bank in OPENING_BILLS:
        perform(
            opening_bills.record_opening_bill,
            actor=chief,
            side=BillSide.RECEIVED,
            kind=BillKind.BANK,
            bill_number=number,
            partner_id=partners[partner],
            amount=D(amount),
            issue_date=start - dt.timedelta(days=issued),
            due_date=start + dt.timedelta(days=due),
            drawer=Partner.objects.get(code=partner).name_zh,
            acceptor=bank,
        )
    items = dict(Item.objects.values_list("code", "pk"))
    for partner, reference, before, item, quantity, price in OPENING_RECEIPTS:
        perform(
            opening_receipts.record_opening_receipt,
            actor=chief,
            partner_id=partners[partner],
            reference=reference,
            received_date=start - dt.timedelta(days=before),
            lines=[{"item_id": items[item], "quantity": D(quantity), "price": D(price)}],
        )


class Books:
    """Does what the accountants do in the general ledger; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do) -> None:
        self.end, self.do = end, do
        self.accounts = dict(Account.objects.values_list("code", "pk"))
        self.departments = dict(Department.objects.values_list("code", "pk"))
        self.payroll = LedgerJournal.objects.get(code=PAYROLL)
        self.typed: set[tuple[int, int, str]] = set()
        self.posted: set[int] = set()

    def live(self, day: dt.date) -> None:
        """Type the entries of the month; post the vouchers of the month before."""
        for first, text, debit, credit, department, amount in TYPED:
            if day.day >= first and (day.year, day.month, text) not in self.typed:
                self.typed.add((day.year, day.month, text))
                entry = self.type(text, debit, credit, department, D(amount))
                if entry:
                    self.do("zheng", manual_entries.post_manual_entry, entry_id=entry.pk)
        before = FiscalPeriod.objects.filter(d1__lt=day).order_by("d0").last()
        if before and day.day >= CLOSING_DAY and before.pk not in self.posted:
            self.posted.add(before.pk)
            self.post_month(before)

    def type(self, text: str, debit: str, credit: str, department: str, amount: Decimal) -> Any:
        """Draft an entry of two lines."""
        return self.do(
            "zheng",
            manual_entries.create_manual_entry,
            description=text,
            attachment_count=1,
            ledger_journal_id=None if debit else self.payroll.pk,
            lines=[
                {
                    "account_id": self.accounts.get(debit),
                    "debit": amount,
                    "department_id": self.departments[department],
                    "description": text,
                },
                {"account_id": self.accounts.get(credit), "credit": amount, "description": text},
            ],
        )

    def post_month(self, period: FiscalPeriod) -> None:
        """Three people: prepared, reviewed, posted and sealed."""
        made = self.do("zheng", vouchers.prepare_vouchers, period_id=period.pk)
        if made and self.do("feng", vouchers.review_vouchers, voucher_ids=made):
            self.do("tang", vouchers.post_vouchers, voucher_ids=made)

    def leave_open(self) -> None:
        """Today's desks: vouchers in each state, one without its papers, an entry that is not posted."""
        self.type("预提本月水电费", "410102", "2241", "PROD", D(3650))
        made: list[int] = []
        for period in list(periods_without_vouchers()):  # early in a month both it and what came late for the last one
            made += self.do("zheng", vouchers.prepare_vouchers, period_id=period.pk) or []
        keys = list(Voucher.objects.filter(pk__in=made).order_by("voucher_date", "pk").values_list("pk", flat=True))
        third = max(1, len(keys) // 3)
        if keys and self.do("feng", vouchers.review_vouchers, voucher_ids=keys[: 2 * third]):
            self.do("tang", vouchers.post_vouchers, voucher_ids=keys[:third])
        for voucher in Voucher.objects.filter(pk__in=keys, state=VoucherState.PREPARED).order_by("pk")[:2]:
            self.do("zheng", vouchers.set_attachments, voucher_id=voucher.pk, count=2)
