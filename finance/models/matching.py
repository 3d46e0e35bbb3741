"""Three-way match of supplier invoices: tolerances, and the differences that block a payment."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, PercentField
from core.history import History
from core.locks import LockRank
from finance.models.invoices import Invoice, InvoiceLine
from finance.states import DifferenceKind


class MatchTolerance(models.Model):
    """How far invoices of a supplier (none: of every supplier) may be above order and receipt without being blocked."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 64

    partner = models.ForeignKey(
        "masterdata.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("supplier"),
        help_text=_("Empty: for all suppliers without a tolerance of their own."),
    )
    quantity_percent = PercentField(_("quantity in %"), default=0, help_text=_("Invoiced above what was received."))
    price_percent = PercentField(_("price in %"), default=2, help_text=_("Invoiced above the price of the order."))
    total_amount = AmountField(
        _("total"),
        null=True,
        blank=True,
        help_text=_("Base currency: the invoice above order prices in all. Empty: not checked."),
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("match tolerance")
        verbose_name_plural = _("match tolerances")
        ordering = ["partner_id"]
        constraints = [
            models.UniqueConstraint(fields=["partner"], name="finance_matchtolerance_key", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(quantity_percent__gte=0, price_percent__gte=0)
                & (Q(total_amount__isnull=True) | Q(total_amount__gte=0)),
                name="finance_matchtolerance_signs",
            ),
        ]

    def __str__(self) -> str:
        return str(self.partner or _("All suppliers"))

    def get_absolute_url(self) -> str:
        return reverse("finance:tolerance-list")


class MatchDifference(models.Model):
    """Why a posted supplier invoice is blocked: what was expected, what it says, and the tolerance it breaks.

    A difference of quantity lasts until the goods have come; price and total until somebody releases the invoice.
    """

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="differences")
    line = models.ForeignKey(InvoiceLine, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=DifferenceKind)
    expected = models.DecimalField(_("expected"), max_digits=24, decimal_places=6)
    actual = models.DecimalField(_("on the invoice"), max_digits=24, decimal_places=6)
    tolerance = models.DecimalField(_("tolerance"), max_digits=18, decimal_places=4)

    class Meta:
        verbose_name = _("difference to order or receipt")
        verbose_name_plural = _("differences to order or receipt")
        ordering = ["invoice_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=DifferenceKind.values), name="finance_matchdifference_kind_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.invoice} {self.kind}"
