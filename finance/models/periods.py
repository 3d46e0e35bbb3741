"""Fiscal periods: the months entries are dated in."""

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Transitions
from core.history import History
from core.locks import LockRank
from finance.states import PERIOD_TRANSITIONS, PeriodState


class DateSpan(models.Func):
    """``daterange(d0, d1, '[]')``: the days of a period, both ends included."""

    function = "daterange"
    template = "daterange(%(expressions)s, '[]')"
    output_field = DateRangeField()


class FiscalPeriod(models.Model):
    """One month of a fiscal year. Guarded by an advisory lock: shared by posters, exclusive by the close."""

    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    d0 = models.DateField(_("first day"))
    d1 = models.DateField(_("last day"))
    state = models.CharField(_("state"), max_length=10, choices=PeriodState, default=PeriodState.OPEN)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    LOCK_RANK: ClassVar[int] = LockRank.PERIOD
    LOCK_PLACE: ClassVar[int] = 1
    TRANSITIONS: ClassVar[Transitions] = PERIOD_TRANSITIONS

    class Meta:
        verbose_name = _("fiscal period")
        verbose_name_plural = _("fiscal periods")
        ordering = ["d0"]
        permissions = [
            ("close_fiscalperiod", _("Can close periods")),
            ("reopen_fiscalperiod", _("Can reopen periods")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["year", "month"], name="finance_period_key"),
            models.CheckConstraint(condition=models.Q(state__in=PeriodState.values), name="finance_period_state_known"),
            models.CheckConstraint(condition=models.Q(month__gte=1, month__lte=12), name="finance_period_month"),
            models.CheckConstraint(condition=models.Q(d0__lte=models.F("d1")), name="finance_period_days"),
            ExclusionConstraint(name="finance_period_no_overlap", expressions=[(DateSpan("d0", "d1"), "&&")]),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"

    def get_absolute_url(self) -> str:
        return reverse("finance:period-list")

    @property
    def lock_name(self) -> str:
        return lock_name(self.d0)


def lock_name(date: dt.date) -> str:
    """Return the name of the advisory lock of the month of ``date``."""
    return f"finance.period.{date:%Y-%m}"
