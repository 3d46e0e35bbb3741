"""Fiscal periods: the months entries are dated in."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Transitions
from core.fields import AmountField
from core.history import History
from core.locks import LockRank
from finance.states import PERIOD_TRANSITIONS, PeriodModule, PeriodState


class DateSpan(models.Func):
    """``daterange(d0, d1, '[]')``: the days of a period, both ends included."""

    function = "daterange"
    template = "daterange(%(expressions)s, '[]')"
    output_field = DateRangeField()


class FiscalPeriod(models.Model):
    """One month of a fiscal year; ``state`` is the general ledger's, the other modules close before it.

    Guarded by an advisory lock: shared by posters, exclusive by whoever holds, closes or reopens a part of it.
    """

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
            ("hold_fiscalperiod", _("Can hold and release periods")),
            ("post_in_held_period", _("Can post in held periods")),
            ("carry_over_fiscalperiod", _("Can carry profit and loss over")),
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
        return reverse("finance:period-detail", args=[self.pk])

    @property
    def lock_name(self) -> str:
        return lock_name(self.d0)


class ModulePeriod(models.Model):
    """How far one module (stock, production, receivables and payables) is with a period. The ledger's is the period."""

    period = models.ForeignKey(FiscalPeriod, models.PROTECT, related_name="modules", verbose_name=_("period"))
    module = models.CharField(_("module"), max_length=12, choices=PeriodModule)
    state = models.CharField(_("state"), max_length=10, choices=PeriodState, default=PeriodState.OPEN)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    LOCK_RANK: ClassVar[int] = LockRank.PERIOD
    LOCK_PLACE: ClassVar[int] = 2
    TRANSITIONS: ClassVar[Transitions] = PERIOD_TRANSITIONS

    class Meta:
        verbose_name = _("module of a period")
        verbose_name_plural = _("modules of periods")
        ordering = ["period_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["period", "module"], name="finance_moduleperiod_key"),
            models.CheckConstraint(
                condition=models.Q(module__in=[one.value for one in PeriodModule if one != PeriodModule.LEDGER]),
                name="finance_moduleperiod_module_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=PeriodState.values), name="finance_moduleperiod_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.get_module_display()}"

    def get_absolute_url(self) -> str:
        return self.period.get_absolute_url()


class PeriodEvent(models.Model):
    """A module of a period was held, closed, released or reopened. Never changed; ``happened_at`` is the database's."""

    period = models.ForeignKey(FiscalPeriod, models.PROTECT, related_name="events", verbose_name=_("period"))
    module = models.CharField(_("module"), max_length=12, choices=PeriodModule)
    became = models.CharField(_("state"), max_length=10, choices=PeriodState)
    happened_at = models.DateTimeField(_("happened at"), db_default=Now())
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("user")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("event of a period")
        verbose_name_plural = _("events of periods")
        ordering = ["id"]
        indexes = [models.Index(fields=["period", "module", "id"], name="finance_periodevent_of")]

    def __str__(self) -> str:
        return f"{self.period_id} {self.module} {self.became}"


class ClosingBalance(models.Model):
    """What stood on an account when the ledger of a period was closed: the movement and the balance after it."""

    event = models.ForeignKey(PeriodEvent, models.PROTECT, related_name="balances")
    account = models.ForeignKey("finance.Account", models.PROTECT, related_name="+")
    debit = AmountField(_("debit"))
    credit = AmountField(_("credit"))
    balance = AmountField(_("balance"))

    class Meta:
        verbose_name = _("closing balance")
        verbose_name_plural = _("closing balances")
        ordering = ["event_id", "account_id"]
        constraints = [models.UniqueConstraint(fields=["event", "account"], name="finance_closingbalance_key")]

    def __str__(self) -> str:
        return f"{self.event_id}/{self.account_id}"


def lock_name(date: dt.date) -> str:
    """Return the name of the advisory lock of the month of ``date``."""
    return f"finance.period.{date:%Y-%m}"
