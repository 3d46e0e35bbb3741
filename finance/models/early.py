"""Invoices ahead of the goods: 预开票 to customers, 票到货未到 from suppliers."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, QuantityField
from finance.models.invoices import InvoiceLine
from finance.states import Side


class EarlyLine(models.Model):
    """An invoice line whose goods were not delivered (received) when it was posted. Guarded by the lock of its order.

    Quantities in the item's stock unit, amounts net. ``cleared_…`` is what deliveries or receipts have taken since,
    ``credited_…`` what credit notes took back; the rest stands on *invoiced before delivery* (*not received*).
    """

    invoice_line = models.OneToOneField(InvoiceLine, models.PROTECT, related_name="early")
    kind = models.CharField(_("kind"), max_length=10, choices=Side)
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("partner"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    sales_order_line = models.ForeignKey("crm.SalesOrderLine", models.PROTECT, null=True, related_name="+")
    purchase_order_line = models.ForeignKey("scm.PurchaseOrderLine", models.PROTECT, null=True, related_name="+")
    invoiced_date = models.DateField(_("invoiced on"))
    quantity = QuantityField(_("invoiced"))
    currency_amount = AmountField(_("amount in currency"))
    amount = AmountField(_("amount"))
    cleared_quantity = QuantityField(_("delivered or received"), default=0)
    cleared_currency_amount = AmountField(default=0)
    cleared_amount = AmountField(default=0)
    credited_quantity = QuantityField(_("credited"), default=0)
    credited_currency_amount = AmountField(default=0)
    credited_amount = AmountField(default=0)
    open_quantity = models.GeneratedField(
        expression=F("quantity") - F("cleared_quantity") - F("credited_quantity"),
        output_field=QuantityField(),
        db_persist=True,
    )
    open_amount = models.GeneratedField(
        expression=F("amount") - F("cleared_amount") - F("credited_amount"),
        output_field=AmountField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("line invoiced early")
        verbose_name_plural = _("lines invoiced early")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=F("cleared_quantity") + F("credited_quantity"))
                & Q(cleared_quantity__gte=0, credited_quantity__gte=0),
                name="finance_early_within",
            ),
            models.CheckConstraint(
                condition=Q(kind="customer", sales_order_line__isnull=False, purchase_order_line__isnull=True)
                | Q(kind="supplier", sales_order_line__isnull=True, purchase_order_line__isnull=False),
                name="finance_early_one_order",
            ),
        ]
        indexes = [
            models.Index(fields=["sales_order_line"], name="finance_early_sales", condition=~Q(open_quantity=0)),
            models.Index(fields=["purchase_order_line"], name="finance_early_purchase", condition=~Q(open_quantity=0)),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_line_id}"


class EarlyMatch(models.Model):
    """Goods that came for an early invoice line; taken back by a negative row. Never changed.

    ``amount`` came off the early line, ``ledger_amount`` off the delivery or receipt, both net in base currency;
    ``…currency_amount`` the same in the order's currency. ``followed_amount`` is the part of ``ledger_amount`` by which
    the invoice's price first made the received goods dearer (below zero: cheaper).
    """

    early = models.ForeignKey(EarlyLine, models.PROTECT, related_name="matches")
    unbilled = models.ForeignKey("finance.UnbilledLine", models.PROTECT, null=True, related_name="+")
    grni = models.ForeignKey("finance.GrniLine", models.PROTECT, null=True, related_name="+")
    matched_on = models.DateField(_("date"))
    quantity = QuantityField(_("quantity"))
    amount = AmountField(_("amount"))
    currency_amount = AmountField()
    ledger_amount = AmountField()
    ledger_currency_amount = AmountField()
    followed_amount = AmountField(default=0)

    class Meta:
        verbose_name = _("goods for an early invoice")
        verbose_name_plural = _("goods for early invoices")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unbilled__isnull=False, grni__isnull=True) | Q(unbilled__isnull=True, grni__isnull=False),
                name="finance_earlymatch_one_row",
            ),
            models.CheckConstraint(condition=~Q(quantity=0), name="finance_earlymatch_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.early_id} {self.quantity}"
