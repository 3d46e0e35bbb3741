"""Creating the periods of a fiscal year."""

import calendar
import datetime as dt
from typing import Any

from core import history
from core.locks import LockRank, advisory_lock
from core.operations import operation
from finance.errors import UnknownMonth, YearExists, YearOutOfTurn
from finance.models import FiscalPeriod, ModulePeriod
from finance.states import PeriodModule


@operation(permission="finance.add_fiscalperiod")
def create_year(*, year: int, first_month: int = 1, actor: Any, at: dt.datetime) -> list[int]:
    """Create the months of ``year`` as open periods, from ``first_month`` on in the first year of the books.

    Returns the keys of the periods.

    Raises:
        YearExists: the year has periods already.
        YearOutOfTurn: the year does not follow the last one, or its first months are left out.
        UnknownMonth: no such year or month.
    """
    advisory_lock("finance.year", rank=LockRank.HEADER)
    if FiscalPeriod.objects.filter(year=year).exists():
        raise YearExists(year=str(year))
    years = set(FiscalPeriod.objects.values_list("year", flat=True))
    if not 1 <= first_month <= 12 or not 1990 <= year <= 2200:
        raise UnknownMonth(field="year")
    if years and (year != max(years) + 1 or first_month != 1):
        raise YearOutOfTurn(expected=str(max(years) + 1), field="year")
    periods = [
        FiscalPeriod(
            year=year,
            month=month,
            d0=dt.date(year, month, 1),
            d1=dt.date(year, month, calendar.monthrange(year, month)[1]),
        )
        for month in range(first_month, 13)
    ]
    created = history.bulk_create(periods, FiscalPeriod)
    parts = [
        ModulePeriod(period=period, module=module)
        for period in created
        for module in PeriodModule
        if module != PeriodModule.LEDGER
    ]
    history.bulk_create(parts, ModulePeriod)
    return [period.pk for period in created]
