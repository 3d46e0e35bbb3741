"""Revaluations: stock brought to another unit cost by decision."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine, Transitions
from core.fields import AmountField, QuantityField, UnitCostField
from core.history import History
from erp.states import REVALUATION_TRANSITIONS, RevaluationState


class StockRevaluation(Document):
    """A decision that goods on hand are worth another cost: written down, corrected, or given a new standard cost."""

    TRANSITIONS: ClassVar[Transitions] = REVALUATION_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 48
    SCOPE_OWNER: ClassVar[str | None] = None

    state = models.CharField(_("state"), max_length=12, choices=RevaluationState, default=RevaluationState.DRAFT)
    reason = models.CharField(_("reason"), max_length=200)
    posting_date = models.DateField(_("posted on"), null=True, editable=False)
    difference = AmountField(_("difference"), default=0, editable=False)
    last_entry = models.BigIntegerField(_("newest value entry when it was posted"), null=True, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("stock revaluation")
        verbose_name_plural = _("stock revaluations")
        permissions = [
            ("post_stockrevaluation", _("Can post stock revaluations")),
            ("reverse_stockrevaluation", _("Can undo posted stock revaluations")),
            ("cancel_stockrevaluation", _("Can cancel stock revaluations that are not posted")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RevaluationState.values), name="erp_stockrevaluation_state_known"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:stock-revaluation-detail", args=[self.pk])


class StockRevaluationLine(DocumentLine):
    """The new cost of one item per stock unit; quantity and values are fixed by posting, base currency."""

    revaluation = models.ForeignKey(
        StockRevaluation, models.CASCADE, related_name="lines", verbose_name=_("stock revaluation")
    )
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    unit_cost = UnitCostField(_("new unit cost"))
    quantity = QuantityField(_("quantity on hand"), default=0, editable=False)
    old_value = AmountField(_("value before"), default=0, editable=False)
    old_standard_cost = UnitCostField(_("standard cost before"), null=True, editable=False)
    new_value = AmountField(_("value after"), default=0, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("revaluation line")
        verbose_name_plural = _("revaluation lines")
        constraints = [
            models.UniqueConstraint(fields=["revaluation", "line_no"], name="erp_revaluationline_line_no"),
            models.UniqueConstraint(fields=["revaluation", "item"], name="erp_revaluationline_item"),
            models.CheckConstraint(
                condition=Q(unit_cost__gte=0, quantity__gte=0, old_value__gte=0, new_value__gte=0),
                name="erp_revaluationline_signs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revaluation}/{self.line_no}"
