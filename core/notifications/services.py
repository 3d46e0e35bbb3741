"""Telling people that something happened."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from core.models.users import User
from core.notifications.models import Notification
from core.operations import operation


def notify(
    *, users: Iterable[User], message: str, url: str, at: dt.datetime, params: dict[str, Any] | None = None
) -> None:
    """Write one notification per active user, inside the operation that causes it.

    ``message`` is an English sentence from the catalogue with named placeholders; it is translated when read.
    """
    rows = {user.pk: user for user in users if user is not None and user.is_active}
    Notification.objects.bulk_create(
        Notification(user_id=pk, message=message, params=params or {}, url=url, created_at=at) for pk in sorted(rows)
    )


@operation(permission="core.read_own_notifications")
def mark_read(*, notification_ids: list[int] | None, actor: Any, at: dt.datetime) -> int:
    """Mark the actor's notifications (all of them without ids) as read; returns how many."""
    rows = Notification.objects.filter(user=actor, read_at__isnull=True)
    if notification_ids is not None:
        rows = rows.filter(pk__in=notification_ids)
    return rows.update(read_at=at)
