"""Opportunities: a customer's wish on its way to an order."""

from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import ZERO, AmountField, PercentField, QuantityField, UnitPriceField
from core.history import History
from core.locks import LockRank
from crm.states import OPPORTUNITY_TRANSITIONS, LeadSource, LostReason, OpportunityState


class OpportunityStage(models.Model):
    """One column of the sales board with the probability of winning that it stands for."""

    LOCK_RANK = LockRank.HEADER
    LOCK_PLACE = 7

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_zh = models.CharField(_("Chinese name"), max_length=80, blank=True)
    sequence = models.PositiveSmallIntegerField(_("order"), default=10)
    probability = PercentField(_("probability in %"), default=ZERO)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("sales stage")
        verbose_name_plural = _("sales stages")
        ordering = ["sequence", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(probability__gte=0, probability__lte=100), name="crm_stage_probability_range"
            )
        ]

    def __str__(self) -> str:
        return self.name_zh if self.name_zh and (get_language() or "").startswith("zh") else self.name

    def get_absolute_url(self) -> str:
        return reverse("crm:stage-edit", args=[self.pk])


class Opportunity(Document):
    """One possible sale: what, when, how likely, worth how much (net, in ``currency``)."""

    LOCK_PLACE = 10
    TRANSITIONS = OPPORTUNITY_TRANSITIONS

    state = models.CharField(
        _("state"), max_length=12, choices=OpportunityState, default=OpportunityState.OPEN, editable=False
    )
    title = models.CharField(_("title"), max_length=160)
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("customer"))
    lead = models.ForeignKey(
        "crm.Lead", models.PROTECT, null=True, blank=True, related_name="opportunities", verbose_name=_("lead")
    )
    stage = models.ForeignKey(OpportunityStage, models.PROTECT, related_name="+", verbose_name=_("stage"))
    probability = PercentField(_("probability in %"), default=ZERO)
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    amount = AmountField(_("expected amount"), default=ZERO)
    base_amount = AmountField(_("expected amount in base currency"), default=ZERO, editable=False)
    expected_date = models.DateField(_("expected on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=12, choices=LeadSource, default=LeadSource.OTHER)
    campaign = models.ForeignKey(
        "crm.Campaign", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("campaign")
    )
    stage_since = models.DateField(_("in this stage since"), editable=False)
    lost_reason = models.CharField(_("lost because of"), max_length=12, choices=LostReason, blank=True)
    competitor = models.CharField(_("competitor"), max_length=120, blank=True)
    history = History(excluded_fields=["base_amount"])

    class Meta(Document.Meta):
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        permissions = [
            ("win_opportunity", _("Can mark opportunities as won")),
            ("lose_opportunity", _("Can mark opportunities as lost")),
        ]
        indexes = [
            models.Index(fields=["state", "stage"], name="crm_opportunity_state_stage"),
            models.Index(fields=["partner", "-id"], name="crm_opportunity_partner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=OpportunityState.values), name="crm_opportunity_state_known"
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="crm_opportunity_amount_sign"),
            models.CheckConstraint(
                condition=models.Q(probability__gte=0, probability__lte=100), name="crm_opportunity_probability_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("crm:opportunity-detail", args=[self.pk])


class OpportunityLine(DocumentLine):
    """One item the customer may want; ``amount`` is net in the opportunity's currency."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="lines")
    item = models.ForeignKey(
        "masterdata.Item", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item")
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    quantity = QuantityField(_("quantity"))
    uom = models.ForeignKey(
        "masterdata.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    price = UnitPriceField(_("expected price"), default=ZERO)
    amount = AmountField(_("amount"), default=ZERO, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("opportunity line")
        verbose_name_plural = _("opportunity lines")
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "line_no"], name="crm_opportunityline_line_no"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="crm_opportunityline_quantity_sign"),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="crm_opportunityline_price_sign"),
        ]
