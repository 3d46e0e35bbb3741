"""Balances in foreign currency on a day, and what the rates of that day make of them."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.fields import ZERO
from core.money import round_amount
from finance.models import Account, BankAccount, FiscalPeriod, JournalLine
from finance.selectors.accounts import accounts_of
from finance.states import AccountRole
from masterdata.models import Currency, Partner
from masterdata.selectors.currencies import base_currency, rate_on

MONETARY = (
    AccountRole.RECEIVABLE,
    AccountRole.PAYABLE,
    AccountRole.BILLS_RECEIVABLE,
    AccountRole.BILLS_PAYABLE,
)
"""Advances are no claim to money (非货币性项目): they keep the rate they were paid at."""


@dataclass(frozen=True)
class Valued:
    """One balance: ``currency_amount`` stands in the books at ``booked`` and is worth ``valued`` at ``rate``."""

    account: Account
    partner: Partner | None
    currency: Currency
    currency_amount: Decimal
    booked: Decimal
    rate: Decimal
    valued: Decimal

    @property
    def difference(self) -> Decimal:
        """Positive: the balance is worth more (or the debt costs less) than the books say."""
        return self.valued - self.booked


def foreign_balances(day: dt.date) -> list[Valued]:
    """Return the monetary balances in foreign currency at the end of ``day``; those worth what is booked are left out.

    Raises:
        NoExchangeRate: a currency has no rate on the day.
    """
    base = base_currency()
    accounts = {*accounts_of(*MONETARY).values_list("pk", flat=True)}
    accounts |= set(BankAccount.objects.exclude(currency=base).values_list("account", flat=True))
    sums = (
        JournalLine.objects.filter(account__in=accounts, entry__entry_date__lte=day)
        .exclude(currency=base)
        .order_by()
        .values("account", "partner", "currency")
        .annotate(in_currency=Sum("currency_amount"), booked=Sum("amount"))
        .order_by("account__code", "partner__code", "currency__code")
    )
    rows: list[dict[str, Any]] = [dict(row) for row in sums]
    known = Account.objects.in_bulk({row["account"] for row in rows})
    partners = Partner.objects.in_bulk({row["partner"] for row in rows if row["partner"]})
    currencies = Currency.objects.in_bulk({row["currency"] for row in rows})
    rates: dict[int, Decimal] = {}
    found = []
    for row in rows:
        if not row["in_currency"] and not row["booked"]:
            continue
        currency = currencies[row["currency"]]
        rate = rates.setdefault(currency.pk, rate_on(currency, day))
        one = Valued(
            account=known[row["account"]],
            partner=partners.get(row["partner"]),
            currency=currency,
            currency_amount=row["in_currency"] or ZERO,
            booked=row["booked"] or ZERO,
            rate=rate,
            valued=round_amount((row["in_currency"] or ZERO) * rate, base.decimals),
        )
        if one.difference:
            found.append(one)
    return found


def revaluation_missing(period: FiscalPeriod) -> bool:
    """Return whether balances in foreign currency are not worth what the rates of a period's last day make of them.

    A revaluation that was posted before the last entry of the period is no longer enough.
    """
    base = base_currency()
    foreign = JournalLine.objects.exclude(currency=base).filter(entry__entry_date__lte=period.d1)
    return foreign.exists() and bool(foreign_balances(period.d1))
