"""Where and by whom work is done: warehouses, locations, departments, employees, projects, coding rules."""

import datetime as dt
from typing import Any

from core.models import CodingRule
from masterdata.models import (
    Department,
    Employee,
    Location,
    Project,
    Warehouse,
)
from masterdata.services.bulk import bulk_operation
from masterdata.services.records import Record, operations

DEFAULT_LOCATION = "STOCK"


def _first_location(warehouse: Warehouse, actor: Any, at: dt.datetime) -> None:
    """A new warehouse gets the place goods lie in, so that it can be used at once."""
    Location.objects.create(warehouse=warehouse, code=DEFAULT_LOCATION, name="Stock", name_zh="库存", is_default=True)


def _empty_badge(employee: Employee) -> None:
    employee.badge = employee.badge or None


WAREHOUSE = Record(
    Warehouse,
    "warehouse",
    ("code", "name", "name_zh", "address", "contact_name", "phone", "is_active"),
    after=_first_location,
)
LOCATION = Record(
    Location,
    "location",
    ("warehouse", "code", "name", "name_zh", "kind", "is_default", "is_active"),
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
create_location, update_location = operations(LOCATION)
create_department, update_department = operations(DEPARTMENT)
create_employee, update_employee = operations(EMPLOYEE)
create_project, update_project = operations(PROJECT)
_create_coding_rule, update_coding_rule = operations(CODING_RULE)
create_many_locations = bulk_operation(LOCATION)
create_many_employees = bulk_operation(EMPLOYEE)
