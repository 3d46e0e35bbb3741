"""Row history of master data and document headers (django-simple-history) with the operation's actor and reason."""

from typing import Any

from simple_history.models import HistoricalRecords
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from core.context import current_operation


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
        operation = current_operation()
        if operation is None:
            super().create_historical_record(instance, history_type, using=using)
            return
        instance._history_date = operation.at
        try:
            super().create_historical_record(instance, history_type, using=using)
        finally:
            del instance._history_date

    def get_change_reason_for_object(self, instance: Any, history_type: str, using: str) -> str | None:
        operation = current_operation()
        return (operation.reason or operation.name)[:100] if operation else None


def bulk_create(objects: list[Any], model: Any, **kwargs: Any) -> list[Any]:
    """Create rows and their history in two statements."""
    operation = current_operation()
    return bulk_create_with_history(
        objects,
        model,
        default_user=_acting_user(),
        default_date=operation.at if operation else None,
        default_change_reason=(operation.reason or operation.name)[:100] if operation else None,
        **kwargs,
    )


def bulk_update(objects: list[Any], model: Any, fields: list[str], **kwargs: Any) -> int:
    """Update rows and write their history in two statements."""
    operation = current_operation()
    return bulk_update_with_history(
        objects,
        model,
        fields,
        default_user=_acting_user(),
        default_date=operation.at if operation else None,
        default_change_reason=(operation.reason or operation.name)[:100] if operation else None,
        **kwargs,
    )
