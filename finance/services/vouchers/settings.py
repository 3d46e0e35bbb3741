"""How the company groups, names and demands vouchers."""

import datetime as dt
from typing import Any

from core.documents import lock
from core.operations import operation
from finance.models import LedgerSettings
from finance.selectors.vouchers import ledger_settings


@operation(permission="finance.change_ledgersettings")
def save_ledger_settings(
    *,
    version: int | None = None,
    voucher_grouping: str,
    voucher_naming: str,
    vouchers_required: bool,
    carry_over_required: bool,
    actor: Any,
    at: dt.datetime,
) -> LedgerSettings:
    """Change how vouchers are made from now on, and what a close asks for.

    Raises:
        StaleVersion: somebody changed it since.
    """
    row = lock(LedgerSettings, ledger_settings().pk, version=version)
    row.voucher_grouping, row.voucher_naming = voucher_grouping, voucher_naming
    row.vouchers_required, row.carry_over_required = vouchers_required, carry_over_required
    row.version += 1
    row.save()
    return row
