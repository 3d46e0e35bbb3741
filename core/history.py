"""Row history of master data and document headers (django-simple-history) with the operation's actor and reason.

One version per row and operation: what an operation saves several times is kept as it left it.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from simple_history.models import HistoricalRecords
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from core import context
from core.context import OperationContext, current_operation
from core.writing import insert_with_lines, update_rows

CREATED, CHANGED = "+", "~"


def _acting_user(instance: Any = None, **_: Any) -> Any:
    operation = current_operation()
    actor = operation.actor if operation else None
    return actor if actor is not None and getattr(actor, "pk", None) else None


class History(HistoricalRecords):
    """``history = History()`` on a model keeps each saved version with who, when and why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("get_user", _acting_user)
        super().__init__(*args, **kwargs)

    def create_historical_record(self, instance: Any, history_type: str, using: str | None = None) -> None:
        """Note the version for the end of the operation; outside an operation write it at once."""
        operation = current_operation()
        if operation is None:
            super().create_historical_record(instance, history_type, using=using)
            return
        model: Any = type(instance)
        versions = _versions_of(model, self.manager_name)
        values = {field.attname: getattr(instance, field.attname) for field in self.fields_included(instance)}
        _note(operation, versions, instance.pk, history_type, values)

    def get_change_reason_for_object(self, instance: Any, history_type: str, using: str) -> str | None:
        operation = current_operation()
        return _reason(operation) if operation else None


@cache
def _versions_of(model: Any, manager_name: str) -> Any:
    """The model of a model's versions; asking its manager makes a class of its own each time."""
    return getattr(model, manager_name).model


def _reason(operation: OperationContext) -> str:
    return (operation.reason or operation.name)[:100]


def _note(operation: OperationContext, model: Any, pk: Any, history_type: str, values: dict[str, Any]) -> None:
    earlier = operation.pending.versions.get((model, pk))
    if earlier is not None and earlier.history_type == CREATED and history_type == CHANGED:
        history_type = CREATED
    operation.pending.versions[model, pk] = model(
        history_date=operation.at,
        history_type=history_type,
        history_user=_acting_user(),
        history_change_reason=_reason(operation),
        **values,
    )


def _note_all(operation: OperationContext, model: Any, objects: Iterable[Any], history_type: str) -> None:
    versions = _versions_of(model, model._meta.simple_history_manager_attribute)
    fields = [field.attname for field in versions.tracked_fields]
    for one in objects:
        _note(operation, versions, one.pk, history_type, {name: getattr(one, name) for name in fields})


def bulk_create(objects: list[Any], model: Any, **kwargs: Any) -> list[Any]:
    """Create rows in one statement; their history follows with the operation's."""
    operation = current_operation()
    if operation is None:
        return list(bulk_create_with_history(objects, model, default_user=_acting_user(), **kwargs))
    created = list(model._default_manager.bulk_create(objects, **kwargs))
    _note_all(operation, model, created, CREATED)
    return created


def change_later(objects: Iterable[Any], fields: Iterable[str]) -> None:
    """Change rows of one table that this operation guards; they are written with whatever else it has pending, before
    any statement that could miss it. Their history, where they keep one, follows with the operation's.
    """
    rows, names = list(objects), list(fields)
    context.change_later(rows, names)
    operation = current_operation()
    if operation is not None and rows and hasattr(rows[0]._meta, "simple_history_manager_attribute"):
        _note_all(operation, type(rows[0]), rows, CHANGED)


def create_with_lines(header: Any, lines: Sequence[Any], parent: str) -> None:
    """Create a document and its lines (their foreign key ``parent`` points at it) in one statement; the history of
    both, where they keep one, follows with the operation's.
    """
    operation = current_operation()
    if operation is None or not lines:
        header.save(force_insert=True)
        for line in lines:
            setattr(line, parent, header)
        if lines:
            type(lines[0])._default_manager.bulk_create(lines)
        return
    insert_with_lines(header, lines, parent)
    for rows in ([header], lines):
        if hasattr(rows[0]._meta, "simple_history_manager_attribute"):
            _note_all(operation, type(rows[0]), rows, CREATED)


def bulk_update(objects: list[Any], model: Any, fields: list[str]) -> int:
    """Update rows in one statement; their history follows with the operation's."""
    operation = current_operation()
    if operation is None:
        return int(bulk_update_with_history(objects, model, fields, default_user=_acting_user()))
    update_rows(objects, fields)
    _note_all(operation, model, objects, CHANGED)
    return len(objects)
