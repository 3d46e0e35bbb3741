"""Who must agree before a document goes on, and what was asked and answered."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField
from core.history import History
from core.locks import LockRank


class ApprovalPolicy(models.Model):
    """A condition on one kind of document and who decides when it holds."""

    class Operator(models.TextChoices):
        ABOVE = "gt", _("above")
        BELOW = "lt", _("below")

    document_label = models.CharField(_("kind of document"), max_length=80)
    name = models.CharField(_("name"), max_length=80)
    name_zh = models.CharField(_("Chinese name"), max_length=80, blank=True)
    fact = models.CharField(_("figure"), max_length=40, help_text=_("amount, margin or over-credit of the document"))
    operator = models.CharField(_("condition"), max_length=2, choices=Operator, default=Operator.ABOVE)
    threshold = AmountField(_("limit"))
    approver_role = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approving role")
    )
    by_manager = models.BooleanField(_("the requester's manager may approve"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("approval policy")
        verbose_name_plural = _("approval policies")
        ordering = ["document_label", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approver_role__isnull=False) | models.Q(by_manager=True),
                name="approvals_policy_has_approver",
            )
        ]

    def __str__(self) -> str:
        return self.name_zh if self.name_zh and (get_language() or "").startswith("zh") else self.name


class ApprovalRequest(models.Model):
    """One question to the approvers about one content of one document."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        VOID = "void", _("Outdated")

    policy = models.ForeignKey(ApprovalPolicy, models.PROTECT, related_name="requests", verbose_name=_("policy"))
    document_label = models.CharField(_("kind of document"), max_length=80)
    document_id = models.BigIntegerField()
    document_number = models.CharField(_("document"), max_length=40)
    content_hash = models.CharField(max_length=64)
    fact_value = AmountField(_("figure"))
    reason = models.CharField(_("reason"), max_length=500)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    LOCK_RANK = LockRank.HEADER
    LOCK_PLACE = 5
    TRANSITIONS = {State.PENDING: frozenset({State.APPROVED, State.REJECTED, State.VOID})}

    class Meta:
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        ordering = ["-id"]
        permissions = [("decide_approvalrequest", _("Can decide on approval requests"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "approved", "rejected", "void"]), name="approvals_state_known"
            ),
            models.UniqueConstraint(
                fields=["policy", "document_label", "document_id", "content_hash"],
                condition=models.Q(state="pending"),
                name="approvals_one_pending",
            ),
        ]
        indexes = [models.Index(fields=["document_label", "document_id"], name="approvals_document")]

    def __str__(self) -> str:
        return f"{self.document_number} · {self.policy}"
