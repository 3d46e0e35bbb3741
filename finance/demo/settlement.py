"""Finance by the month in the demo company: provisions, bad debts, rates, templates, electronic invoices, expenses."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from core.models import User
from core.operations import perform
from finance.models import Account, FiscalPeriod, GrniLine, Invoice, InvoiceLine, Revaluation, TaxInvoice
from finance.selectors.manual_entries import due_templates
from finance.services import invoices as bills
from finance.services import manual_entries, order_expenses, provisions, revaluations, tax_invoices, write_offs
from finance.states import AmountRule, InvoiceState, RevaluationState, Schedule, Side, TaxInvoiceStatus, WriteOffKind
from masterdata.models import Department, Partner, Tax

D = Decimal
Do = Callable[..., Any]

TEMPLATES = (  # code, name, Chinese name, day of the first month, ((account, side, rule, figure, basis), …)
    (
        "DEP",
        "Depreciation of machines",
        "计提固定资产折旧",
        28,
        (("410102", "debit", AmountRule.FIXED, "9800", ""), ("1602", "credit", AmountRule.REST, "0", "")),
    ),
    (
        "UNION",
        "Union fee, 2 % of wages",
        "计提工会经费（工资 2%）",
        27,
        (("560204", "debit", AmountRule.MOVEMENT, "2", "2211"), ("2241", "credit", AmountRule.REST, "0", "")),
    ),
    (
        "INS",
        "Property insurance, monthly share",
        "摊销财产保险费",
        15,
        (("560204", "debit", AmountRule.FIXED, "1250", ""), ("1801", "credit", AmountRule.REST, "0", "")),
    ),
)
BY_HAND = ("ACC", "Accrual of audit fee", "预提审计费", "560204", "2241", "6000")
CLOSING_DAY = 3
"""From this day of the month on provisions and rates of the month before are booked."""
BAD_DEBTOR, WRITTEN_OFF = "C-YZ", 8
"""Calendar days before the end on which the debt of a customer that is no more is given up."""
EXPENSES = (  # calendar days before the end, supplier, ((text, account, net amount), …)
    (30, "S-FWD", (("出口报关与拖车费", "560102", "1260"), ("上海工博会展机运输", "560103", "860"))),
    (10, "S-FWD", (("出口订舱与港杂费", "560102", "1480"),)),
)
ANSWERED_AFTER = 3
"""Calendar days after which an invoice goes to the tax platform, and again until its answer is there."""
REFUSED_ONE = 3
"""The platform refuses the invoice of this place, its buyer's name differs."""


def write_templates(start: dt.date) -> None:
    """Write the entries that come again every month."""
    accounts = dict(Account.objects.values_list("code", "pk"))
    chief = User.objects.get(username="feng")
    overhead = Department.objects.get(code="FIN").pk
    for code, name, name_zh, day, lines in TEMPLATES:
        perform(
            manual_entries.save_template,
            actor=chief,
            code=code,
            name=name,
            name_zh=name_zh,
            description=name_zh,
            schedule=Schedule.MONTHLY,
            next_date=start.replace(day=day),
            is_posted=True,
            lines=[
                {
                    "account_id": accounts[account],
                    "side": side,
                    "rule": rule,
                    "amount": D(figure) if rule == AmountRule.FIXED else D(0),
                    "percent": D(figure) if rule == AmountRule.MOVEMENT else D(100),
                    "basis_account_id": accounts.get(basis),
                    "department_id": overhead,
                }
                for account, side, rule, figure, basis in lines
            ],
        )
    code, name, name_zh, debit, credit, amount = BY_HAND
    perform(
        manual_entries.save_template,
        actor=chief,
        code=code,
        name=name,
        name_zh=name_zh,
        description=name_zh,
        reverses_next_period=True,
        lines=[
            {"account_id": accounts[debit], "side": "debit", "amount": D(amount), "department_id": overhead},
            {"account_id": accounts[credit], "side": "credit", "rule": AmountRule.REST},
        ],
    )


