"""Taxes and payment terms."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import PercentField
from core.history import History
from masterdata.models.base import MasterRecord


class Tax(MasterRecord):
    """A value-added tax rate in percent."""

    rate = PercentField(_("rate in %"))
    is_default = models.BooleanField(
        _("default"), default=False, help_text=_("Taken where neither partner nor item names a tax.")
    )
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rate__gte=0, rate__lte=100),
                name="masterdata_tax_rate",
                violation_error_message=_("A tax rate lies between 0 and 100."),
            ),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="masterdata_tax_default",
                violation_error_message=_("There is one default tax."),
            ),
        ]

    def __str__(self) -> str:
        return self.label()

    def get_absolute_url(self) -> str:
        return reverse("masterdata:tax-detail", args=[self.pk])


class PaymentTerm(MasterRecord):
    """When a document is to be paid: one or more instalments that add up to 100 %.

    Who pays an invoice within ``discount_days`` of its date may take off ``discount_percent`` (现金折扣).
    """

    discount_percent = PercentField(_("cash discount in %"), default=0)
    discount_days = models.PositiveSmallIntegerField(_("discount within days"), default=0)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("payment terms")
        verbose_name_plural = _("payment terms")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(discount_percent__gte=0, discount_percent__lt=100),
                name="masterdata_paymentterm_discount",
                violation_error_message=_("A discount lies between 0 and 100."),
            )
        ]

    def __str__(self) -> str:
        return self.label()

    def get_absolute_url(self) -> str:
        return reverse("masterdata:payment-term-detail", args=[self.pk])


class PaymentTermLine(models.Model):
    """One instalment: a share, due some days after the order, the shipment or the invoice."""

    class Basis(models.TextChoices):
        ORDER = "order", _("Order confirmation (prepayment)")
        SHIPMENT = "shipment", _("Shipment")
        INVOICE = "invoice", _("Invoice")

    term = models.ForeignKey(PaymentTerm, models.CASCADE, related_name="lines", verbose_name=_("payment terms"))
    line_no = models.PositiveIntegerField(_("line"))
    percent = PercentField(_("share in %"))
    basis = models.CharField(_("counted from"), max_length=10, choices=Basis, default=Basis.INVOICE)
    days = models.PositiveSmallIntegerField(_("days"), default=0)
    end_of_month = models.BooleanField(
        _("end of month"), default=False, help_text=_("The days count from the end of that month (月结).")
    )
    history = History()

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["term", "line_no", "id"]
        constraints = [
            models.UniqueConstraint(fields=["term", "line_no"], name="masterdata_paymenttermline_no"),
            models.CheckConstraint(
                condition=models.Q(percent__gt=0, percent__lte=100),
                name="masterdata_paymenttermline_percent",
                violation_error_message=_("A share lies between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=models.Q(basis__in=["order", "shipment", "invoice"]), name="masterdata_paymenttermline_basis"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} {self.line_no}"
