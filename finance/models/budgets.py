"""Budgets by account and dimension, what is committed against them, releases and alerts."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Transitions
from core.fields import AmountField, PercentField, QuantityField
from core.history import History
from core.locks import LockRank
from finance.models.accounts import Account
from finance.states import BUDGET_TRANSITIONS, AlertLevel, BudgetState, CommitmentStage


class Budget(models.Model):
    """One version of a year's budget. Only the active one of a year is asked; a new version replaces it."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 80
    TRANSITIONS: ClassVar[Transitions] = BUDGET_TRANSITIONS

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=BudgetState, default=BudgetState.DRAFT)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    note = models.TextField(_("note"), blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering = ["-year", "-number"]
        permissions = [
            ("activate_budget", _("Can make a budget the one in force")),
            ("release_budget", _("Can release documents over budget")),
            ("carry_budget", _("Can carry open commitments into the next year's budget")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BudgetState.values), name="finance_budget_state_known"),
            models.UniqueConstraint(fields=["year", "number"], name="finance_budget_version"),
            models.UniqueConstraint(fields=["year"], condition=Q(state="active"), name="finance_budget_one_active"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("finance:budget-detail", args=[self.pk])


class BudgetLine(models.Model):
    """So much for an account (and those below it) in a month or the whole year; an empty dimension means all.

    Locked by whoever commits against it: the figures beside it are sums that many documents change.
    """

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 81

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="lines", verbose_name=_("budget"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    department = models.ForeignKey(
        "masterdata.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    project = models.ForeignKey(
        "masterdata.Project", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    sales_order = models.ForeignKey(
        "crm.SalesOrder", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sales order")
    )
    month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True)
    first = models.DateField(_("from"), editable=False)
    last = models.DateField(_("to"), editable=False)
    amount = AmountField(_("amount"))
    warn_percent = PercentField(_("warn at %"), default=90)
    stop_percent = PercentField(_("stop at %"), null=True, blank=True, default=100)
    history = History()

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["budget_id", "account__code", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "account", "department", "project", "sales_order", "month"],
                nulls_distinct=False,
                name="finance_budgetline_key",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0)
                & Q(warn_percent__gt=0)
                & (Q(stop_percent__isnull=True) | Q(stop_percent__gt=0)),
                name="finance_budgetline_signs",
            ),
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="finance_budgetline_days"),
        ]

    def __str__(self) -> str:
        parts = [str(self.account), self.department, self.project, self.sales_order]
        month = f"{self.budget.year}-{self.month:02d}" if self.month else str(self.budget.year)
        return " · ".join([*(str(part) for part in parts if part), month])


class Commitment(models.Model):
    """What an open line of a purchase document will cost and no journal line says yet, net in base currency.

    A requisition's line until it is ordered, an order's until goods come in, a service's from its receipt until its
    invoice: the same money moves from one to the next and stands here once. Derived from the documents (invariant).
    """

    source_label = models.CharField(_("kind of source"), max_length=60)
    source_id = models.BigIntegerField(_("source document"))
    source_number = models.CharField(_("document"), max_length=40)
    line_id = models.BigIntegerField(_("source line"))
    stage = models.CharField(_("stage"), max_length=12, choices=CommitmentStage)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    department = models.ForeignKey(
        "masterdata.Department", models.PROTECT, null=True, related_name="+", verbose_name=_("department")
    )
    project = models.ForeignKey(
        "masterdata.Project", models.PROTECT, null=True, related_name="+", verbose_name=_("project")
    )
    due_date = models.DateField(_("due on"))
    quantity = QuantityField(_("quantity"))
    amount = AmountField(_("amount"))

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["due_date", "id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["source_label", "line_id", "stage"], name="finance_commitment_key"),
            models.CheckConstraint(
                condition=Q(stage__in=CommitmentStage.values), name="finance_commitment_stage_known"
            ),
        ]
        indexes = [
            models.Index(fields=["source_label", "source_id"], name="finance_commitment_source"),
            models.Index(fields=["account", "due_date"], name="finance_commitment_account"),
        ]

    def __str__(self) -> str:
        return f"{self.source_number} {self.amount}"


