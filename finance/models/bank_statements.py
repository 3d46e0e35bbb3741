"""Bank statements: the movements the bank reports, and what each of them is in our books."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, Transitions
from core.fields import AmountField
from core.history import History
from core.locks import LockRank
from finance.models.accounts import BankAccount
from finance.models.entries import JournalLine
from finance.states import STATEMENT_TRANSITIONS, MovementState, StatementState


class BankImportMapping(models.Model):
    """Which column of a bank's files means what: {meaning: heading}, kept from the last import."""

    bank_account = models.OneToOneField(BankAccount, models.CASCADE, related_name="import_mapping")
    headings = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("column mapping of a bank")
        verbose_name_plural = _("column mappings of banks")

    def __str__(self) -> str:
        return str(self.bank_account)


class BankStatement(Document):
    """One imported statement of one bank account; ``document_date`` is its last day."""

    LOCK_PLACE: ClassVar[int] = 68
    SCOPE_OWNER: ClassVar[str | None] = None
    TRANSITIONS: ClassVar[Transitions] = STATEMENT_TRANSITIONS

    state = models.CharField(_("state"), max_length=10, choices=StatementState, default=StatementState.OPEN)
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+", verbose_name=_("bank account"))
    first_date = models.DateField(_("from"))
    opening_balance = AmountField(_("opening balance"), null=True)
    closing_balance = AmountField(_("closing balance"), null=True)
    bank_reference = models.CharField(_("bank's number"), max_length=80, blank=True)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        permissions = [
            ("match_bankstatement", _("Can match bank movements")),
            ("close_bankstatement", _("Can close reconciled bank statements")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=StatementState.values), name="finance_bankstatement_state_known"
            )
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("finance:bank-statement-detail", args=[self.pk])


class BankMovement(models.Model):
    """One line of a statement: money in (positive) or out. A bank reference is imported once."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 69

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="movements", verbose_name=_("statement"))
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+", verbose_name=_("bank account"))
    line_no = models.PositiveIntegerField(_("line"))
    booked_on = models.DateField(_("date"))
    amount = AmountField(_("amount"))
    name = models.CharField(_("other side"), max_length=120, blank=True)
    account = models.CharField(_("its account"), max_length=40, blank=True)
    reference = models.CharField(_("bank reference"), max_length=80)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=MovementState, default=MovementState.OPEN)
    version = models.PositiveIntegerField(default=0, editable=False)
    payment = models.ForeignKey(
        "finance.Payment", models.PROTECT, null=True, related_name="+", verbose_name=_("payment")
    )

    class Meta:
        verbose_name = _("bank movement")
        verbose_name_plural = _("bank movements")
        ordering = ["statement_id", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["bank_account", "reference"], name="finance_bankmovement_once"),
            models.UniqueConstraint(fields=["statement", "line_no"], name="finance_bankmovement_line"),
            models.CheckConstraint(condition=~Q(amount=0), name="finance_bankmovement_amount"),
            models.CheckConstraint(condition=Q(state__in=MovementState.values), name="finance_bankmovement_state"),
        ]
        indexes = [
            models.Index(fields=["bank_account", "booked_on"], name="finance_bankmovement_day"),
        ]

    def __str__(self) -> str:
        return f"{self.statement}/{self.line_no}"

    def get_absolute_url(self) -> str:
        return reverse("finance:bank-movement", args=[self.pk])


class BankMatch(models.Model):
    """A line of our bank account in the general ledger that a movement at the bank confirms."""

    movement = models.ForeignKey(BankMovement, models.CASCADE, related_name="matches")
    journal_line = models.OneToOneField(JournalLine, models.PROTECT, related_name="bank_match")

    class Meta:
        verbose_name = _("reconciled bank line")
        verbose_name_plural = _("reconciled bank lines")

    def __str__(self) -> str:
        return f"{self.movement} = {self.journal_line}"
