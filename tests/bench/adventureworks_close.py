"""Closing a month of the bicycle maker: every check of the cockpit cleared by its own service, by different people."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.clock import on_day
from erp.models import WorkOrder
from erp.models.valuation import ItemCost
from erp.services import work_orders
from erp.states import WorkOrderState
from finance.models import Account, FiscalPeriod, JournalLine, Voucher
from finance.selectors.balances import balance_sums
from finance.selectors.close import all_checks, failed, findings
from finance.selectors.close.production import finished_orders
from finance.selectors.close.registry import run
from finance.services import carry_over, manual_entries, periods, revaluations, vouchers
from finance.states import PeriodState, VoucherState
from masterdata.models import Currency
from masterdata.services import money
from tests.bench.adventureworks_month import Month, stock_in_the_ledger

D = Decimal
WAGES = D("42000")


class Closing:
    """One period and what clears each of its checks."""

    def __init__(self, month: Month, period: FiscalPeriod) -> None:
        self.month, self.period = month, period
        self.people, self.do = month.people, month.do
        self.fixes: dict[str, Callable[[], None]] = {
            "finished_orders": self.settle_orders,
            "revaluation": self.revalue,
            "carried_over": self.carry_over,
            "entries_without_voucher": self.prepare_vouchers,
            "open_vouchers": self.review_and_post,
        }

    def close(self, day: dt.date, rates: dict[str, Decimal]) -> list[str]:
        """Book what the month's end asks for, clear the cockpit, close; return the codes of what stood against it."""
        with on_day(day):
            self.set_rates(rates)
            self.pay_wages()
            against = [
                one.check.code
                for one in self.month.tally.measure("cockpit", lambda: findings(self.period))
                if one.count
            ]
            for check in all_checks():
                if check.code in self.fixes and run(check, self.period).count:
                    self.fixes[check.code]()
            left = [(one.check.code, one.rows[0]) for one in failed(self.period)]
            assert not left, left
            self.do(self.people.reviewer, periods.close_period, period_id=self.period.pk)
        return against

    def set_rates(self, rates: dict[str, Decimal]) -> None:
        """The rates of the last day."""
        for code, rate in rates.items():
            currency = Currency.objects.get(code=code)
            self.do(None, money.create_exchange_rate, currency=currency, date=self.period.d1, rate=rate)

    def pay_wages(self) -> None:
        lines = [
            {"account_id": Account.objects.get(code="6060").pk, "debit": WAGES},
            {"account_id": self.month.bank.account_id, "credit": WAGES},
        ]
        entry = {"document_date": self.period.d1, "description": f"Wages {self.period}"}
        self.do(self.people.clerk, manual_entries.record_manual_entry, lines=lines, **entry)

    def settle_orders(self) -> None:
        for order in finished_orders(self.period).order_by("pk"):
            self.do(self.people.planner, work_orders.close_work_order, work_order_id=order.pk)

    def revalue(self) -> None:
        drafted = self.do(self.people.clerk, revaluations.create_revaluation, document_date=self.period.d1)
        self.do(self.people.reviewer, revaluations.post_revaluation, revaluation_id=drafted.pk)

    def carry_over(self) -> None:
        self.do(self.people.reviewer, carry_over.carry_over, period_id=self.period.pk)

    def prepare_vouchers(self) -> None:
        self.do(self.people.clerk, vouchers.prepare_vouchers, period_id=self.period.pk)

    def review_and_post(self) -> None:
        prepared = Voucher.objects.filter(period=self.period).exclude(state=VoucherState.POSTED)
        keys = list(prepared.order_by("pk").values_list("pk", flat=True))
        self.do(self.people.reviewer, vouchers.review_vouchers, voucher_ids=keys)
        self.do(self.people.poster, vouchers.post_vouchers, voucher_ids=keys)

    def prove(self) -> dict[str, Any]:
        """The books after the close: everything in balance, stock at its value, profit carried over."""
        self.period.refresh_from_db()
        assert self.period.state == PeriodState.CLOSED
        assert {part.state for part in self.period.modules.all()} == {PeriodState.CLOSED}
        [total] = balance_sums(self.period.d0, self.period.d1, by=())
        assert total.debit == total.credit > 0
        assert total.closing == 0
        value = ItemCost.objects.aggregate(total=Sum("value"))["total"]
        assert value == stock_in_the_ledger()
        posted = Voucher.objects.filter(period=self.period, state=VoucherState.POSTED)
        assert posted.exists()
        for one in posted.values("prepared_by", "reviewed_by", "posted_by").distinct():
            assert len(set(one.values())) == 3, one
        return {
            "vouchers": posted.count(),
            "turnover": total.debit,
            "stock": value,
            "profit": -profit_of(self.period),
            "orders in progress": WorkOrder.objects.filter(state=WorkOrderState.IN_PROGRESS).count(),
        }


def profit_of(period: FiscalPeriod) -> Decimal:
    """What was carried over in a period, debit positive."""
    lines = JournalLine.objects.filter(entry__period=period, entry__event="carry_over")
    return lines.filter(account__kind="equity").aggregate(total=Sum("amount"))["total"] or D(0)
