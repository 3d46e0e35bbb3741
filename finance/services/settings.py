"""Keeping the settings of receivables and payables."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.errors import StaleVersion
from core.locks import LockRank, advisory_lock
from core.operations import operation
from finance.errors import NegativeTolerance
from finance.models import FinanceSettings


@operation(permission="finance.configure_receivables")
def save_settings(
    *,
    version: int | None = None,
    write_off_tolerance: Decimal,
    grni_tolerance: Decimal,
    dunning_interval_days: int,
    service_tax_code: str = "",
    actor: Any,
    at: dt.datetime,
) -> FinanceSettings:
    """Change tolerances (base currency) and intervals.

    Raises:
        StaleVersion: somebody changed them since.
        NegativeTolerance: a tolerance is below nothing.
    """
    advisory_lock("finance.settings", rank=LockRank.HEADER)
    if write_off_tolerance < 0 or grni_tolerance < 0:
        raise NegativeTolerance()
    settings = FinanceSettings.objects.first() or FinanceSettings()
    if version is not None and version != settings.version:
        raise StaleVersion(document=settings)
    settings.write_off_tolerance = write_off_tolerance
    settings.grni_tolerance = grni_tolerance
    settings.dunning_interval_days = dunning_interval_days
    settings.service_tax_code = service_tax_code
    settings.version += 1
    settings.save()
    return settings
