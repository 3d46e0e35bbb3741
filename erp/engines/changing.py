"""Applying the lines of an engineering change to typed lines of a bill or operations of a routing; no database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Rows = list[dict[str, Any]]
COMPONENT = "component"


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
    operation_name_zh: str = ""
    work_center: int | None = None
    setup_minutes: Decimal | None = None
    run_minutes: Decimal | None = None
    fixed_scrap_quantity: Decimal | None = None
    is_level_skipped: bool | None = None
    output_kind: str = ""
    cost_method: str = ""
    material_weight: Decimal | None = None
    conversion_weight: Decimal | None = None
    is_conversion_as_material: bool = False
    cost_percent: Decimal | None = None
    fixed_amount: Decimal | None = None
    starts_order: str = ""
    rank: int | None = None
    substitute_group: str = ""


SCRAP = ("quantity", "scrap_percent", "fixed_scrap_quantity", "is_level_skipped", "operation_no")
SHARES = ("quantity", "operation_no", "material_weight", "conversion_weight", "cost_percent", "fixed_amount")
AS_SET = "as_set"
NO_GROUP = "-"
CHANGE_WEIGHTS = "change_weights"
Weights = tuple[Decimal, Decimal | None]
"""Of the material and of the conversion of one unit of the main product; None: as that of the material."""
BY_PRODUCT = "by_product"


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


def changed_weights(weights: Weights, changes: Sequence[Change]) -> Weights:
    """Return the weights by which the main product of a bill takes its cost, after ``changes``."""
    material, conversion = weights
    for change in changes:
        if change.action == CHANGE_WEIGHTS:
            material = material if change.material_weight is None else change.material_weight
            if change.conversion_weight is not None or change.is_conversion_as_material:
                conversion = change.conversion_weight
    return material, conversion


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


def _is_output(row: dict[str, Any]) -> bool:
    return bool(row.get("line_kind", COMPONENT) != COMPONENT)


def _named(change: Change, names: Sequence[str]) -> dict[str, Any]:
    """What a change says of these fields; what it leaves open stays."""
    return {name: getattr(change, name) for name in names if getattr(change, name) is not None}


def _of_component(rows: Rows, change: Change, *, is_output: bool = False) -> Rows:
    found = [row for row in rows if row["component_id"] == change.component and _is_output(row) == is_output]
    if not found:
        raise NothingToChange(change.number)
    return found


def _add_component(rows: Rows, change: Change) -> Rows:
    fresh = {"component_id": change.component, "scrap_percent": None}
    return [*rows, fresh | _named(change, SCRAP) | _grouping(change)]


def _grouping(change: Change) -> dict[str, str]:
    """The group a component is replaced in from now on."""
    group = change.substitute_group.strip()
    return {"substitute_group": "" if group == NO_GROUP else group} if group else {}


def _drop_component(rows: Rows, change: Change) -> Rows:
    dropped = _of_component(rows, change)
    return [row for row in rows if not any(row is one for one in dropped)]


def _add_output(rows: Rows, change: Change) -> Rows:
    if any(row["component_id"] == change.component and _is_output(row) for row in rows):
        raise NothingToChange(change.number)
    own = {"component_id": change.component, "line_kind": change.output_kind, "cost_method": change.cost_method}
    return [*rows, own | _named(change, SHARES) | _starting(change)]


def _starting(change: Change) -> dict[str, Any]:
    """Whether it starts an order from now on; a by-product never does."""
    if change.output_kind == BY_PRODUCT or change.starts_order == AS_SET:
        return {"starts_order": ""}
    return {"starts_order": change.starts_order} if change.starts_order else {}


def _drop_output(rows: Rows, change: Change) -> Rows:
    dropped = _of_component(rows, change, is_output=True)
    return [row for row in rows if not any(row is one for one in dropped)]


def _change_output(rows: Rows, change: Change) -> Rows:
    for row in _of_component(rows, change, is_output=True):
        row.update(_named(change, SHARES) | _starting(change))
        if change.is_conversion_as_material:
            row["conversion_weight"] = None
        for name, value in (("line_kind", change.output_kind), ("cost_method", change.cost_method)):
            if value:
                row[name] = value
    return rows


def _change_component(rows: Rows, change: Change) -> Rows:
    for row in _of_component(rows, change):
        if change.replacement is not None:
            row["component_id"] = change.replacement
            row["substitutes"] = [one for one in row.get("substitutes", ()) if one["item_id"] != change.replacement]
        row.update(_named(change, SCRAP) | _grouping(change))
    return rows


def _add_substitute(rows: Rows, change: Change) -> Rows:
    for row in _of_component(rows, change):
        others = _ranked(row)
        last = max((one["rank"] for one in others), default=0)
        fresh = {"item_id": change.replacement, "ratio": change.quantity or Decimal(1)}
        row["substitutes"] = _placed(others, fresh | {"rank": change.rank or last + 1}, row)
    return rows


def _change_substitute(rows: Rows, change: Change) -> Rows:
    found = [(row, one) for row in _of_component(rows, change) for one in _ranked(row)]
    found = [(row, one) for row, one in found if one["item_id"] == change.replacement]
    if not found:
        raise NothingToChange(change.number)
    for row, one in found:
        others = [other for other in _ranked(row) if other["item_id"] != change.replacement]
        fresh = one | {"ratio": change.quantity or one["ratio"], "rank": change.rank or one["rank"]}
        row["substitutes"] = _placed(others, fresh, row)
    return rows


def _ranked(row: dict[str, Any]) -> Rows:
    """The substitutes of a line, each with its rank: without one its place."""
    return [one | {"rank": one.get("rank") or place} for place, one in enumerate(row.get("substitutes", ()), 1)]


def _placed(others: Rows, fresh: dict[str, Any], row: dict[str, Any]) -> Rows:
    """The substitutes with ``fresh`` at its rank: others of a line alone move down, those of a group go together."""
    taken = any(one["rank"] == fresh["rank"] for one in others)
    if taken and not row.get("substitute_group"):
        others = [one | {"rank": one["rank"] + (one["rank"] >= fresh["rank"])} for one in others]
    return sorted([*others, fresh], key=lambda one: one["rank"])


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
        "name_zh": change.operation_name_zh if change.operation_name or change.operation_name_zh else None,
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
    "change_substitute": _change_substitute,
    "drop_substitute": _drop_substitute,
    "add_output": _add_output,
    "drop_output": _drop_output,
    "change_output": _change_output,
}
OPERATION_ACTIONS: dict[str, Callable[[Rows, Change], Rows]] = {
    "add_operation": _add_operation,
    "drop_operation": _drop_operation,
    "change_operation": _change_operation,
}
