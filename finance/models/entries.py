"""The general ledger: entries and their lines, append-only, balanced by the database."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, RateField
from finance.models.accounts import Account
from finance.models.periods import FiscalPeriod
from finance.states import EntryEvent, Journal


class JournalEntry(models.Model):
    """One business event in the books. Never changed: corrected by a reversal, its exact negative.

    ``source_label``/``source_id``/``event``/``event_ref`` name the event (``event_ref`` tells repeated ones apart: the
    first value entry of a stock posting, the first allocation …); ``round`` counts up when an event that was reversed
    happens again. Reversals carry the key of the entry they reverse. An adjustment to closed days is dated in an open
    period and names the day (``origin_date``) and, where there is one, the entry (``origin``) that it belongs to.
    ``journal`` is the kind of the book; ``ledger_journal`` names the book itself where it is none of the standard ones.
    """

    source_label = models.CharField(_("kind of source"), max_length=80)
    source_id = models.BigIntegerField(_("source"))
    event = models.CharField(_("event"), max_length=12, choices=EntryEvent)
    event_ref = models.BigIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=1)
    source_number = models.CharField(_("source document"), max_length=60, blank=True)
    entry_date = models.DateField(_("date"))
    period = models.ForeignKey(FiscalPeriod, models.PROTECT, related_name="+", verbose_name=_("period"))
    journal = models.CharField(_("journal"), max_length=10, choices=Journal, default=Journal.GENERAL)
    ledger_journal = models.ForeignKey(
        "finance.LedgerJournal",
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("added journal"),
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    origin_date = models.DateField(_("belongs to the day"), null=True)
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="adjustments", verbose_name=_("adjusts entry")
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversal", verbose_name=_("reverses")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    created_at = models.DateTimeField(_("business moment"))
    posted_at = models.DateTimeField(_("posted at"), db_default=Now())

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering = ["-entry_date", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_label", "source_id", "event", "event_ref", "round"],
                condition=models.Q(reverses__isnull=True),
                name="finance_journalentry_event",
            ),
            models.CheckConstraint(condition=models.Q(round__gte=1), name="finance_journalentry_round"),
            models.CheckConstraint(
                condition=models.Q(event__in=EntryEvent.values), name="finance_journalentry_event_known"
            ),
            models.CheckConstraint(condition=models.Q(journal__in=Journal.values), name="finance_entry_journal_known"),
        ]
        indexes = [
            models.Index(fields=["source_label", "source_id"], name="finance_entry_source"),
            models.Index(fields=["entry_date", "id"], name="finance_entry_date"),
            models.Index(fields=["period", "id"], name="finance_entry_period"),
            models.Index(
                fields=["ledger_journal", "entry_date"],
                name="finance_entry_own_journal",
                condition=models.Q(ledger_journal__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"JE{self.pk:07d}"

    def get_absolute_url(self) -> str:
        return reverse("finance:entry-detail", args=[self.pk])


class JournalLine(models.Model):
    """One line of an entry: ``amount`` in base currency, debit positive, credit negative.

    ``currency_amount`` is the same amount in ``currency`` at ``rate`` (base units for 1); an exchange difference has no
    amount in its currency and is flagged.
    """

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="lines")
    line_no = models.PositiveIntegerField(_("line"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    description = models.CharField(_("summary"), max_length=200, blank=True)
    amount = AmountField(_("amount"))
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    currency_amount = AmountField(_("amount in currency"))
    rate = RateField(_("exchange rate"), default=1)
    is_exchange_difference = models.BooleanField(default=False)
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, null=True, related_name="+")
    item = models.ForeignKey("masterdata.Item", models.PROTECT, null=True, related_name="+")
    item_category = models.ForeignKey("masterdata.ItemCategory", models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey("masterdata.Department", models.PROTECT, null=True, related_name="+")
    project = models.ForeignKey("masterdata.Project", models.PROTECT, null=True, related_name="+")
    sales_order = models.ForeignKey("crm.SalesOrder", models.PROTECT, null=True, related_name="+")
    purchase_order = models.ForeignKey("scm.PurchaseOrder", models.PROTECT, null=True, related_name="+")
    work_order = models.ForeignKey("erp.WorkOrder", models.PROTECT, null=True, related_name="+")
    value_entry = models.ForeignKey("erp.ValueEntry", models.PROTECT, null=True, related_name="+")
    tax_code = models.CharField(_("tax"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("journal line")
        verbose_name_plural = _("journal lines")
        ordering = ["entry_id", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "line_no"], name="finance_journalline_key"),
            models.CheckConstraint(condition=~models.Q(amount=0), name="finance_journalline_amount"),
            models.CheckConstraint(
                condition=models.Q(is_exchange_difference=True, currency_amount=0)
                | models.Q(is_exchange_difference=False, amount__gt=0, currency_amount__gt=0)
                | models.Q(is_exchange_difference=False, amount__lt=0, currency_amount__lt=0),
                name="finance_journalline_currency",
            ),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="finance_journalline_rate"),
        ]
        indexes = [
            models.Index(fields=["account", "entry"], name="finance_line_account"),
            models.Index(
                fields=["partner", "account"], name="finance_line_partner", condition=models.Q(partner__isnull=False)
            ),
            models.Index(fields=["work_order"], name="finance_line_wo", condition=models.Q(work_order__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.line_no}"

    @property
    def as_credit(self) -> Decimal:
        """The amount as a credit, positive when the line is one."""
        return -self.amount
