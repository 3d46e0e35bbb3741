"""Work centres: where work is done, what an hour there costs, and on which days less can be done than usual."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import PercentField, QuantityField, UnitPriceField
from core.history import History
from masterdata.models.base import MasterRecord


class WorkCenter(MasterRecord):
    """A machine, a line, or a group of people that does operations.

    One working day offers ``hours_per_day`` × ``machines`` × efficiency: hours of standard work.
    """

    LOCK_PLACE: int = 6

    department = models.ForeignKey(
        "masterdata.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    calendar = models.ForeignKey(
        "masterdata.WorkCalendar",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("work calendar"),
        help_text=_("Empty: that of the company."),
    )
    hours_per_day = QuantityField(_("hours per working day"), default=Decimal(8))
    machines = models.PositiveSmallIntegerField(
        _("machines"), default=1, help_text=_("Machines or people that work side by side.")
    )
    efficiency_percent = PercentField(
        _("efficiency %"), default=Decimal(100), help_text=_("Standard minutes done in 100 minutes at work.")
    )
    is_finite = models.BooleanField(
        _("limits the plan"), default=False, help_text=_("Promises and plans are checked against its free hours.")
    )
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("work centre")
        verbose_name_plural = _("work centres")
        constraints = [
            models.CheckConstraint(
                condition=Q(hours_per_day__gt=0, hours_per_day__lte=24, machines__gte=1, efficiency_percent__gt=0),
                name="erp_workcenter_capacity",
                violation_error_message=_("A working day has up to 24 hours; machines and efficiency are above zero."),
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:work-center-detail", args=[self.pk])


class WorkCenterRate(models.Model):
    """What an hour in a work centre costs from a day on until the next rate, in base currency.

    labour and overhead count for hours of work, machine for hours a machine runs.
    """

    work_center = models.ForeignKey(WorkCenter, models.CASCADE, related_name="rates", verbose_name=_("work centre"))
    valid_from = models.DateField(_("valid from"))
    labour_rate = UnitPriceField(_("labour per hour"), default=0)
    machine_rate = UnitPriceField(_("machine per hour"), default=0)
    overhead_rate = UnitPriceField(_("overhead per hour"), default=0)
    history = History()

    class Meta:
        verbose_name = _("rate of a work centre")
        verbose_name_plural = _("rates of work centres")
        default_permissions = ()
        ordering = ["work_center", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["work_center", "valid_from"], name="erp_workcenterrate_day"),
            models.CheckConstraint(
                condition=Q(labour_rate__gte=0, machine_rate__gte=0, overhead_rate__gte=0),
                name="erp_workcenterrate_signs",
                violation_error_message=_("A rate cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work_center} {self.valid_from}"


class CapacityException(models.Model):
    """Days on which a work centre can do less or more: machines that are down, other hours.

    Both days count. ``hours_per_day`` empty: the usual hours. Days that are free by the calendar stay free.
    """

    work_center = models.ForeignKey(
        WorkCenter, models.CASCADE, related_name="exceptions", verbose_name=_("work centre")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    machines_down = models.PositiveSmallIntegerField(_("machines down"), default=0)
    hours_per_day = QuantityField(_("hours per working day"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    history = History()

    class Meta:
        verbose_name = _("exception in capacity")
        verbose_name_plural = _("exceptions in capacity")
        default_permissions = ()
        ordering = ["work_center", "first_day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="erp_capacityexception_days",
                violation_error_message=_("The last day is not before the first."),
            ),
            models.CheckConstraint(
                condition=Q(hours_per_day__isnull=True) | Q(hours_per_day__gte=0, hours_per_day__lte=24),
                name="erp_capacityexception_hours",
                violation_error_message=_("A day has 0 to 24 hours."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work_center} {self.first_day} – {self.last_day}"
