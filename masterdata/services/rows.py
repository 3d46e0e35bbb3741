"""Validation, kind refusals and the grids of rows that belong to a record."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
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
    their place. A ``paged`` one may have thousands of rows: pages of forms show, and bring back, some of them.
    """

    name: str
    model: type[models.Model]
    parent: str
    fields: tuple[str, ...]
    numbered: bool = False
    paged: bool = False

    @property
    def shown(self) -> str:
        """Return the argument that names the keys of the stored rows which were shown: all others stay."""
        return f"{self.name}_shown"


def stored(instance: models.Model) -> dict[str, Any]:
    """Return the values of all columns."""
    return {column.attname: getattr(instance, column.attname) for column in instance._meta.concrete_fields}


def validate_cells(instance: models.Model, where: str = "") -> None:
    """Validate the columns one by one; uniqueness and constraints are the database's, see `saved_kindly`.

    Raises:
        InvalidInput: the first column that is wrong; ``field`` names it.
    """
    try:
        instance.clean_fields()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        label = capfirst(str(instance._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
        raise InvalidInput(message=f"{where}{label}: {messages[0]}", field=name) from error


@contextmanager
def saved_kindly(model: type[models.Model], where: str = "") -> Iterator[None]:
    """Say in a sentence what a unique key or a constraint of ``model`` refuses.

    Raises:
        InvalidInput: the database refused the rows; ``field`` names the column where it is one alone.
    """
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        found = _sentence(model, name)
        if found is None:
            raise
        raise InvalidInput(message=f"{where}{found[0]}", field=found[1], constraint=name) from error


def _sentence(model: type[models.Model], name: str) -> tuple[str, str | None] | None:
    """Return what the constraint ``name`` says and the one column it is about, or None when it is not ours."""
    for constraint in model._meta.constraints:
        if constraint.name != name:
            continue
        has_own_words = constraint.violation_error_message != constraint.default_violation_error_message
        if has_own_words or not isinstance(constraint, models.UniqueConstraint):
            return str(constraint.get_violation_error_message()), None
        return _taken(model, constraint.fields)
    for column in model._meta.concrete_fields:
        if column.unique and name.startswith(f"{model._meta.db_table}_{column.column}_"):
            return _taken(model, (column.name,))
    return None


def _taken(model: type[models.Model], columns: Sequence[str]) -> tuple[str, str | None]:
    sentence = model().unique_error_message(model, tuple(columns)).messages[0]
    return str(sentence), columns[0] if len(columns) == 1 else None


def write_grid(grid: Grid, owner: models.Model, rows: Rows, shown: Iterable[int] | None = None) -> None:
    """Bring the stored rows of ``owner`` to the given ones: remove, change, add, so that unique keys can move on.

    shown  keys of the stored rows that the given ones stand for; None: all of them.

    Raises:
        InvalidInput: a row is wrong.
        UnknownRow: a row to change is not there any more.
        StillUsed: a row left out is used by a document.
    """
    known = grid.model._default_manager.filter(**{grid.parent: owner})
    present = {row.pk: row for row in (known if shown is None else known.filter(pk__in=list(shown)))}
    typed = [_row(grid, owner, present, values, number) for number, values in enumerate(rows, 1)]
    kept = {row.pk for row, _changed in typed if row.pk}
    for pk in present.keys() - kept:
        _remove(present[pk])
    with saved_kindly(grid.model, _where(grid.model)):
        _change([row for row, changed in typed if row.pk and changed])
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


def _change(rows: Sequence[Any]) -> None:
    for row in sorted(rows, key=lambda row: getattr(row, "is_default", False)):
        validate_cells(row, _where(type(row)))
        row.save()


def _add(grid: Grid, rows: Sequence[Any]) -> None:
    for row in rows:
        validate_cells(row, _where(type(row)))
    _insert(grid, list(rows))


def _where(model: type[models.Model]) -> str:
    return f"{capfirst(str(model._meta.verbose_name))}: "


def _insert(grid: Grid, rows: list[Any]) -> None:
    if rows and hasattr(grid.model, "history"):
        history.bulk_create(rows, grid.model)
    elif rows:
        grid.model._default_manager.bulk_create(rows)
