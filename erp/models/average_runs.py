"""Runs of the month-end weighted average, and what each found by item."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, QuantityField, UnitCostField


class AverageRun(models.Model):
    """One run over a month (``month``: its first day); never changed, the next run of the month is another row."""

    month = models.DateField(_("month"))
    created_at = models.DateTimeField(_("run at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("run by")
    )

    class Meta:
        verbose_name = _("month-end average run")
        verbose_name_plural = _("month-end average runs")
        ordering = ["-month", "-id"]
        default_permissions = ("view",)
        permissions = [("run_averagerun", _("Can run the month-end average"))]
        indexes = [models.Index(fields=["month"], name="erp_averagerun_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}/{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("erp:average-run-detail", args=[self.pk])


class AverageRunLine(models.Model):
    """One item of a run: quantities in its stock unit, values in base currency.

    ``received`` holds all that is not an issue at average, ``booked_value`` what the issues had cost before the run.
    """

    run = models.ForeignKey(AverageRun, models.PROTECT, related_name="lines", verbose_name=_("run"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    month = models.DateField(_("month"))
    opening_quantity = QuantityField(_("opening quantity"))
    opening_value = AmountField(_("opening value"))
    received_quantity = QuantityField(_("received quantity"))
    received_value = AmountField(_("received value"))
    average = UnitCostField(_("average"))
    issued_quantity = QuantityField(_("issued quantity"))
    booked_value = AmountField(_("issued at"))
    final_value = AmountField(_("issued at average"))

    class Meta:
        verbose_name = _("item of a month-end average run")
        verbose_name_plural = _("items of month-end average runs")
        ordering = ["id"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["run", "month", "item"], name="erp_averagerunline_key")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.item_id}"

    @property
    def difference(self) -> Decimal:
        """What the issues cost more (below zero: less) than they were booked at."""
        return self.final_value - self.booked_value

    @property
    def closing_quantity(self) -> Decimal:
        """What was left at the end of the month."""
        return self.opening_quantity + self.received_quantity - self.issued_quantity

    @property
    def closing_value(self) -> Decimal:
        """What it was worth."""
        return self.opening_value + self.received_value - self.final_value
