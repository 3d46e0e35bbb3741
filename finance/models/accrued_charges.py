"""Freight, duty and the like that were added to what goods cost before the carrier invoiced them."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, QuantityField


class AccruedCharge(models.Model):
    """One charge of a posted landed cost and what its carrier has invoiced of it. Guarded by the lock of that document.

    ``amount`` is the estimate in the document's currency; the other amounts are in base currency. An invoice takes a
    part of the charge (1: all of it); what it says beyond the estimate raises ``accrued_amount`` before it is cleared.
    """

    charge = models.OneToOneField("scm.LandedCostCharge", models.PROTECT, related_name="+", verbose_name=_("charge"))
    landed_cost = models.ForeignKey("scm.LandedCost", models.PROTECT, related_name="+", verbose_name=_("landed cost"))
    partner = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, related_name="+", verbose_name=_("carrier or agent")
    )
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    accrued_date = models.DateField(_("accrued on"))
    amount = AmountField(_("estimated"))
    accrued_amount = AmountField(_("accrued"))
    invoiced_quantity = QuantityField(_("part invoiced"), default=0)
    invoiced_amount = AmountField(_("invoiced"), default=0)
    open_amount = models.GeneratedField(
        expression=F("accrued_amount") - F("invoiced_amount"),
        output_field=AmountField(_("open in base currency")),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("accrued charge")
        verbose_name_plural = _("accrued charges")
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(invoiced_quantity__gte=0, invoiced_quantity__lte=1), name="finance_accruedcharge_part"
            ),
            models.CheckConstraint(
                condition=~Q(invoiced_quantity=1) | Q(accrued_amount=F("invoiced_amount")),
                name="finance_accruedcharge_cleared",
            ),
        ]
        indexes = [
            models.Index(fields=["partner"], name="finance_accruedcharge_open", condition=~Q(open_amount=0)),
            models.Index(fields=["landed_cost"], name="finance_accruedcharge_cost"),
        ]

    def __str__(self) -> str:
        return f"{self.landed_cost_id}/{self.charge_id}"

    @property
    def part_left(self) -> Decimal:
        """What of the charge is not invoiced, counted from the columns this transaction has changed."""
        return 1 - self.invoiced_quantity

    @property
    def value_left(self) -> Decimal:
        """The accrual that is open, counted from the columns this transaction has changed."""
        return self.accrued_amount - self.invoiced_amount
