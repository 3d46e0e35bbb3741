"""The cash plan by week and bank account, and the lines behind each figure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.clock import company
from core.fields import ZERO
from finance.models import BankAccount, CashPlanAccount, CashShortfall
from finance.selectors.accounts import accounts_of
from finance.selectors.cash_plan.planned import PLANNED
from finance.selectors.ledger import balances_of
from finance.states import AccountRole
from masterdata.models import Partner

SOURCES: tuple[tuple[str, Any], ...] = (
    ("receivable", _("Open customer invoices")),
    ("order", _("Payment plans of orders")),
    ("unplanned", _("Orders without payment plan")),
    ("payable", _("Open supplier invoices")),
    ("purchase", _("Purchase orders")),
    ("requisition", _("Requisitions")),
    ("recurring", _("Recurring payments")),
    ("bill", _("Bills of exchange")),
    ("template", _("Entry templates")),
)
WEEKS = 13


@dataclass(frozen=True)
class Terms:
    """How the plan is drawn: from which day, how many weeks, and whether customers pay as late as they used to."""

    today: dt.date
    weeks: int = WEEKS
    late: bool = False

    @property
    def mondays(self) -> list[dt.date]:
        """The first days of the weeks; the present one counts from today."""
        monday = self.today - dt.timedelta(days=self.today.weekday())
        return [monday + dt.timedelta(weeks=number) for number in range(self.weeks)]

    @property
    def horizon(self) -> dt.date:
        """The last day that is planned."""
        return self.mondays[-1] + dt.timedelta(days=6)


@dataclass
class AccountPlan:
    """One bank account (None: all together), in base currency: ``moves`` are {source: amount per week}."""

    bank_account: BankAccount | None
    opening: Decimal
    minimum: Decimal
    moves: dict[str, list[Decimal]] = field(default_factory=dict)
    weeks: int = WEEKS

    @property
    def changes(self) -> list[Decimal]:
        """What each week adds."""
        return [sum((row[place] for row in self.moves.values()), ZERO) for place in range(self.weeks)]

    @property
    def closings(self) -> list[Decimal]:
        """What stands at the end of each week."""
        found, standing = [], self.opening
        for change in self.changes:
            standing += change
            found.append(standing)
        return found

    @property
    def first_short(self) -> int | None:
        """The place of the first week that ends below the least balance."""
        return next((place for place, closing in enumerate(self.closings) if closing < self.minimum), None)


@dataclass(frozen=True)
class CashPlan:
    """Weeks by their Mondays, one plan per bank account, and all together."""

    terms: Terms
    weeks: list[dt.date]
    accounts: list[AccountPlan]
    total: AccountPlan


@dataclass(frozen=True)
class _Banks:
    accounts: list[BankAccount]
    minimums: dict[int, Decimal]
    by_currency: dict[int, int]
    default: int | None


def cash_plan(terms: Terms) -> CashPlan:
    """Return the plan; six statements, however much is planned."""
    banks = _banks()
    opening = _opening(banks.accounts)
    weeks = terms.mondays
    place = {week: number for number, week in enumerate(weeks)}
    plans = {
        bank.pk: AccountPlan(bank, opening.get(bank.pk, ZERO), banks.minimums.get(bank.pk, ZERO), weeks=terms.weeks)
        for bank in banks.accounts
    }
    total = AccountPlan(None, sum(opening.values(), ZERO), sum(banks.minimums.values(), ZERO), weeks=terms.weeks)
    for row in _fetch(
        f"{PLANNED} SELECT bank_id, week, source, sum(amount) AS amount FROM planned GROUP BY 1, 2, 3",
        _values(terms, banks),
    ):
        for plan in (plans.get(row["bank_id"]), total):
            if plan is not None and row["week"] in place:
                moves = plan.moves.setdefault(row["source"], [ZERO] * terms.weeks)
                moves[place[row["week"]]] += row["amount"]
    return CashPlan(terms, weeks, list(plans.values()), total)


def planned_lines(
    terms: Terms, *, week: dt.date | None = None, bank_id: int | None = None, source: str = "", limit: int = 1000
) -> list[dict[str, Any]]:
    """Return the lines behind a figure, the earliest first, with their partners; six statements."""
    banks = _banks()
    values = _values(terms, banks)
    conditions = ["true"]
    for condition, name, value in (
        ("week = %(week)s", "week", week),
        ("bank_id = %(bank)s", "bank", bank_id),
        ("source = %(source)s", "source", source or None),
    ):
        if value is not None:
            conditions.append(condition)
            values[name] = value
    where = " AND ".join(conditions)
    rows = _fetch(
        f"{PLANNED} SELECT * FROM planned WHERE {where} ORDER BY due_date, number LIMIT %(limit)s",
        values | {"limit": limit},
    )
    partners = Partner.objects.in_bulk({row["partner_id"] for row in rows} - {None})
    names = {bank.pk: bank for bank in banks.accounts}
    labels = dict(SOURCES)
    for row in rows:
        row["partner"], row["bank"] = partners.get(row["partner_id"]), names.get(row["bank_id"])
        row["source_name"], row["is_late"] = labels[row["source"]], row["due_date"] < terms.today
    return rows


def open_shortfalls() -> Any:
    """Return the shortfalls that stand, the nearest first."""
    return CashShortfall.objects.filter(closed_at__isnull=True).select_related("bank_account").order_by("week", "pk")


def _banks() -> _Banks:
    """The open bank accounts, those at banks before cash; the first of a currency takes what is planned in it."""
    cash = set(accounts_of(AccountRole.CASH).values_list("pk", flat=True))
    found = list(BankAccount.objects.filter(is_active=True).select_related("currency", "account"))
    settings = {one.bank_account_id: one for one in CashPlanAccount.objects.all()}

    def rank(bank: BankAccount) -> tuple[bool, bool, str]:
        own = settings.get(bank.pk)
        return (not (own and own.is_expected), bank.account_id in cash, bank.code)

    found.sort(key=rank)
    by_currency: dict[int, int] = {}
    for bank in found:
        by_currency.setdefault(bank.currency_id, bank.pk)
    own = company()
    base = next((bank.pk for bank in found if own and bank.currency.code == own.base_currency), None)
    minimums = {pk: one.minimum for pk, one in settings.items()}
    return _Banks(sorted(found, key=lambda one: one.code), minimums, by_currency, base)


def _opening(banks: Sequence[BankAccount]) -> dict[int, Decimal]:
    balances = balances_of(bank.account_id for bank in banks)
    found: dict[int, Decimal] = {}
    for bank in banks:
        found[bank.pk] = balances.pop(bank.account_id, ZERO)
    return found


def _values(terms: Terms, banks: _Banks) -> dict[str, Any]:
    own = company()
    return {
        "today": terms.today,
        "horizon": terms.horizon,
        "late": int(terms.late),
        "decimals": own.base_decimals if own else 2,
        "currencies": list(banks.by_currency),
        "banks": list(banks.by_currency.values()),
        "default_bank": banks.default,
    }


def _fetch(statement: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(values))
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
