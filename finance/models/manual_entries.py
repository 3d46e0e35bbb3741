"""Entries that people type: drafts with lines, opening balances, and the templates they are made from."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine, Transitions
from core.fields import AmountField, PercentField, RateField
from core.history import History
from finance.models.accounts import Account
from finance.models.journals import LedgerJournal
from finance.states import (
    MANUAL_ENTRY_TRANSITIONS,
    AmountRule,
    BalanceSide,
    ManualEntryKind,
    ManualEntryState,
    Schedule,
)
from masterdata.models.base import MasterRecord


class EntryTemplate(MasterRecord):
    """Lines to type an entry from: by hand, or by the program on a schedule."""

    LOCK_PLACE = 64

    description = models.CharField(_("summary"), max_length=200, blank=True)
    ledger_journal = models.ForeignKey(
        LedgerJournal, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("journal")
    )
    schedule = models.CharField(_("schedule"), max_length=10, choices=Schedule, default=Schedule.NONE)
    next_date = models.DateField(_("next on"), null=True, blank=True)
    until = models.DateField(_("last on"), null=True, blank=True)
    is_posted = models.BooleanField(_("post at once"), default=False)
    reverses_next_period = models.BooleanField(_("reverse on the first day of the next period"), default=False)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("entry template")
        verbose_name_plural = _("entry templates")
        constraints = [
            models.CheckConstraint(condition=Q(schedule__in=Schedule.values), name="finance_template_schedule_known"),
            models.CheckConstraint(
                condition=Q(schedule="none") | Q(next_date__isnull=False), name="finance_template_next_date"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("finance:entry-template-detail", args=[self.pk])


class Named(models.Model):
    """The dimensions that a typed line may name."""

    partner = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("partner")
    )
    department = models.ForeignKey(
        "masterdata.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    project = models.ForeignKey(
        "masterdata.Project", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    item_category = models.ForeignKey(
        "masterdata.ItemCategory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("item group"),
    )
    sales_order = models.ForeignKey(
        "crm.SalesOrder", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sales order")
    )

    class Meta:
        abstract = True


class EntryTemplateLine(DocumentLine, Named):
    """One line of a template: a fixed amount, or a share of what stands on (or moved over) another account."""

    template = models.ForeignKey(EntryTemplate, models.CASCADE, related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    description = models.CharField(_("summary"), max_length=200, blank=True)
    side = models.CharField(_("side"), max_length=6, choices=BalanceSide)
    rule = models.CharField(_("amount is"), max_length=10, choices=AmountRule, default=AmountRule.FIXED)
    amount = AmountField(_("amount"), default=0)
    percent = PercentField(_("percent"), default=100)
    basis_account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("share of account")
    )

    class Meta(DocumentLine.Meta):
        verbose_name = _("line of an entry template")
        verbose_name_plural = _("lines of entry templates")
        constraints = [
            models.CheckConstraint(condition=Q(rule__in=AmountRule.values), name="finance_templateline_rule_known"),
            models.CheckConstraint(
                condition=Q(rule__in=["fixed", "rest"]) | Q(basis_account__isnull=False),
                name="finance_templateline_basis",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id}/{self.line_no}"


class ManualEntry(Document):
    """An entry typed by a person (or made from a template). Opening balances are one of their own kind.

    ``reversal_date``: the day its exact negative is booked by itself.
    """

    LOCK_PLACE: ClassVar[int] = 74
    SCOPE_OWNER: ClassVar[str | None] = None
    TRANSITIONS: ClassVar[Transitions] = MANUAL_ENTRY_TRANSITIONS

    kind = models.CharField(_("kind"), max_length=10, choices=ManualEntryKind, default=ManualEntryKind.GENERAL)
    state = models.CharField(_("state"), max_length=10, choices=ManualEntryState, default=ManualEntryState.DRAFT)
    ledger_journal = models.ForeignKey(
        LedgerJournal, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("journal")
    )
    description = models.CharField(_("summary"), max_length=200, blank=True)
    attachment_count = models.PositiveSmallIntegerField(_("attachments"), default=0)
    reversal_date = models.DateField(_("reversed by itself on"), null=True, blank=True)
    template = models.ForeignKey(
        EntryTemplate, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("template")
    )
    scheduled_for = models.DateField(_("due on"), null=True, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("manual entry")
        verbose_name_plural = _("manual entries")
        permissions = [
            ("post_manualentry", _("Can post manual entries")),
            ("reverse_manualentry", _("Can reverse manual entries")),
            ("cancel_manualentry", _("Can cancel draft manual entries")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ManualEntryState.values), name="finance_manualentry_state_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=ManualEntryKind.values), name="finance_manualentry_kind_known"),
            models.UniqueConstraint(
                fields=["template", "scheduled_for"],
                condition=~Q(state="cancelled") & Q(scheduled_for__isnull=False),
                name="finance_manualentry_once",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("finance:manual-entry-detail", args=[self.pk])


class ManualEntryLine(DocumentLine, Named):
    """One typed line: ``amount`` in base currency, debit positive; ``currency_amount`` at ``rate`` when foreign.

    On an opening voucher ``reference`` and ``due_date`` make a receivable or payable an open item of its partner.
    """

    document = models.ForeignKey(ManualEntry, models.CASCADE, related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    description = models.CharField(_("summary"), max_length=200, blank=True)
    amount = AmountField(_("amount"))
    currency = models.ForeignKey(
        "masterdata.Currency", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("currency")
    )
    currency_amount = AmountField(_("amount in currency"), default=0)
    rate = RateField(_("exchange rate"), default=1)
    reference = models.CharField(_("number it had before"), max_length=60, blank=True)
    due_date = models.DateField(_("due date"), null=True, blank=True)

    class Meta(DocumentLine.Meta):
        verbose_name = _("line of a manual entry")
        verbose_name_plural = _("lines of manual entries")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="finance_manualline_amount"),
            models.CheckConstraint(
                condition=Q(currency__isnull=True) | ~Q(currency_amount=0), name="finance_manualline_currency"
            ),
            models.UniqueConstraint(fields=["document", "line_no"], name="finance_manualline_key"),
            models.CheckConstraint(condition=Q(line_no__gte=1), name="finance_manualline_no"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.line_no}"

    @property
    def sides(self) -> tuple[object, object]:
        """Debit and credit, each positive, None where the other side is."""
        return (self.amount, None) if self.amount > 0 else (None, -self.amount)
