"""Chinese electronic invoices (数电发票): what goes to the tax platform for our invoices, and what it answered."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import History
from core.locks import LockRank
from finance.models.invoices import Invoice
from finance.states import TaxInvoiceKind, TaxInvoiceStatus


class TaxInvoice(models.Model):
    """The electronic invoice of one posted customer invoice (a red one, of a credit note).

    Buyer and seller are kept as they were when it was prepared. Number and date come from the tax platform.
    """

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 80

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="tax_invoice", verbose_name=_("invoice"))
    kind = models.CharField(_("kind"), max_length=10, choices=TaxInvoiceKind, default=TaxInvoiceKind.SPECIAL)
    status = models.CharField(_("status"), max_length=10, choices=TaxInvoiceStatus, default=TaxInvoiceStatus.PREPARED)
    buyer_name = models.CharField(_("buyer"), max_length=200)
    buyer_tax_number = models.CharField(_("buyer's tax number"), max_length=30, blank=True)
    buyer_address = models.CharField(_("buyer's address"), max_length=300, blank=True)
    buyer_phone = models.CharField(_("buyer's phone"), max_length=40, blank=True)
    buyer_bank = models.CharField(_("buyer's bank"), max_length=120, blank=True)
    buyer_account = models.CharField(_("buyer's bank account"), max_length=40, blank=True)
    seller_name = models.CharField(_("seller"), max_length=200)
    seller_tax_number = models.CharField(_("seller's tax number"), max_length=30, blank=True)
    seller_address = models.CharField(_("seller's address"), max_length=300, blank=True)
    seller_phone = models.CharField(_("seller's phone"), max_length=40, blank=True)
    seller_bank = models.CharField(_("seller's bank"), max_length=120, blank=True)
    seller_account = models.CharField(_("seller's bank account"), max_length=40, blank=True)
    fapiao_number = models.CharField(_("electronic invoice number"), max_length=20, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    red_confirmation = models.CharField(_("red-letter confirmation number"), max_length=40, blank=True)
    red_reason = models.CharField(_("reason of the red letter"), max_length=100, blank=True)
    answer = models.CharField(_("answer of the tax platform"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("electronic invoice")
        verbose_name_plural = _("electronic invoices")
        ordering = ["-id"]
        permissions = [("issue_taxinvoice", _("Can prepare, export and record electronic invoices"))]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TaxInvoiceKind.values), name="finance_taxinvoice_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=TaxInvoiceStatus.values), name="finance_taxinvoice_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="issued") | (~Q(fapiao_number="") & Q(issued_on__isnull=False)),
                name="finance_taxinvoice_issued",
            ),
            models.UniqueConstraint(
                fields=["fapiao_number"], condition=~Q(fapiao_number=""), name="finance_taxinvoice_number_once"
            ),
        ]

    def __str__(self) -> str:
        return self.fapiao_number or str(self.invoice)

    def get_absolute_url(self) -> str:
        return reverse("finance:tax-invoice-edit", args=[self.pk])
