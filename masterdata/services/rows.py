"""Validation, kind refusals and the grids of rows that belong to a record."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models
from django.db.models import ProtectedError
from django.utils.text import capfirst

from core import history
from core.errors import InvalidInput
from masterdata.errors import StillUsed, UnknownRow

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Grid:
    """Rows that belong to a record and are kept with it.

    ``name`` is the related name and the argument, ``parent`` the foreign key; ``numbered`` rows get ``line_no`` by
    their place.
    """

    name: str
    model: type[models.Model]
    parent: str
    fields: tuple[str, ...]
    numbered: bool = False


def stored(instance: models.Model) -> dict[str, Any]:
    """Return the values of all columns."""
    return {column.attname: getattr(instance, column.attname) for column in instance._meta.concrete_fields}


def validate_cells(instance: models.Model, where: str = "") -> None:
    """Validate the columns one by one.

    Raises:
        InvalidInput: the first column that is wrong; ``field`` names it.
    """
    with _refused_kindly(instance, where):
        instance.clean_fields()


def validate_whole(instance: models.Model, where: str = "") -> None:
    """Validate uniqueness and the constraints of the table.

    Raises:
        InvalidInput: what is wrong; ``field`` names the column where it is one alone.
    """
    with _refused_kindly(instance, where):
        instance.validate_unique()
        instance.validate_constraints()


@contextmanager
def _refused_kindly(instance: models.Model, where: str) -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        if name == NON_FIELD_ERRORS:
            raise InvalidInput(message=f"{where}{messages[0]}", field=None) from error
        label = capfirst(str(instance._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
        raise InvalidInput(message=f"{where}{label}: {messages[0]}", field=name) from error


@contextmanager
def saved_kindly(model: type[models.Model]) -> Iterator[None]:
    """Turn what only the database could see (two equal rows at once) into a sentence.

    Raises:
        InvalidInput: a unique or check constraint of ``model`` refused the rows.
    """
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        raise InvalidInput(message=_sentence(model, name), field=None, constraint=name) from error


def _sentence(model: type[models.Model], name: str) -> str:
    for constraint in model._meta.constraints:
        if constraint.name == name:
            if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
                return str(model().unique_error_message(model, constraint.fields).messages[0])
            return str(constraint.get_violation_error_message())
    unique = [column.name for column in model._meta.concrete_fields if column.unique and f"_{column.name}_" in name]
    if unique:
        return str(model().unique_error_message(model, (unique[0],)).messages[0])
    raise AssertionError(f"constraint {name} of another table")


def write_grid(grid: Grid, owner: models.Model, rows: Rows) -> None:
    """Bring the stored rows of ``owner`` to the given ones: remove, change, add, so that unique keys can move on.

    Raises:
        InvalidInput: a row is wrong.
        UnknownRow: a row to change is not there any more.
        StillUsed: a row left out is used by a document.
    """
    present = {row.pk: row for row in grid.model._default_manager.filter(**{grid.parent: owner})}
    typed = [_row(grid, owner, present, values, number) for number, values in enumerate(rows, 1)]
    kept = {row.pk for row, _changed in typed if row.pk}
    for pk in present.keys() - kept:
        _remove(present[pk])
    with saved_kindly(grid.model):
        _change(grid, [row for row, changed in typed if row.pk and changed])
        _add(grid, [row for row, _changed in typed if not row.pk])


def add_rows(grid: Grid, pairs: Iterable[tuple[models.Model, Mapping[str, Any]]]) -> None:
    """Add rows to many new owners at once, validated by the database alone."""
    numbers: dict[Any, int] = {}
    made = []
    for owner, values in pairs:
        numbers[owner.pk] = numbers.get(owner.pk, 0) + 1
        row, _changed = _row(grid, owner, {}, values, numbers[owner.pk])
        row.clean_fields(exclude=_foreign_keys(grid.model))
        made.append(row)
    with saved_kindly(grid.model):
        _insert(grid, made)


def _foreign_keys(model: type[models.Model]) -> set[str]:
    return {column.name for column in model._meta.concrete_fields if column.is_relation}


def _row(
    grid: Grid, owner: models.Model, present: Mapping[int, Any], values: Mapping[str, Any], number: int
) -> tuple[Any, bool]:
    pk = values.get("id")
    if pk is not None and pk not in present:
        raise UnknownRow(grid=grid.name, id=pk)
    row: Any = present[pk] if pk is not None else grid.model(**{grid.parent: owner})
    before = stored(row)
    for name, value in values.items():
        if name == "id":
            continue
        if name not in grid.fields and name.removesuffix("_id") not in grid.fields:
            raise TypeError(f"{grid.name} have no field {name}")
        setattr(row, name, value)
    if grid.numbered:
        row.line_no = number
    return row, stored(row) != before


def _remove(row: models.Model) -> None:
    try:
        row.delete()
    except ProtectedError as error:
        raise StillUsed(record=row) from error


def _change(grid: Grid, rows: Sequence[Any]) -> None:
    for row in sorted(rows, key=lambda row: getattr(row, "is_default", False)):
        _validate_row(row)
        row.save()


def _add(grid: Grid, rows: Sequence[Any]) -> None:
    for row in rows:
        _validate_row(row)
    _insert(grid, list(rows))


def _validate_row(row: Any) -> None:
    where = f"{capfirst(str(row._meta.verbose_name))}: "
    validate_cells(row, where)
    validate_whole(row, where)


def _insert(grid: Grid, rows: list[Any]) -> None:
    if rows and hasattr(grid.model, "history"):
        history.bulk_create(rows, grid.model)
    elif rows:
        grid.model._default_manager.bulk_create(rows)
