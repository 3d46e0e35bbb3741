"""Coding rules and gap-free sequences."""

from django.apps import apps
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.history import History
from core.locks import LockRank


class CodingRule(models.Model):
    """How one kind of thing is numbered: prefix, date, sequence, check digit. ``target`` is e.g. ``crm.salesorder``."""

    class DatePart(models.TextChoices):
        NONE = "", _("No date")
        YEAR = "%y", _("Year (26)")
        YEAR_LONG = "%Y", _("Year (2026)")
        MONTH = "%y%m", _("Year and month (2611)")
        DAY = "%y%m%d", _("Day (261122)")

    class CheckDigit(models.TextChoices):
        NONE = "", _("None")
        LUHN = "luhn", _("Luhn (mod 10)")

    target = models.CharField(_("applies to"), max_length=80, unique=True)
    prefix = models.CharField(_("prefix"), max_length=12, blank=True)
    date_part = models.CharField(_("date"), max_length=8, choices=DatePart, default=DatePart.MONTH, blank=True)
    digits = models.PositiveSmallIntegerField(_("digits of the sequence"), default=4)
    check_digit = models.CharField(_("check digit"), max_length=8, choices=CheckDigit, default="", blank=True)
    separator = models.CharField(_("separator"), max_length=2, default="-", blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    LOCK_RANK = LockRank.HEADER
    LOCK_PLACE = 5

    class Meta:
        verbose_name = _("coding rule")
        verbose_name_plural = _("coding rules")
        ordering = ["target"]
        constraints = [
            models.CheckConstraint(condition=models.Q(digits__gte=1, digits__lte=12), name="core_codingrule_digits")
        ]

    def __str__(self) -> str:
        return capfirst(str(apps.get_model(self.target)._meta.verbose_name))


class LegalSequence(models.Model):
    """The last gap-free number taken in one series and period; locked while taking one, last of all locks."""

    series = models.CharField(_("series"), max_length=40)
    period = models.CharField(_("period"), max_length=10)
    last_number = models.PositiveBigIntegerField(_("last number"), default=0)

    LOCK_RANK = LockRank.SEQUENCE

    class Meta:
        verbose_name = _("gap-free sequence")
        constraints = [models.UniqueConstraint(fields=["series", "period"], name="core_legal_sequence_key")]

    def __str__(self) -> str:
        return f"{self.series} {self.period}"
