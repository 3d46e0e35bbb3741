"""Money desks of the demo company: reminders, the bank's statement, the year's budget, the cash plan."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from core.models import User
from core.money import round_amount
from core.operations import perform
from finance.models import Account, BankAccount, BankMovement, Budget, Payment
from finance.selectors.accounts import account_book
from finance.selectors.bank import proposals
from finance.selectors.budgets.consumption import consumption
from finance.selectors.cash_plan.plan import Terms, cash_plan
from finance.selectors.dunning import due_letters, overdue_instalments
from finance.services import bank_statements, budgets, dunning
from finance.services import cash_plan as cash
from finance.states import AccountRole, CashStep, Direction, PaymentState
from masterdata.models import Department, Item

D = Decimal
Do = Callable[..., Any]

LEVELS = (  # level, days overdue, title, Chinese title, text, Chinese text
    (
        1,
        5,
        "Payment reminder",
        "付款提醒函",
        "The invoices below are past their due date. Please check them and pay by the day named.",
        "以下发票已过付款期限，请核对并于函中所列日期前付款。",
    ),
    (
        2,
        20,
        "Second reminder",
        "二次催款函",
        "In spite of our reminder the invoices below are unpaid. Deliveries stop until the payment is in.",
        "经提醒后下列款项仍未到账，到账前我司将暂停发货。",
    ),
    (
        3,
        45,
        "Last demand",
        "最后催告函",
        "Without a payment by the day named the claim goes to our lawyers.",
        "如至函中所列日期仍未付款，我司将委托律师处理。",
    ),
)
RECURRING = (  # name, amount, every, day of the first month
    ("工资与社保", "46000", CashStep.MONTH, 10),
    ("厂房租金", "12000", CashStep.MONTH, 5),
    ("设备贷款还本付息", "18000", CashStep.QUARTER, 20),
)
BUDGET = (  # role of the account, department, amount of the year, share that warns, share that stops
    (AccountRole.STOCK, "", "620000", "80", None),
    (AccountRole.PURCHASE_EXPENSE, "PROD", "6000", "90", "100"),
    (AccountRole.PURCHASE_EXPENSE, "", "48000", "90", "110"),
)
BUDGET_BACK = 45
"""In the first days of a year the budget is still the one of the year before: nothing is spent of the new one."""
COMPARED = 27
"""Calendar days before the end on which a statement of the bank was compared to its last line."""
REMINDED = 12
"""Calendar days before the end on which the first reminders went out."""


def write_levels() -> None:
    """Set up the levels of reminders."""
    for level, days, title, title_zh, text, text_zh in LEVELS:
        perform(
            dunning.save_level,
            actor=None,
            level=level,
            days_overdue=days,
            title=title,
            title_zh=title_zh,
            text=text,
            text_zh=text_zh,
        )


class Treasury:
    """Does what the treasurer does besides invoices and payments; ``do`` performs as one of the people."""

    def __init__(self, start: dt.date, end: dt.date, do: Do) -> None:
        self.start, self.end, self.do = start, end, do
        self.reminded = self.compared = False

    def live(self, day: dt.date) -> None:
        """Remind late customers once; compare the bank's file of the month before with the books."""
        if day >= self.end - dt.timedelta(days=COMPARED) and not self.compared:
            self.compared = True
            self.compare(day)
        if day >= self.end - dt.timedelta(days=REMINDED) and not self.reminded:
            self.reminded = True
            for key in self.write_letters(day, 1):
                self.do("zheng", dunning.send_letter, letter_id=key)

    def write_letters(self, day: dt.date, most: int) -> list[int]:
        partners = [one.partner.pk for one in due_letters(day) if one.level is not None][:most]
        return (partners and self.do("zheng", dunning.write_letters, partner_ids=partners)) or []

    def leave_open(self) -> None:
        """Today's desks: letters to send, a statement half matched, budgets and cash as they stand."""
        self.write_letters(self.end, 3)
        self.import_statement()
        self.plan_budget()
        self.plan_cash()

    @property
    def bank(self) -> BankAccount:
        return BankAccount.objects.get(code="BANK")

    def import_statement(self) -> None:
        """The bank's file of the last days: payments of ours, a customer who paid an overdue invoice, charges."""
        known = BankMovement.objects.filter(payment__isnull=False).values("payment")
        paid = Payment.objects.filter(bank_account=self.bank, state=PaymentState.POSTED).exclude(pk__in=known)
        paid = paid.select_related("partner")
        rows = [
            self.movement(
                number,
                payment.document_date,
                payment.amount if payment.direction == Direction.IN else -payment.amount,
                payment.partner.name_zh,
                payment.partner.bank_accounts.values_list("account_number", flat=True).first() or "",
                payment.reference or payment.number,
            )
            for number, payment in enumerate(reversed(list(paid.order_by("-document_date", "-pk")[:6])), start=1)
        ]
        late = overdue_instalments(self.end).select_related("invoice", "partner").order_by("due_date", "pk").first()
        if late:
            said = f"货款 {late.invoice.legal_number or late.invoice.number}"
            rows.append(self.movement(8, self.end, late.open_amount, late.partner.name_zh, "", said))
        rows += [
            self.movement(9, self.end, D("-42.50"), "中国工商银行", "", "账户管理费及汇划手续费"),
            self.movement(10, self.end, D("186.33"), "中国工商银行", "", "存款利息"),
        ]
        made = self.do(
            "zheng",
            bank_statements.import_statement,
            bank_account_id=self.bank.pk,
            movements=rows,
            file_name=f"ICBC-{self.end:%Y%m%d}.csv",
        )
        if made:
            self.match(list(made.movements.order_by("pk")))

    def compare(self, day: dt.date) -> None:
        """The bank's file of that time: every line is a payment of ours or its charges; the statement is closed."""
        paid = Payment.objects.filter(bank_account=self.bank, state=PaymentState.POSTED, document_date__lt=day)
        ours = list(reversed(list(paid.select_related("partner").order_by("-document_date", "-pk")[:8])))
        rows = [
            self.movement(
                100 + number,
                payment.document_date,
                payment.amount if payment.direction == Direction.IN else -payment.amount,
                payment.partner.name_zh,
                "",
                payment.reference or payment.number,
            )
            for number, payment in enumerate(ours)
        ]
        rows.append(self.movement(120, day, D("-68.00"), "中国工商银行", "", "网银年费及汇划手续费"))
        made = self.do(
            "zheng",
            bank_statements.import_statement,
            bank_account_id=self.bank.pk,
            movements=rows,
            file_name=f"ICBC-{day:%Y%m%d}.csv",
        )
        if not made:
            return
        *moved, fee = made.movements.order_by("pk")
        for movement, payment in zip(moved, ours, strict=True):
            self.do("zheng", bank_statements.link_payment, movement_id=movement.pk, payment_id=payment.pk)
        charges = Account.objects.get(code="560302").pk
        self.do("zheng", bank_statements.book_movement, movement_id=fee.pk, account_id=charges)
        self.do("zheng", bank_statements.close_statement, statement_id=made.pk)

    def movement(self, number: int, day: dt.date, amount: Decimal, *said: str) -> dict[str, Any]:
        name, account, purpose = said
        return {
            "booked_on": day,
            "amount": amount,
            "reference": f"{self.end:%Y%m%d}{number:04d}",
            "name": name,
            "account": account,
            "purpose": purpose,
        }

    def match(self, movements: list[BankMovement]) -> None:
        """Confirm the first proposals that are payments of ours; the others wait for the clerk."""
        offered = proposals(movements, self.bank)
        for movement in movements[:3]:
            best = next((one for one in offered.get(movement.pk, ()) if one.payment), None)
            if best and best.payment:
                self.do("zheng", bank_statements.link_payment, movement_id=movement.pk, payment_id=best.payment.pk)

    def plan_budget(self) -> None:
        """The year's budget of material and of services, in force; material has passed its warning."""
        boss = User.objects.get(username="chen")
        year = (self.end - dt.timedelta(days=BUDGET_BACK)).year
        budget = self.do("feng", budgets.create_budget, year=year, name="年度采购预算", responsible_id=boss.pk)
        if budget is None:
            return
        item = Item.objects.get(code="MT-055")
        book = account_book({item.pk})
        departments = dict(Department.objects.values_list("code", "pk"))
        for role, department, amount, warns, stops in BUDGET:
            self.do(
                "feng",
                budgets.save_budget_line,
                budget_id=budget.pk,
                account_id=book.account(role, item.pk if role == AccountRole.STOCK else None),
                department_id=departments.get(department),
                amount=D(amount),
                warn_percent=D(warns),
                stop_percent=D(stops) if stops else None,
            )
        self.tighten(budget)
        self.do("feng", budgets.activate_budget, budget_id=budget.pk)

    def tighten(self, budget: Budget) -> None:
        """The budget of services is nearly used up: its alarm is raised when it comes into force."""
        line = budget.lines.filter(department__isnull=True).order_by("-pk").first()
        used = consumption([line.pk])[line.pk].total if line else D(0)
        if line and used:
            self.do(
                "feng",
                budgets.save_budget_line,
                budget_id=budget.pk,
                account_id=line.account_id,
                amount=round_amount(used / D("0.94"), -2),
                warn_percent=line.warn_percent,
                stop_percent=line.stop_percent,
            )

    def plan_cash(self) -> None:
        """What comes back every month, and the least balance that the next weeks will not hold."""
        following = (self.end.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        for name, amount, step, day in RECURRING:
            self.do(
                "feng",
                cash.save_recurring_cash,
                name=name,
                bank_account_id=self.bank.pk,
                direction=Direction.OUT,
                amount=D(amount),
                step=step,
                first_date=following.replace(day=day),
            )
        plan = next(one for one in cash_plan(Terms(self.end)).accounts if one.bank_account == self.bank)
        least = (min(plan.closings) // 10000 + 3) * 10000
        self.do(
            "feng",
            cash.save_cash_plan_account,
            bank_account_id=self.bank.pk,
            minimum=max(least, D(50000)),
            is_expected=True,
        )
