"""Corrective actions: a problem, its cause, what is done about it, and whether that worked."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document
from core.history import History
from erp.models.inspection_plans import DefectCode
from erp.models.inspections import Inspection
from erp.models.returns import ReturnReceipt
from erp.states import CORRECTIVE_ACTION_TRANSITIONS, CorrectiveActionState


class CorrectiveAction(Document):
    """One problem on its way through the disciplines of an 8D report, in the few steps that every firm can keep up."""

    TRANSITIONS = CORRECTIVE_ACTION_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 39
    SCOPE_OWNER: ClassVar[str | None] = None

    state = models.CharField(
        _("state"),
        max_length=12,
        choices=CorrectiveActionState,
        default=CorrectiveActionState.DRAFT,
        editable=False,
    )
    title = models.CharField(_("problem"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    inspection = models.ForeignKey(
        Inspection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrective_actions",
        verbose_name=_("inspection"),
    )
    return_receipt = models.ForeignKey(
        ReturnReceipt, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer return")
    )
    item = models.ForeignKey(
        "masterdata.Item", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item")
    )
    partner = models.ForeignKey(
        "masterdata.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("supplier or customer"),
    )
    defect = models.ForeignKey(
        DefectCode, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("defect")
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    due_date = models.DateField(_("due"), null=True, blank=True)
    containment = models.TextField(_("immediate action"), blank=True)
    cause = models.TextField(_("root cause"), blank=True)
    action = models.TextField(_("corrective action"), blank=True)
    prevention = models.TextField(_("prevention of recurrence"), blank=True)
    verification = models.TextField(_("verification"), blank=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("verified by"),
    )
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("corrective action")
        verbose_name_plural = _("corrective actions")
        permissions = [
            ("advance_correctiveaction", _("Can work on corrective actions")),
            ("verify_correctiveaction", _("Can verify and close corrective actions")),
            ("cancel_correctiveaction", _("Can cancel corrective actions")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=CorrectiveActionState.values), name="erp_correctiveaction_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_on__isnull=False), name="erp_correctiveaction_closed"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_date"], name="erp_correctiveaction_open")]

    def get_absolute_url(self) -> str:
        return reverse("erp:corrective-action-detail", args=[self.pk])
