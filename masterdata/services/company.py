"""Where and by whom work is done: warehouses, locations, departments, employees, projects, coding rules."""

import datetime as dt
from typing import Any

from core import audit
from core.models import CodingRule
from core.operations import operation
from masterdata import ports
from masterdata.errors import PlaceHoldsStock, ZoneElsewhere
from masterdata.models import (
    Department,
    Employee,
    Location,
    Project,
    Warehouse,
    Zone,
)
from masterdata.services.bulk import bulk_operation
from masterdata.services.records import Entry, Record, operations

DEFAULT_LOCATION = "STOCK"


def _first_location(warehouse: Warehouse, actor: Any, at: dt.datetime) -> None:
    """A new warehouse gets the place goods lie in, so that it can be used at once."""
    Location.objects.create(warehouse=warehouse, code=DEFAULT_LOCATION, name="Stock", name_zh="库存", is_default=True)


def _empty_badge(employee: Employee) -> None:
    employee.badge = employee.badge or None


def _check_location(location: Location, entry: Entry) -> None:
    if location.zone is not None and location.zone.warehouse_id != location.warehouse_id:
        raise ZoneElsewhere(zone=location.zone, field="zone")
    if entry.changed(location, "status", "kind", "warehouse_id") and ports.places_with_stock([location.pk]):
        raise PlaceHoldsStock(place=location)


WAREHOUSE = Record(
    Warehouse,
    "warehouse",
    ("code", "name", "name_zh", "address", "contact_name", "phone", "pick_rule", "is_active"),
    after=_first_location,
)
ZONE = Record(Zone, "zone", ("warehouse", "code", "name", "name_zh", "is_active"))
LOCATION = Record(
    Location,
    "location",
    (
        "warehouse",
        "zone",
        "code",
        "name",
        "name_zh",
        "kind",
        "status",
        "pick_order",
        "put_away_order",
        "capacity",
        "is_default",
        "is_active",
    ),
    check=_check_location,
    only_one=("is_default", ("warehouse",)),
)
DEPARTMENT = Record(Department, "department", ("code", "name", "name_zh", "parent", "manager", "is_active"))
EMPLOYEE = Record(
    Employee,
    "employee",
    ("code", "name", "name_zh", "department", "position", "user", "badge", "labour_rate", "is_active"),
    prepare=_empty_badge,
    numbered=True,
)
PROJECT = Record(Project, "project", ("code", "name", "name_zh", "partner", "is_active"), numbered=True)
CODING_RULE = Record(CodingRule, "coding_rule", ("prefix", "date_part", "separator", "digits", "check_digit"))

create_warehouse, update_warehouse = operations(WAREHOUSE)
create_zone, update_zone = operations(ZONE)
create_location, update_location = operations(LOCATION)
create_department, update_department = operations(DEPARTMENT)
create_employee, update_employee = operations(EMPLOYEE)
create_project, update_project = operations(PROJECT)
_create_coding_rule, update_coding_rule = operations(CODING_RULE)
create_many_locations = bulk_operation(LOCATION)
create_many_employees = bulk_operation(EMPLOYEE)


@operation(permission=None)
def set_location_status(*, location: Location, status: str, actor: Any, at: dt.datetime, reason: str = "") -> Location:
    """Block or release a place (locked); called by the keeper of the stock, which looks after what lies there."""
    before, location.status = location.status, status
    location.version += 1
    location.save(update_fields=["status", "version"])
    audit.record(location, f"status_{status}", actor=actor, at=at, reason=reason, status=[before, status])
    return location
