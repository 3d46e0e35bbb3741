"""Creating many records of one kind at once (imports): a handful of statements instead of one set per record."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError

from core import history
from core.errors import InvalidInput
from core.operations import operation
from masterdata.services.records import Record, fresh_code
from masterdata.services.rows import Rows, add_rows, saved_kindly

CREATE_MANY: dict[str, Callable[..., Any]] = {}


def bulk_operation(record: Record[Any]) -> Callable[..., Any]:
    """Return ``create_many_<key>(*, rows, actor, at) -> list of ids``, for files that were checked before.

    Rows are the values of `records.operations`' create. Columns are validated one by one; keys, uniqueness and
    constraints by the database at the end; a kind's own checks (duplicates by name or phone) are left out.

    Raises (when performed):
        InvalidInput: a value is wrong; the message names the row.
    """

    def create_many(*, rows: Rows, actor: Any, at: dt.datetime) -> list[int]:
        if not rows:
            return []
        made, parts = [], []
        for number, values in enumerate(rows, 1):
            row = dict(values)
            grids = {grid.name: row.pop(grid.name) for grid in record.grids if grid.name in row}
            made.append(_instance(record, row, number, at))
            parts.append(grids)
        with saved_kindly(record.model):
            created = history.bulk_create(made, record.model)
        for grid in record.grids:
            pairs = [
                (owner, line) for owner, grids in zip(created, parts, strict=True) for line in grids.get(grid.name, ())
            ]
            if pairs:
                add_rows(grid, pairs)
        return [one.pk for one in created]

    create_many.__name__ = f"create_many_{record.key}"
    create_many.__doc__ = f"Create many: {record.key}."
    CREATE_MANY[record.key] = operation(permission=record.permission("add"))(create_many)
    return CREATE_MANY[record.key]


def _instance(record: Record[Any], values: dict[str, Any], number: int, at: dt.datetime) -> Any:
    instance: Any = record.model()
    for name, value in values.items():
        if name not in record.fields and name.removesuffix("_id") not in record.fields:
            raise TypeError(f"{record.key} has no field {name}")
        setattr(instance, name, value)
    if record.prepare is not None:
        record.prepare(instance)
    if record.numbered and not instance.code:
        instance.code = fresh_code(record.model, at)
    try:
        instance.clean_fields(exclude={one.name for one in record.model._meta.concrete_fields if one.is_relation})
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(message=f"{number}: {name}: {messages[0]}", field=name, row=number) from error
    return instance
