"""Landed costs: freight, duty, insurance that make received goods dearer."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine, Transitions
from core.fields import AmountField, QuantityField, RateField
from core.history import History
from scm.states import POSTING_TRANSITIONS, ChargeKind, LandedCostState, SpreadBasis


class LandedCost(Document):
    """Charges that belong to goods of one or more receipts; posting adds them to what those goods cost."""

    TRANSITIONS: ClassVar[Transitions] = POSTING_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 58
    SCOPE_OWNER: ClassVar[str | None] = None

    state = models.CharField(_("state"), max_length=12, choices=LandedCostState, default=LandedCostState.DRAFT)
    partner = models.ForeignKey(
        "masterdata.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("carrier or agent"),
    )
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    exchange_rate = RateField(
        _("exchange rate"), default=1, editable=False, help_text=_("Base currency for one unit, fixed by posting.")
    )
    reference = models.CharField(_("waybill or customs number"), max_length=60, blank=True)
    receipts = models.ManyToManyField("scm.GoodsReceipt", related_name="landed_costs", verbose_name=_("goods receipts"))
    total_amount = AmountField(_("charges"), default=0, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("landed cost")
        verbose_name_plural = _("landed costs")
        permissions = [
            ("post_landedcost", _("Can post landed costs")),
            ("reverse_landedcost", _("Can reverse landed costs")),
            ("cancel_landedcost", _("Can cancel landed costs that are not posted")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=LandedCostState.values), name="scm_landedcost_state_known"),
            models.CheckConstraint(condition=Q(exchange_rate__gt=0), name="scm_landedcost_rate_positive"),
            models.CheckConstraint(condition=Q(total_amount__gte=0), name="scm_landedcost_total"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("scm:landed-cost-detail", args=[self.pk])


class LandedCostCharge(DocumentLine):
    """One charge, net of tax: ``amount`` in the document's currency, ``base_amount`` fixed by posting."""

    landed_cost = models.ForeignKey(LandedCost, models.CASCADE, related_name="lines", verbose_name=_("landed cost"))
    kind = models.CharField(_("charge"), max_length=10, choices=ChargeKind, default=ChargeKind.FREIGHT)
    description = models.CharField(_("description"), max_length=120, blank=True)
    basis = models.CharField(_("spread"), max_length=10, choices=SpreadBasis, default=SpreadBasis.VALUE)
    amount = AmountField(_("net amount"))
    base_amount = AmountField(_("net amount in base currency"), default=0, editable=False)
    invoiced_quantity = QuantityField(
        _("part invoiced"), default=0, editable=False, help_text=_("1: the carrier has invoiced all of it.")
    )

    class Meta(DocumentLine.Meta):
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        constraints = [
            models.UniqueConstraint(fields=["landed_cost", "line_no"], name="scm_landedcostcharge_line_no"),
            models.CheckConstraint(condition=Q(kind__in=ChargeKind.values), name="scm_landedcostcharge_kind"),
            models.CheckConstraint(condition=Q(basis__in=SpreadBasis.values), name="scm_landedcostcharge_basis"),
            models.CheckConstraint(condition=Q(amount__gt=0, base_amount__gte=0), name="scm_landedcostcharge_amount"),
            models.CheckConstraint(
                condition=Q(invoiced_quantity__gte=0, invoiced_quantity__lte=1), name="scm_landedcostcharge_invoiced"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.landed_cost}/{self.line_no}"


class LandedCostShare(models.Model):
    """The part of a charge that falls on one receipt line, base currency; written by posting."""

    charge = models.ForeignKey(LandedCostCharge, models.PROTECT, related_name="shares", verbose_name=_("charge"))
    receipt_line = models.ForeignKey(
        "scm.GoodsReceiptLine", models.PROTECT, related_name="landed_shares", verbose_name=_("receipt line")
    )
    weight = QuantityField(_("weight in the spread"))
    amount = AmountField(_("amount"))

    class Meta:
        verbose_name = _("share of a charge")
        verbose_name_plural = _("shares of charges")
        ordering = ["charge_id", "receipt_line_id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["charge", "receipt_line"], name="scm_landedcostshare_key"),
            models.CheckConstraint(condition=Q(weight__gte=0, amount__gte=0), name="scm_landedcostshare_signs"),
        ]

    def __str__(self) -> str:
        return f"{self.charge_id}/{self.receipt_line_id}"
