"""Work centres with their rates and the days on which less or more can be done."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core.operations import operation
from erp.errors.engineering import MoreDownThanThere
from erp.models import CapacityException, WorkCenter, WorkCenterRate
from masterdata.services.records import Entry, Grid, Record, operations


def _check(center: WorkCenter, entry: Entry) -> None:
    for row in entry.grids.get("exceptions", ()):
        if (row.get("machines_down") or 0) > center.machines:
            raise MoreDownThanThere(center=center, machines=center.machines, down=row["machines_down"])


WORK_CENTER = Record(
    WorkCenter,
    "work_center",
    (
        "code",
        "name",
        "name_zh",
        "department",
        "calendar",
        "hours_per_day",
        "machines",
        "efficiency_percent",
        "is_finite",
        "is_active",
    ),
    grids=(
        Grid("rates", WorkCenterRate, "work_center", ("valid_from", "labour_rate", "machine_rate", "overhead_rate")),
        Grid(
            "exceptions",
            CapacityException,
            "work_center",
            ("first_day", "last_day", "machines_down", "hours_per_day", "reason"),
        ),
    ),
    check=_check,
)
create_work_center, update_work_center = operations(WORK_CENTER, registered=False)


@operation(permission="erp.add_workcenter")
def import_work_center(
    *, code: str, rate: Mapping[str, Any] | None = None, actor: Any, at: dt.datetime, **values: Any
) -> WorkCenter:
    """Create or change the work centre with this code; ``rate`` is added, or replaces the one of the same day.

    Raises:
        InvalidInput: a value is impossible.
    """
    center = WorkCenter.objects.filter(code=code).first()
    if rate is not None:
        values["rates"] = [*_other_rates(center, rate["valid_from"]), dict(rate)]
    if center is None:
        return create_work_center(code=code, actor=actor, at=at, **values)
    return update_work_center(work_center_id=center.pk, actor=actor, at=at, **values)


def _other_rates(center: WorkCenter | None, day: dt.date) -> list[dict[str, Any]]:
    """Return the rows of a work centre's rates that begin on other days."""
    if center is None:
        return []
    return [{"id": row.pk, "valid_from": row.valid_from} for row in center.rates.exclude(valid_from=day)]
