"""Loading a chart of accounts into empty books."""

import datetime as dt
from typing import Any

from core import history
from core.locks import LockRank, advisory_lock
from core.operations import operation
from finance.errors import ChartLoaded, NothingProposed
from finance.models import Account, AccountMapping, BankAccount, LedgerSettings
from finance.selectors.accounts import forget_accounts
from finance.selectors.charts import STATUTORY, chart_rows, proposals
from finance.selectors.vouchers import ledger_settings
from finance.services.accounts import save_account, save_mapping
from finance.states import AccountRole
from masterdata.selectors.currencies import base_currency


@operation(permission="finance.load_chart")
def load_chart(*, chart: str, actor: Any, at: dt.datetime) -> int:
    """Create the accounts of ``chart`` (see selectors.charts), map their roles, and open one bank and one cash account.

    Returns the number of accounts.

    Raises:
        UnknownChart: there is no such chart.
        ChartLoaded: the books have accounts already.
    """
    advisory_lock("finance.chart", rank=LockRank.HEADER)
    rows = chart_rows(chart)
    if Account.objects.exists():
        raise ChartLoaded()
    accounts: dict[str, Account] = {}
    for level in _by_level(rows):
        made = [
            Account(
                code=row.code,
                name=row.name,
                name_zh=row.name_zh,
                kind=row.kind,
                direction=row.direction,
                is_control=row.is_control,
                parent=accounts.get(row.parent),
            )
            for row in level
        ]
        accounts |= {one.code: one for one in history.bulk_create(made, Account)}
    mappings = [AccountMapping(role=role, account=accounts[row.code]) for row in rows for role in row.roles]
    history.bulk_create(mappings, AccountMapping)
    forget_accounts()
    by_role = {one.role: one.account for one in mappings}
    for code, role in (("BANK", AccountRole.BANK), ("CASH", AccountRole.CASH)):
        account = by_role[role]
        BankAccount.objects.create(
            code=code, name=account.name, name_zh=account.name_zh, currency=base_currency(), account=account
        )
    LedgerSettings.objects.filter(pk=ledger_settings().pk).update(
        vouchers_required=chart in STATUTORY, carry_over_required=chart in STATUTORY
    )
    return len(accounts)


@operation(permission="finance.load_chart")
def complete_mapping(*, actor: Any, at: dt.datetime) -> int:
    """Give the roles that came after the chart was loaded the accounts that the chart has for them.

    Accounts that the books do not have are made as the chart's file has them. Returns how many roles have one now.

    Raises:
        NothingProposed: no role lacks an account that the chart could give.
    """
    advisory_lock("finance.chart", rank=LockRank.HEADER)
    wanted = proposals()
    if not wanted:
        raise NothingProposed()
    for one in wanted:
        row, account = one.row, one.account or Account.objects.filter(code=one.row.code).first()
        if account is None:
            parent = Account.objects.filter(code=row.parent).first() if row.parent else None
            account = save_account(
                code=row.code,
                name=row.name,
                name_zh=row.name_zh,
                kind=row.kind,
                direction=row.direction,
                is_control=row.is_control,
                parent_id=parent.pk if parent else None,
                actor=actor,
                at=at,
            )
        save_mapping(role=one.role.value, account_id=account.pk, actor=actor, at=at)
    return len(wanted)


def _by_level(rows: list[Any]) -> list[list[Any]]:
    """Group the rows so that parents come in an earlier group than their children."""
    level_of: dict[str, int] = {}
    levels: list[list[Any]] = []
    for row in rows:
        level = level_of[row.parent] + 1 if row.parent else 0
        level_of[row.code] = level
        if level == len(levels):
            levels.append([])
        levels[level].append(row)
    return levels
