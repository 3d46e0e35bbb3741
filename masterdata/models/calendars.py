"""Work calendars."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import History
from masterdata.models.base import MasterRecord


class WorkCalendar(MasterRecord):
    """Which weekdays are worked: ``weekdays`` is seven digits from Monday, 1 = worked. One is the company's."""

    weekdays = models.CharField(
        _("working weekdays"), max_length=7, default="1111100", help_text=_("From Monday to Sunday: 1 worked, 0 free.")
    )
    is_company = models.BooleanField(_("calendar of the company"), default=False)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("work calendar")
        verbose_name_plural = _("work calendars")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weekdays__regex=r"^[01]{7}$") & ~models.Q(weekdays="0000000"),
                name="masterdata_workcalendar_weekdays",
                violation_error_message=_("Seven digits, 1 or 0, at least one of them 1."),
            ),
            models.UniqueConstraint(
                fields=["is_company"],
                condition=models.Q(is_company=True),
                name="masterdata_workcalendar_company",
                violation_error_message=_("The company has one calendar."),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("masterdata:work-calendar-detail", args=[self.pk])


class CalendarDay(models.Model):
    """A day that differs from its weekday: a holiday, or a make-up working day (调休)."""

    calendar = models.ForeignKey(WorkCalendar, models.CASCADE, related_name="days", verbose_name=_("calendar"))
    date = models.DateField(_("date"))
    is_working = models.BooleanField(_("worked"), default=False)
    name = models.CharField(_("name"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["calendar", "date"]
        constraints = [models.UniqueConstraint(fields=["calendar", "date"], name="masterdata_calendarday_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
