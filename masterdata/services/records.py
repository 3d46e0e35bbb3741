"""One mechanism for all plain master data: create and update a record with its grids, as operations."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import models

from core import numbering
from core.clock import business_date
from core.locks import lock
from core.operations import operation
from masterdata.errors import CircularParent
from masterdata.services.rows import Grid, Rows, saved_kindly, stored, validate_cells, write_grid

M = TypeVar("M", bound=models.Model)

__all__ = ["CREATE", "RECORDS", "UPDATE", "Entry", "Grid", "Record", "operations"]


@dataclass(frozen=True)
class Entry:
    """What a check may need besides the record: grids and options as given, stored values before an update.

    shown  by grid, the keys of the stored rows that its given rows stand for; without a grid: all of them.
    """

    at: dt.datetime
    grids: Mapping[str, Rows] = field(default_factory=dict)
    shown: Mapping[str, Iterable[int]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)

    def changed(self, record: models.Model, *names: str) -> bool:
        """Return whether an update changes one of these columns."""
        return bool(self.before) and any(self.before[name] != getattr(record, name) for name in names)


@dataclass(frozen=True)
class Record(Generic[M]):
    """One kind of plain master data.

    key       snake-case name: ``create_<key>``, ``update_<key>(<key>_id=…)``.
    fields    what people write, in the order of the form.
    grids     rows kept with the record.
    prepare   sets derived columns before validation.
    check     refuses what validation of single columns cannot see.
    after     runs when a new record and its grids are written: (record, actor, at).
    numbered  an empty code is taken from the coding rule of the model.
    only_one  (flag, scope columns): setting the flag takes it from the other record of the scope.
    options   arguments that are no columns (``accept_duplicates``), for ``check``.
    right     right to create and change, where it is not the model's own add/change (parts of a partner).
    """

    model: type[M]
    key: str
    fields: tuple[str, ...]
    grids: tuple[Grid, ...] = ()
    prepare: Callable[[Any], None] | None = None
    check: Callable[[Any, Entry], None] | None = None
    after: Callable[[Any, Any, dt.datetime], None] | None = None
    numbered: bool = False
    only_one: tuple[str, tuple[str, ...]] | None = None
    options: tuple[str, ...] = ()
    right: str = ""

    @property
    def slug(self) -> str:
        """Return the kind in addresses: ``price-list``."""
        return self.key.replace("_", "-")

    @property
    def plural(self) -> str:
        """Return the kind's list in addresses: ``taxes``, ``currencies``, ``price-lists``."""
        if self.slug.endswith("y"):
            return f"{self.slug[:-1]}ies"
        return f"{self.slug}es" if self.slug.endswith(("x", "s")) else f"{self.slug}s"

    def permission(self, verb: str) -> str:
        """Return the right to ``add``, ``change`` or ``view`` records of this kind."""
        if self.right and verb != "view":
            return self.right
        return f"{self.model._meta.app_label}.{verb}_{self.model._meta.model_name}"


RECORDS: dict[str, Record[Any]] = {}
CREATE: dict[str, Callable[..., Any]] = {}
UPDATE: dict[str, Callable[..., Any]] = {}


def operations(record: Record[M], *, registered: bool = True) -> tuple[Callable[..., M], Callable[..., M]]:
    """Return the operations of ``record`` (create, update) and register it for the pages and routes of master data.

    registered  False for plain records of apps further down, which have pages and routes of their own.

    ``create_<key>(*, actor, at, **values)`` and ``update_<key>(*, <key>_id, version=None, actor, at, **values)``:
    values are the record's fields (a foreign key as instance under its name or as key under ``<name>_id``), its
    options, and its grids (lists of dicts; with ``id`` a row is changed, without it is added, rows left out are
    removed: of a paged grid only those whose keys stand in ``<grid>_shown``). An update changes only what is given.

    Raises (when performed):
        InvalidInput: a value is wrong; ``field`` names it.
        StaleVersion: the record was changed since ``version``.
        StillUsed: a row left out of a grid is used by a document.
        CircularParent: the record would lie below itself.
    """
    key_argument = f"{record.key}_id"

    def create(*, actor: Any, at: dt.datetime, **values: Any) -> M:
        return _create(record, values, actor, at)

    def update(*, version: int | None = None, actor: Any, at: dt.datetime, **values: Any) -> M:
        return _update(record, values.pop(key_argument), version, values, at)

    create.__name__, update.__name__ = f"create_{record.key}", f"update_{record.key}"
    create.__doc__, update.__doc__ = f"Create: {record.key}.", f"Change: {record.key}."
    creating = operation(permission=record.permission("add"))(create)
    updating = operation(permission=record.permission("change"), document=(record.model, key_argument))(update)
    if registered:
        RECORDS[record.key], CREATE[record.key], UPDATE[record.key] = record, creating, updating
    return creating, updating


