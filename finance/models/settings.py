"""Settings of receivables and payables."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField
from core.history import History
from core.locks import LockRank


class FinanceSettings(models.Model):
    """The one row of tolerances and intervals; amounts in base currency."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 63

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    write_off_tolerance = AmountField(
        _("difference written off at payment"),
        default=1,
        help_text=_("Base currency: a payment may leave so much of an invoice, which is written off with it."),
    )
    grni_tolerance = AmountField(
        _("remainder of receipts written off without approval"),
        default=1,
        help_text=_("Base currency, per receipt line: more than that needs another person's approval."),
    )
    dunning_interval_days = models.PositiveSmallIntegerField(
        _("days between two dunning letters"), default=7, help_text=_("Sooner than that no next level is proposed.")
    )
    service_tax_code = models.CharField(
        _("tax classification code of services"),
        max_length=19,
        blank=True,
        help_text=_("The tax authority's code for invoice lines without an item."),
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("settings of receivables and payables")
        verbose_name_plural = _("settings of receivables and payables")
        permissions = [("configure_receivables", _("Can change tolerances, dunning levels and provision bands"))]
        constraints = [
            models.CheckConstraint(condition=models.Q(singleton=True), name="finance_settings_singleton"),
            models.CheckConstraint(
                condition=models.Q(write_off_tolerance__gte=0, grni_tolerance__gte=0), name="finance_settings_signs"
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def get_absolute_url(self) -> str:
        return reverse("finance:settings")
