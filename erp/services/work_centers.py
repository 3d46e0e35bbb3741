"""Work centres with their rates and the days on which less or more can be done."""

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
