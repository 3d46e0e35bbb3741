"""Typed entries and templates read: what is due."""

import datetime as dt

from django.db.models import F, Q, QuerySet

from finance.models import EntryTemplate, ManualEntry
from finance.states import ManualEntryState, Schedule


def due_templates(date: dt.date) -> QuerySet[EntryTemplate]:
    """Return the templates whose turn has come by ``date``, in order of their days."""
    scheduled = EntryTemplate.objects.filter(is_active=True, next_date__lte=date).exclude(schedule=Schedule.NONE)
    return scheduled.filter(Q(until__isnull=True) | Q(until__gte=F("next_date"))).order_by("next_date", "pk")


def due_reversals(date: dt.date) -> QuerySet[ManualEntry]:
    """Return the posted entries that were to be reversed by themselves by ``date``."""
    return ManualEntry.objects.filter(state=ManualEntryState.POSTED, reversal_date__lte=date).order_by(
        "reversal_date", "pk"
    )