class BudgetRelease(models.Model):
    """Somebody with the right let one document pass the stop level of a budget line, up to an amount. Append-only."""

    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="releases", verbose_name=_("budget line"))
    document_label = models.CharField(_("kind of document"), max_length=60)
    document_id = models.BigIntegerField(_("document"))
    document_number = models.CharField(_("number"), max_length=40)
    amount = AmountField(_("over budget by at most"))
    reason = models.CharField(_("reason"), max_length=500)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("released by")
    )
    created_at = models.DateTimeField(_("released at"))

    class Meta:
        verbose_name = _("budget release")
        verbose_name_plural = _("budget releases")
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="finance_budgetrelease_amount"),
            models.CheckConstraint(condition=~Q(reason=""), name="finance_budgetrelease_reason"),
        ]
        indexes = [models.Index(fields=["document_label", "document_id"], name="finance_release_document")]

    def __str__(self) -> str:
        return f"{self.document_number} {self.amount}"


class BudgetAlert(models.Model):
    """A budget line passed its warning or stop level: written the moment it happens, closed when it is seen to."""

    line = models.ForeignKey(BudgetLine, models.CASCADE, related_name="alerts", verbose_name=_("budget line"))
    level = models.CharField(_("level"), max_length=10, choices=AlertLevel)
    used = AmountField(_("used"))
    committed = AmountField(_("committed"))
    cause = models.CharField(_("cause"), max_length=80)
    created_at = models.DateTimeField(_("at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )

    class Meta:
        verbose_name = _("budget alert")
        verbose_name_plural = _("budget alerts")
        ordering = ["-id"]
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["line", "level"], condition=Q(closed_at__isnull=True), name="finance_budgetalert_open_once"
            ),
            models.CheckConstraint(condition=Q(level__in=AlertLevel.values), name="finance_budgetalert_level_known"),
        ]

    def __str__(self) -> str:
        return str(self.line)

    def get_absolute_url(self) -> str:
        return reverse("finance:budget-line", args=[self.line_id])


class BudgetCarry(models.Model):
    """The open commitments of a year that is over were carried into the next year's budget. Append-only.

    What was due up to ``carried_until`` stands against the day after it, until it is taken back (`BudgetCarryUndo`);
    ``round`` counts up when a year is carried anew.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    carried_until = models.DateField(_("up to"))
    budget_from = models.ForeignKey(Budget, models.PROTECT, related_name="+", verbose_name=_("budget"))
    budget_to = models.ForeignKey(Budget, models.PROTECT, related_name="+", verbose_name=_("next budget"))
    amount = AmountField(_("amount that went along"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("carried by")
    )
    created_at = models.DateTimeField(_("carried at"))

    class Meta:
        verbose_name = _("carry-forward of commitments")
        verbose_name_plural = _("carry-forwards of commitments")
        ordering = ["-year"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="finance_budgetcarry_amount"),
            models.UniqueConstraint(fields=["year", "round"], name="finance_budgetcarry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.year} → {self.year + 1}"


class BudgetCarryUndo(models.Model):
    """A carry-forward was taken back: its commitments stand against their own year again. Append-only."""

    carry = models.OneToOneField(
        BudgetCarry, models.PROTECT, related_name="undo", verbose_name=_("carry-forward of commitments")
    )
    reason = models.CharField(_("reason"), max_length=500)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("taken back by")
    )
    created_at = models.DateTimeField(_("taken back at"))

    class Meta:
        verbose_name = _("carry-forward taken back")
        verbose_name_plural = _("carry-forwards taken back")
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="finance_carryundo_reason")]

    def __str__(self) -> str:
        return str(self.carry)


class BudgetCarryLine(models.Model):
    """One commitment that was carried, and the line of the next budget that rose by it (none: it had no money)."""

    carry = models.ForeignKey(BudgetCarry, models.PROTECT, related_name="lines", verbose_name=_("carry-forward"))
    source_label = models.CharField(_("kind of source"), max_length=60)
    source_id = models.BigIntegerField(_("source document"))
    source_number = models.CharField(_("document"), max_length=40)
    line_id = models.BigIntegerField(_("source line"))
    stage = models.CharField(_("stage"), max_length=12, choices=CommitmentStage)
    due_date = models.DateField(_("due on"))
    amount = AmountField(_("amount"))
    target = models.ForeignKey(
        BudgetLine, models.PROTECT, null=True, related_name="carried", verbose_name=_("raised line")
    )

    class Meta:
        verbose_name = _("carried commitment")
        verbose_name_plural = _("carried commitments")
        ordering = ["id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=CommitmentStage.values), name="finance_carryline_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.source_number} {self.amount}"
