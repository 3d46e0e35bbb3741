"""Reading notifications."""

from typing import Any

from django.db import models

from core.notifications.models import Notification


def unread_count(user: Any) -> int:
    """Return how many notifications ``user`` has not read."""
    return Notification.objects.filter(user=user, read_at__isnull=True).count()


def notifications_of(user: Any) -> models.QuerySet[Notification]:
    """Return the notifications of ``user``, newest first."""
    return Notification.objects.filter(user=user)