def fresh_code(model: type[models.Model], at: dt.datetime) -> str:
    """Take the next code of ``model`` by its coding rule that nobody has typed already."""
    while True:
        code = numbering.next_code(model._meta.label_lower, business_date(at))
        if not model._default_manager.filter(code=code).exists():
            return code


def _create(record: Record[M], values: dict[str, Any], actor: Any, at: dt.datetime) -> M:
    entry = _entry(record, values, at)
    made = record.model()
    instance: Any = made
    _assign(record, instance, values)
    if record.numbered and not instance.code:
        instance.code = fresh_code(record.model, at)
    _refuse(record, instance, entry)
    with saved_kindly(record.model):
        instance.save()
    for grid in record.grids:
        write_grid(grid, instance, entry.grids.get(grid.name, ()))
    if record.after is not None:
        record.after(instance, actor, at)
    return made


def _update(record: Record[M], pk: int, version: int | None, values: dict[str, Any], at: dt.datetime) -> M:
    locked = lock(record.model, pk, version=version)
    instance: Any = locked
    entry = _entry(record, values, at, before=stored(instance))
    _assign(record, instance, values)
    _refuse(record, instance, entry)
    if stored(instance) == entry.before and not entry.grids:
        return locked
    if hasattr(instance, "version"):
        instance.version += 1
    with saved_kindly(record.model):
        instance.save()
    for grid in record.grids:
        if grid.name in entry.grids:
            write_grid(grid, instance, entry.grids[grid.name], entry.shown.get(grid.name))
    return locked


def _entry(
    record: Record[Any], values: dict[str, Any], at: dt.datetime, before: Mapping[str, Any] | None = None
) -> Entry:
    """Take grids and options out of ``values``."""
    grids = {grid.name: values.pop(grid.name) for grid in record.grids if grid.name in values}
    shown = {grid.name: values.pop(grid.shown) for grid in record.grids if grid.paged and grid.shown in values}
    options = {name: values.pop(name) for name in record.options if name in values}
    return Entry(at, grids, shown, options, before or {})


def _assign(record: Record[Any], instance: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in record.fields and name.removesuffix("_id") not in record.fields:
            raise TypeError(f"{record.key} has no field {name}")
        setattr(instance, name, value)
    if record.prepare is not None:
        record.prepare(instance)


def _refuse(record: Record[Any], instance: Any, entry: Entry) -> None:
    if record.only_one is not None:
        _take_flag(instance, *record.only_one)
    validate_cells(instance)
    if "parent" in record.fields:
        _refuse_circle(instance)
    if record.check is not None:
        record.check(instance, entry)


def _take_flag(instance: Any, flag: str, scope: tuple[str, ...]) -> None:
    """Take ``flag`` from the record that has it now, when ``instance`` gets it."""
    if not getattr(instance, flag):
        return
    same = {name: getattr(instance, name) for name in scope}
    for other in type(instance)._default_manager.filter(**same, **{flag: True}).exclude(pk=instance.pk):
        setattr(other, flag, False)
        other.save()


def _refuse_circle(instance: Any) -> None:
    above, parent = {instance.pk}, instance.parent
    while parent is not None:
        if parent.pk in above:
            raise CircularParent(record=instance)
        above.add(parent.pk)
        parent = parent.parent