class Settlement:
    """Does what the accountants do by the month; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do, partners: Mapping[str, Partner]) -> None:
        self.end, self.do, self.partners = end, do, partners
        self.accounts = dict(Account.objects.values_list("code", "pk"))
        self.closed: set[dt.date] = set()
        self.expenses = list(EXPENSES)
        self.gave_up = False
        self.answered = 0

    def live(self, day: dt.date) -> None:
        """Book what is due today; on Mondays deal with the tax platform."""
        for template in due_templates(day):
            self.do("", manual_entries.run_template, template_id=template.pk)
        last = day.replace(day=1) - dt.timedelta(days=1)
        if day.day >= CLOSING_DAY and last not in self.closed and FiscalPeriod.objects.filter(d1=last).exists():
            self.closed.add(last)
            self.value_claims(last)
            self.value_currencies(last)
        for fact in [one for one in self.expenses if day >= self.end - dt.timedelta(days=one[0])]:
            self.expenses.remove(fact)
            self.enter_expense(*fact[1:])
        if day >= self.end - dt.timedelta(days=WRITTEN_OFF) and not self.gave_up:
            self.gave_up = True
            self.give_up()
        if day.weekday() == 0:
            self.issue(day)

    def value_claims(self, last: dt.date) -> None:
        run = self.do("zheng", provisions.create_provision, document_date=last, note="月末按账龄计提")
        if run:
            self.do("feng", provisions.post_provision, run_id=run.pk)

    def value_currencies(self, last: dt.date) -> None:
        made = self.do("zheng", revaluations.create_revaluation, document_date=last, note="月末汇率调整")
        if made:
            self.do("feng", revaluations.post_revaluation, revaluation_id=made.pk)

    def enter_expense(self, supplier: str, rows: tuple[tuple[str, str, str], ...]) -> None:
        """A bill of the forwarder; an order abroad bears its first line."""
        tax = Tax.objects.get(code="VAT6")
        made = self.do(
            "zheng",
            bills.create_invoice,
            kind=Side.SUPPLIER,
            partner_id=self.partners[supplier].pk,
            supplier_reference=f"CK{self.end:%y%m}{len(self.expenses):02d}",
            lines=[
                {
                    "account_id": self.accounts[account],
                    "description": text,
                    "quantity": D(1),
                    "price": D(amount),
                    "tax_id": tax.pk,
                }
                for text, account, amount in rows
            ],
        )
        if not made or not self.do("zheng", bills.post_invoice, invoice_id=made.pk):
            return
        sold = InvoiceLine.objects.filter(
            invoice__kind=Side.CUSTOMER, sales_order_line__order__partner__country__in=["DE", "US"]
        )
        order_id = sold.order_by("-pk").values_list("sales_order_line__order_id", flat=True).first()
        if order_id:
            self.do(
                "zheng",
                order_expenses.assign_order_expense,
                invoice_id=made.pk,
                invoice_line_id=made.lines.order_by("line_no").values_list("pk", flat=True)[0],
                sales_order_id=order_id,
            )

    def give_up(self) -> None:
        """The court has closed the case: what the debtor owes is a bad debt, written by one, posted by another."""
        owed = Invoice.objects.filter(partner=self.partners[BAD_DEBTOR], open_amount__gt=0)
        rows = [{"invoice_id": pk} for pk in owed.values_list("pk", flat=True)]
        made = self.do(
            "zheng",
            write_offs.create_write_off,
            kind=WriteOffKind.BAD_DEBT,
            partner_id=self.partners[BAD_DEBTOR].pk,
            lines=rows,
            reason_text="债务人已注销，法院裁定终结执行",
        )
        if made:
            self.do("tang", write_offs.post_write_off, write_off_id=made.pk)

    def issue(self, day: dt.date) -> None:
        """Take the platform's answers, hand in last week's invoices."""
        exported = TaxInvoice.objects.filter(status=TaxInvoiceStatus.EXPORTED).select_related("invoice")
        answers = [self.answer(row, day) for row in exported.order_by("pk")]
        if answers:
            self.do("zheng", tax_invoices.record_answers, answers=answers)
        before = day - dt.timedelta(days=ANSWERED_AFTER)
        fresh = Invoice.objects.filter(
            state=InvoiceState.POSTED,
            kind=Side.CUSTOMER,
            is_opening=False,
            currency__code="CNY",
            document_date__lte=before,
            tax_invoice__isnull=True,
        )
        keys = list(fresh.order_by("pk").values_list("pk", flat=True))
        made = keys and self.do("zheng", tax_invoices.prepare_tax_invoices, invoice_ids=keys)
        if made and day <= self.end - dt.timedelta(days=ANSWERED_AFTER):
            self.do("zheng", tax_invoices.mark_exported, tax_invoice_ids=made)

    def answer(self, row: TaxInvoice, day: dt.date) -> dict[str, Any]:
        self.answered += 1
        number = row.invoice.legal_number
        if self.answered == REFUSED_ONE:
            return {"number": number, "answer": "购买方名称与税号不一致，请核对后重新提交"}
        return {"number": number, "fapiao_number": f"{day:%y}32{row.invoice_id:016d}", "issued_on": day}

    def leave_open(self) -> None:
        """Drafts of today: the provision, the rates, a receipt nobody ever billed."""
        last = self.end.replace(day=1) - dt.timedelta(days=1)
        if last not in self.closed and not Revaluation.objects.filter(state=RevaluationState.POSTED).exists():
            self.value_currencies(last)
        self.do("zheng", provisions.create_provision, note="本月试算")
        self.do("zheng", revaluations.create_revaluation, note="本月试算")
        left = GrniLine.objects.filter(open_quantity__gt=0).order_by("-pk").first()
        if left:
            self.do(
                "zheng",
                write_offs.create_write_off,
                kind=WriteOffKind.GRNI,
                partner_id=left.partner_id,
                lines=[{"grni_id": left.pk}],
                reason_text="供应商赠送样件，确认不开票",
            )
