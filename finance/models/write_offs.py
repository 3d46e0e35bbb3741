"""What will never be paid or invoiced: bad debts and old receipts written off, and the provision for bad debts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, Transitions
from core.fields import AmountField, PercentField, QuantityField
from core.history import History
from core.locks import LockRank
from finance.models.invoices import Invoice
from finance.models.subledgers import GrniLine
from finance.states import (
    PROVISION_TRANSITIONS,
    WRITE_OFF_TRANSITIONS,
    AgeBucket,
    ProvisionState,
    WriteOffKind,
    WriteOffState,
)


class WriteOff(Document):
    """Open invoices of a customer given up (坏账), or receipts nobody will invoice; undone when it comes after all.

    ``amount`` is the sum of the lines in base currency.
    """

    LOCK_PLACE: ClassVar[int] = 76
    SCOPE_OWNER: ClassVar[str | None] = None
    TRANSITIONS: ClassVar[Transitions] = WRITE_OFF_TRANSITIONS

    state = models.CharField(_("state"), max_length=10, choices=WriteOffState, default=WriteOffState.DRAFT)
    kind = models.CharField(_("kind"), max_length=10, choices=WriteOffKind)
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("partner"))
    reason = models.CharField(_("reason"), max_length=300)
    amount = AmountField(_("amount in base currency"), default=0, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("write-off")
        verbose_name_plural = _("write-offs")
        permissions = [
            ("post_writeoff", _("Can post write-offs")),
            ("cancel_writeoff", _("Can cancel draft write-offs")),
            ("reverse_writeoff", _("Can undo write-offs")),
            ("approve_writeoff", _("Can approve write-offs")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=WriteOffState.values), name="finance_writeoff_state_known"),
            models.CheckConstraint(condition=Q(kind__in=WriteOffKind.values), name="finance_writeoff_kind_known"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("finance:write-off-detail", args=[self.pk])


class WriteOffLine(models.Model):
    """One invoice (``amount`` in its currency) or one receipt line (``quantity``, base currency) given up."""

    write_off = models.ForeignKey(WriteOff, models.CASCADE, related_name="lines", verbose_name=_("write-off"))
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="+", verbose_name=_("invoice"))
    grni = models.ForeignKey(GrniLine, models.PROTECT, null=True, related_name="+", verbose_name=_("receipt"))
    quantity = QuantityField(_("quantity"), default=0)
    amount = AmountField(_("amount"))
    base_amount = AmountField(_("amount in base currency"))

    class Meta:
        verbose_name = _("write-off line")
        verbose_name_plural = _("write-off lines")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, grni__isnull=True) | Q(invoice__isnull=True, grni__isnull=False),
                name="finance_writeoffline_one_source",
            ),
            models.UniqueConstraint(fields=["write_off", "invoice"], name="finance_writeoffline_invoice"),
            models.UniqueConstraint(fields=["write_off", "grni"], name="finance_writeoffline_grni"),
        ]

    def __str__(self) -> str:
        return f"{self.write_off} {self.invoice or self.grni}"


class ProvisionBand(models.Model):
    """How much of what is open in one band of age is provided for."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 65

    bucket = models.CharField(_("age"), max_length=10, choices=AgeBucket, unique=True)
    percent = PercentField(_("provision in %"), default=0)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("provision band")
        verbose_name_plural = _("provision bands")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="finance_provisionband_percent"),
            models.CheckConstraint(condition=Q(bucket__in=AgeBucket.values), name="finance_provisionband_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_bucket_display())

    def get_absolute_url(self) -> str:
        return reverse("finance:settings")


class ProvisionRun(Document):
    """The provision for bad debts on one day: what is needed by age, what stands, and the difference booked."""

    LOCK_PLACE: ClassVar[int] = 77
    SCOPE_OWNER: ClassVar[str | None] = None
    TRANSITIONS: ClassVar[Transitions] = PROVISION_TRANSITIONS

    state = models.CharField(_("state"), max_length=10, choices=ProvisionState, default=ProvisionState.DRAFT)
    needed_amount = AmountField(_("needed"), default=0, editable=False)
    standing_amount = AmountField(_("standing"), default=0, editable=False)
    difference = models.GeneratedField(
        expression=F("needed_amount") - F("standing_amount"),
        output_field=AmountField(_("to be booked")),
        db_persist=True,
    )
    history = History(excluded_fields=["difference"])

    class Meta(Document.Meta):
        verbose_name = _("provision run")
        verbose_name_plural = _("provision runs")
        permissions = [
            ("post_provisionrun", _("Can post provisions for bad debts")),
            ("cancel_provisionrun", _("Can cancel draft provisions")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ProvisionState.values), name="finance_provisionrun_state_known"
            )
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("finance:provision-detail", args=[self.pk])


class ProvisionLine(models.Model):
    """What one customer owes in one band of age, and how much of it is provided for; base currency."""

    run = models.ForeignKey(ProvisionRun, models.CASCADE, related_name="lines", verbose_name=_("provision run"))
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("customer"))
    bucket = models.CharField(_("age"), max_length=10, choices=AgeBucket)
    open_amount = AmountField(_("open"))
    percent = PercentField(_("provision in %"))
    amount = AmountField(_("provision"))

    class Meta:
        verbose_name = _("provision line")
        verbose_name_plural = _("provision lines")
        ordering = ["run_id", "partner_id", "id"]
        constraints = [models.UniqueConstraint(fields=["run", "partner", "bucket"], name="finance_provisionline_key")]

    def __str__(self) -> str:
        return f"{self.run} {self.partner_id} {self.bucket}"
