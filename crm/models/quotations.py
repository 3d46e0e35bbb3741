"""Quotations: what the company offers to deliver, when and at which price."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import UnitPriceField
from core.history import History
from crm.states import QUOTATION_TRANSITIONS, LeadSource, LostReason, QuotationState
from masterdata.models.priced import PricedDocument, PricedLine
from masterdata.selectors.price_reasons import reason_text


class Quotation(Document, PricedDocument):
    """One offer; a revision is a new quotation that supersedes the one before."""

    LOCK_PLACE = 12
    TRANSITIONS = QUOTATION_TRANSITIONS
    APPROVAL_DONE_STATES = frozenset({QuotationState.ACCEPTED, QuotationState.LOST, QuotationState.CANCELLED})

    state = models.CharField(
        _("state"), max_length=12, choices=QuotationState, default=QuotationState.DRAFT, editable=False
    )
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", editable=False
    )
    opportunity = models.ForeignKey(
        "crm.Opportunity",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="quotations",
        verbose_name=_("opportunity"),
    )
    source = models.CharField(_("source"), max_length=12, choices=LeadSource, default=LeadSource.OTHER)
    campaign = models.ForeignKey(
        "crm.Campaign", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("campaign")
    )
    valid_until = models.DateField(_("valid until"))
    customer_reference = models.CharField(_("customer's reference"), max_length=60, blank=True)
    contact_name = models.CharField(_("contact"), max_length=80, blank=True)
    payment_term = models.ForeignKey(
        "masterdata.PaymentTerm",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment terms"),
    )
    ship_to = models.ForeignKey(
        "masterdata.PartnerAddress",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("delivery address"),
    )
    warehouse = models.ForeignKey("masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    requested_date = models.DateField(_("wanted on"), null=True, blank=True)
    lost_reason = models.CharField(_("lost because of"), max_length=12, choices=LostReason, blank=True)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")
        permissions = [
            ("send_quotation", _("Can send quotations")),
            ("revise_quotation", _("Can revise quotations")),
            ("accept_quotation", _("Can turn quotations into orders")),
            ("lose_quotation", _("Can mark quotations as lost")),
            ("cancel_quotation", _("Can cancel quotations")),
            ("view_margin", _("Can see unit cost and margin")),
        ]
        indexes = [
            models.Index(fields=["partner", "-id"], name="crm_quotation_partner"),
            models.Index(fields=["state", "valid_until"], name="crm_quotation_state_valid"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=QuotationState.values), name="crm_quotation_state_known"
            ),
            models.CheckConstraint(condition=models.Q(exchange_rate__gt=0), name="crm_quotation_rate_sign"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("crm:quotation-detail", args=[self.pk])


class QuotationLine(DocumentLine, PricedLine):
    """One offered item; ``floor_price`` is the lowest price allowed without approval, per ``uom``, as entered."""

    quotation = models.ForeignKey(Quotation, models.CASCADE, related_name="lines")
    ship_date = models.DateField(_("delivery date"), null=True, blank=True)
    price_reason = models.CharField(_("price from"), max_length=120, blank=True, editable=False)
    floor_price = UnitPriceField(_("floor price"), null=True, blank=True, editable=False)
    is_promised = models.BooleanField(
        _("promised in parts"),
        default=False,
        editable=False,
        help_text=_("It was offered as a part of a split delivery: what it was promised is kept for it."),
    )
    history = History()

    class Meta(DocumentLine.Meta):
        verbose_name = _("quotation line")
        verbose_name_plural = _("quotation lines")
        constraints = [
            models.UniqueConstraint(fields=["quotation", "line_no"], name="crm_quotationline_line_no"),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, stock_quantity__gt=0), name="crm_quotationline_quantity_sign"
            ),
            models.CheckConstraint(
                condition=models.Q(price__gte=0, discount_percent__gte=0, discount_percent__lte=100),
                name="crm_quotationline_price_sign",
            ),
        ]
        indexes = [models.Index(fields=["item", "-id"], name="crm_quotationline_item")]

    @property
    def price_from(self) -> str:
        """Where the price comes from, in the language of the reader."""
        return reason_text(self.price_reason)
