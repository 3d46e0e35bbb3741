"""Vouchers (记账凭证): entries grouped for the file, numbered and sealed in a chain when they are posted."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.documents import Transitions
from core.fields import AmountField
from core.history import History
from core.locks import LockRank
from finance.models.accounts import Account
from finance.models.entries import JournalEntry
from finance.models.periods import FiscalPeriod
from finance.states import VOUCHER_TRANSITIONS, VoucherGrouping, VoucherNaming, VoucherSeries, VoucherState


class LedgerSettings(models.Model):
    """How this company keeps its general ledger: the one row."""

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    voucher_grouping = models.CharField(
        _("one voucher for"), max_length=10, choices=VoucherGrouping, default=VoucherGrouping.DOCUMENT
    )
    voucher_naming = models.CharField(
        _("voucher series"), max_length=10, choices=VoucherNaming, default=VoucherNaming.SINGLE
    )
    vouchers_required = models.BooleanField(
        _("a period closes only with all entries in posted vouchers"), default=False
    )
    carry_over_required = models.BooleanField(
        _("a period closes only with profit and loss carried over"), default=False
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 63

    class Meta:
        verbose_name = _("ledger settings")
        verbose_name_plural = _("ledger settings")
        constraints = [
            models.CheckConstraint(condition=Q(singleton=True), name="finance_ledgersettings_singleton"),
            models.CheckConstraint(
                condition=Q(voucher_grouping__in=VoucherGrouping.values), name="finance_settings_grouping_known"
            ),
            models.CheckConstraint(
                condition=Q(voucher_naming__in=VoucherNaming.values), name="finance_settings_naming_known"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Ledger settings"))

    def get_absolute_url(self) -> str:
        return reverse("finance:ledger-settings")


class Voucher(models.Model):
    """Entries on one paper. Numbered per series and month, and unchangeable, from the moment it is posted."""

    TRANSITIONS: ClassVar[Transitions] = VOUCHER_TRANSITIONS
    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 76

    series = models.CharField(_("series"), max_length=10, choices=VoucherSeries)
    period = models.ForeignKey(FiscalPeriod, models.PROTECT, related_name="+", verbose_name=_("period"))
    voucher_date = models.DateField(_("date"))
    number = models.PositiveIntegerField(_("number"), null=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=VoucherState, default=VoucherState.PREPARED)
    total = AmountField(_("total"))
    description = models.CharField(_("summary"), max_length=200, blank=True)
    attachment_count = models.PositiveSmallIntegerField(_("attachments"), default=0)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("prepared by")
    )
    prepared_at = models.DateTimeField(_("prepared at"))
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("reviewed by")
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("posted by")
    )
    posted_at = models.DateTimeField(_("posted at"), null=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        ordering = ["-voucher_date", "-id"]
        permissions = [
            ("prepare_voucher", _("Can prepare vouchers")),
            ("review_voucher", _("Can review vouchers")),
            ("post_voucher", _("Can post vouchers")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(series__in=VoucherSeries.values), name="finance_voucher_series_known"),
            models.CheckConstraint(condition=Q(state__in=VoucherState.values), name="finance_voucher_state_known"),
            models.CheckConstraint(
                condition=Q(state="posted", number__gte=1, posted_at__isnull=False) | ~Q(state="posted"),
                name="finance_voucher_posted_numbered",
            ),
            models.UniqueConstraint(fields=["series", "period", "number"], name="finance_voucher_number"),
        ]
        indexes = [
            models.Index(fields=["period", "state"], name="finance_voucher_period"),
            models.Index(fields=["state"], name="finance_voucher_open", condition=~Q(state="posted")),
        ]

    def __str__(self) -> str:
        series = self.get_series_display()
        unnumbered = pgettext("voucher", "draft")
        return f"{series}-{self.number}" if self.number else f"{series}-{unnumbered} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("finance:voucher-detail", args=[self.pk])


class VoucherLine(models.Model):
    """One printed line of a voucher: lines of its entries with equal account, side and dimensions added up."""

    voucher = models.ForeignKey(Voucher, models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField(_("line"))
    description = models.CharField(_("summary"), max_length=200, blank=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    amount = AmountField(_("amount"))
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    currency_amount = AmountField(_("amount in currency"))
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey("masterdata.Department", models.PROTECT, null=True, related_name="+")
    project = models.ForeignKey("masterdata.Project", models.PROTECT, null=True, related_name="+")
    item_category = models.ForeignKey("masterdata.ItemCategory", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("voucher line")
        verbose_name_plural = _("voucher lines")
        ordering = ["voucher_id", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["voucher", "line_no"], name="finance_voucherline_key"),
            models.CheckConstraint(condition=~Q(amount=0), name="finance_voucherline_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_id}/{self.line_no}"

    @property
    def foreign_amount(self) -> Decimal | None:
        """The amount in the line's own currency, without sign; None where that is the base currency."""
        is_foreign = self.currency_amount and self.currency_amount != self.amount
        return abs(self.currency_amount) if is_foreign else None

    @property
    def as_credit(self) -> Decimal:
        """The amount as a credit, positive when the line is one."""
        return -self.amount


class VoucherEntry(models.Model):
    """Which voucher an entry is in: exactly one."""

    voucher = models.ForeignKey(Voucher, models.CASCADE, related_name="entries")
    entry = models.OneToOneField(JournalEntry, models.PROTECT, related_name="voucher_link")

    class Meta:
        verbose_name = _("entry of a voucher")
        verbose_name_plural = _("entries of vouchers")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.voucher_id}/{self.entry_id}"


class VoucherSeal(models.Model):
    """The seal of a posted voucher: SHA-256 over its header, all its lines and the seal before it in the series."""

    voucher = models.OneToOneField(Voucher, models.PROTECT, related_name="seal")
    series = models.CharField(_("series"), max_length=10, choices=VoucherSeries)
    position = models.PositiveBigIntegerField(_("place in the chain"))
    hash_version = models.PositiveSmallIntegerField(_("version of the seal"))
    previous_hash = models.CharField(_("seal before"), max_length=64, blank=True)
    hash = models.CharField(_("seal"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed at"), db_default=Now())

    class Meta:
        verbose_name = _("seal of a voucher")
        verbose_name_plural = _("seals of vouchers")
        ordering = ["series", "position"]
        constraints = [models.UniqueConstraint(fields=["series", "position"], name="finance_voucherseal_place")]

    def __str__(self) -> str:
        return f"{self.series} {self.position}"
