"""Applying the lines of an engineering change to typed lines of a bill or operations of a routing; no database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Rows = list[dict[str, Any]]


class NothingToChange(LookupError):
    """A change names a component, a substitute or an operation that is not there; ``number`` is its line."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(frozen=True)
class Change:
    """One change: what is done to which component or operation; what is None stays as it is."""

    number: int
    action: str
    component: int = 0
    replacement: int | None = None
    quantity: Decimal | None = None
    scrap_percent: Decimal | None = None
    operation_no: int | None = None
    operation_name: str = ""
    work_center: int | None = None
    setup_minutes: Decimal | None = None
    run_minutes: Decimal | None = None


def changed_components(lines: Sequence[dict[str, Any]], changes: Sequence[Change]) -> Rows:
    """Return the typed lines of a bill after ``changes``, in their order.

    Raises:
        NothingToChange: a component or substitute to change or drop is not there.
    """
    rows = [dict(line) for line in lines]
    for change in changes:
        if change.action in COMPONENT_ACTIONS:
            rows = COMPONENT_ACTIONS[change.action](rows, change)
    return rows


def changed_operations(operations: Sequence[dict[str, Any]], changes: Sequence[Change]) -> Rows:
    """Return the typed operations of a routing after ``changes``, in the order of their numbers.

    Raises:
        NothingToChange: an operation to change or drop is not there, or one to add is there already.
    """
    rows = [dict(row) for row in operations]
    for change in changes:
        if change.action in OPERATION_ACTIONS:
            rows = OPERATION_ACTIONS[change.action](rows, change)
    return sorted(rows, key=lambda row: row["number"])


def _of_component(rows: Rows, change: Change) -> Rows:
    found = [row for row in rows if row["component_id"] == change.component]
    if not found:
        raise NothingToChange(change.number)
    return found


def _add_component(rows: Rows, change: Change) -> Rows:
    added = {
        "component_id": change.component,
        "quantity": change.quantity,
        "scrap_percent": change.scrap_percent,
        "operation_no": change.operation_no,
    }
    return [*rows, added]


def _drop_component(rows: Rows, change: Change) -> Rows:
    _of_component(rows, change)
    return [row for row in rows if row["component_id"] != change.component]


def _change_component(rows: Rows, change: Change) -> Rows:
    for row in _of_component(rows, change):
        if change.replacement is not None:
            row["component_id"] = change.replacement
            row["substitutes"] = [one for one in row.get("substitutes", ()) if one["item_id"] != change.replacement]
        for name in ("quantity", "scrap_percent", "operation_no"):
            if getattr(change, name) is not None:
                row[name] = getattr(change, name)
    return rows


def _add_substitute(rows: Rows, change: Change) -> Rows:
    for row in _of_component(rows, change):
        others = list(row.get("substitutes", ()))
        rank = max((one.get("rank") or place for place, one in enumerate(others, 1)), default=0) + 1
        fresh = {"item_id": change.replacement, "ratio": change.quantity or Decimal(1), "rank": rank}
        row["substitutes"] = [*others, fresh]
    return rows


def _drop_substitute(rows: Rows, change: Change) -> Rows:
    found = _of_component(rows, change)
    if not any(one["item_id"] == change.replacement for row in found for one in row.get("substitutes", ())):
        raise NothingToChange(change.number)
    for row in found:
        row["substitutes"] = [one for one in row.get("substitutes", ()) if one["item_id"] != change.replacement]
    return rows


def _numbers(rows: Rows) -> set[int]:
    return {row["number"] for row in rows}


def _given(change: Change) -> dict[str, Any]:
    values = {
        "name": change.operation_name or None,
        "work_center_id": change.work_center,
        "setup_minutes": change.setup_minutes,
        "run_minutes": change.run_minutes,
    }
    return {name: value for name, value in values.items() if value is not None}


def _add_operation(rows: Rows, change: Change) -> Rows:
    if change.operation_no in _numbers(rows):
        raise NothingToChange(change.number)
    return [*rows, {"number": change.operation_no, "name": ""} | _given(change)]


def _drop_operation(rows: Rows, change: Change) -> Rows:
    if change.operation_no not in _numbers(rows):
        raise NothingToChange(change.number)
    return [row for row in rows if row["number"] != change.operation_no]


def _change_operation(rows: Rows, change: Change) -> Rows:
    if change.operation_no not in _numbers(rows):
        raise NothingToChange(change.number)
    return [row | _given(change) if row["number"] == change.operation_no else row for row in rows]


COMPONENT_ACTIONS: dict[str, Callable[[Rows, Change], Rows]] = {
    "add_component": _add_component,
    "drop_component": _drop_component,
    "change_component": _change_component,
    "add_substitute": _add_substitute,
    "drop_substitute": _drop_substitute,
}
OPERATION_ACTIONS: dict[str, Callable[[Rows, Change], Rows]] = {
    "add_operation": _add_operation,
    "drop_operation": _drop_operation,
    "change_operation": _change_operation,
}
