"""Celery tasks of the platform: nudges, the work itself is rows."""

from celery import shared_task


@shared_task
def deliver_outbox() -> int:
    """Carry out the open outbox events; returns how many were done."""
    from core.outbox import deliver  # noqa: PLC0415 - circular at import time

    return deliver()
