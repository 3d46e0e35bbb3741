"""Revaluation of foreign currency balances at the end of a period (期末调汇)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, Transitions
from core.fields import AmountField, RateField
from core.history import History
from finance.models.accounts import Account
from finance.states import REVALUATION_TRANSITIONS, RevaluationState


class Revaluation(Document):
    """Open receivables, payables, bills and bank balances in foreign currency at the rates of ``document_date``.

    Posting books the unrealised difference on that day and takes it back the day after.
    """

    LOCK_PLACE: ClassVar[int] = 78
    SCOPE_OWNER: ClassVar[str | None] = None
    TRANSITIONS: ClassVar[Transitions] = REVALUATION_TRANSITIONS

    state = models.CharField(_("state"), max_length=10, choices=RevaluationState, default=RevaluationState.DRAFT)
    difference = AmountField(_("unrealised gain"), default=0, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("currency revaluation")
        verbose_name_plural = _("currency revaluations")
        permissions = [
            ("post_revaluation", _("Can post currency revaluations")),
            ("cancel_revaluation", _("Can cancel draft currency revaluations")),
            ("reverse_revaluation", _("Can undo currency revaluations")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RevaluationState.values), name="finance_revaluation_state_known"
            ),
            models.UniqueConstraint(
                fields=["document_date"], condition=Q(state="posted"), name="finance_revaluation_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("finance:revaluation-detail", args=[self.pk])


class RevaluationLine(models.Model):
    """One account, partner and currency: the balance in currency, in the books, and at the rate of the day."""

    revaluation = models.ForeignKey(
        Revaluation, models.CASCADE, related_name="lines", verbose_name=_("currency revaluation")
    )
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    partner = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, related_name="+", verbose_name=_("partner")
    )
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    currency_amount = AmountField(_("balance in currency"))
    booked_amount = AmountField(_("in the books"))
    rate = RateField(_("exchange rate"))
    valued_amount = AmountField(_("at the rate of the day"))
    difference = models.GeneratedField(
        expression=F("valued_amount") - F("booked_amount"), output_field=AmountField(_("difference")), db_persist=True
    )

    class Meta:
        verbose_name = _("revaluation line")
        verbose_name_plural = _("revaluation lines")
        ordering = ["revaluation_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["revaluation", "account", "partner", "currency"],
                name="finance_revaluationline_key",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.revaluation} {self.account_id} {self.currency_id}"
