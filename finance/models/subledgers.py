"""Sub-ledgers between the goods and the invoices: one row per shipment line and one per receipt line."""

from decimal import Decimal

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, QuantityField
from core.models.company import Company


class UnbilledLine(models.Model):
    """One shipment line on its way from our stock to the customer's invoice. Guarded by the lock of its sales order.

    Quantities in the item's stock unit, net of reversals and returns. ``dispatched_cost`` stands in goods dispatched
    (发出商品), ``sold_cost`` in cost of sales; ``lost_cost`` was lost or damaged on the way. ``recognised_…`` is the
    revenue, ``invoiced_…`` what invoices took of it: the rest is the unbilled receivable (negative: credit is due).
    """

    shipment_line = models.OneToOneField("erp.ShipmentLine", models.PROTECT, related_name="+")
    shipment = models.ForeignKey("erp.Shipment", models.PROTECT, related_name="+", verbose_name=_("shipment"))
    sales_order = models.ForeignKey("crm.SalesOrder", models.PROTECT, related_name="+", verbose_name=_("sales order"))
    sales_order_line = models.ForeignKey("crm.SalesOrderLine", models.PROTECT, related_name="+")
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("customer"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    revenue_point = models.CharField(_("revenue point"), max_length=10, choices=Company.RevenuePoint)
    shipped_date = models.DateField(_("shipped on"))
    is_signed = models.BooleanField(_("signed for"), default=False)
    shipped_quantity = QuantityField(_("shipped"), default=0)
    signed_quantity = QuantityField(_("signed for"), default=0)
    lost_quantity = QuantityField(_("lost or damaged"), default=0)
    returned_quantity = QuantityField(_("returned"), default=0)
    recognised_quantity = QuantityField(_("recognised"), default=0)
    invoiced_quantity = QuantityField(_("invoiced"), default=0)
    shipped_cost = AmountField(_("cost of goods shipped"), default=0)
    sold_cost = AmountField(_("cost of sales"), default=0)
    lost_cost = AmountField(_("cost of goods lost"), default=0)
    returned_cost = AmountField(_("cost of goods returned"), default=0)
    recognised_currency_amount = AmountField(_("revenue in currency"), default=0)
    recognised_amount = AmountField(_("revenue"), default=0)
    invoiced_currency_amount = AmountField(_("invoiced in currency"), default=0)
    invoiced_amount = AmountField(_("invoiced"), default=0)
    dispatched_cost = models.GeneratedField(
        expression=F("shipped_cost") - F("sold_cost") - F("lost_cost") - F("returned_cost"),
        output_field=AmountField(),
        db_persist=True,
    )
    open_amount = models.GeneratedField(
        expression=F("recognised_amount") - F("invoiced_amount"), output_field=AmountField(), db_persist=True
    )
    open_quantity = models.GeneratedField(
        expression=Case(
            When(
                revenue_point=Value("invoice"),
                then=F("shipped_quantity") - F("lost_quantity") - F("returned_quantity") - F("invoiced_quantity"),
            ),
            default=F("recognised_quantity") - F("invoiced_quantity"),
        ),
        output_field=QuantityField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("unbilled delivery")
        verbose_name_plural = _("unbilled deliveries")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shipped_quantity__gte=0)
                & Q(signed_quantity__gte=0)
                & Q(lost_quantity__gte=0)
                & Q(returned_quantity__gte=0)
                & Q(recognised_quantity__gte=0)
                & Q(invoiced_quantity__gte=0),
                name="finance_unbilled_signs",
            ),
            models.CheckConstraint(
                condition=Q(shipped_quantity__gte=F("lost_quantity") + F("returned_quantity")),
                name="finance_unbilled_within_shipped",
            ),
        ]
        indexes = [
            models.Index(fields=["partner"], name="finance_unbilled_open", condition=~Q(open_quantity=0)),
            models.Index(fields=["sales_order_line"], name="finance_unbilled_orderline"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id}/{self.shipment_line_id}"


class GrniLine(models.Model):
    """One receipt line that the supplier has not fully invoiced. Guarded by the lock of its purchase order.

    Quantities in the unit of the receipt line's stock quantity, amounts net in base currency at the receipt's value.
    Open = received − returned − invoiced − written off; negative: the supplier owes a credit note.
    """

    receipt_line = models.OneToOneField("scm.GoodsReceiptLine", models.PROTECT, related_name="+")
    receipt = models.ForeignKey("scm.GoodsReceipt", models.PROTECT, related_name="+", verbose_name=_("goods receipt"))
    purchase_order = models.ForeignKey(
        "scm.PurchaseOrder", models.PROTECT, related_name="+", verbose_name=_("purchase order")
    )
    purchase_order_line = models.ForeignKey("scm.PurchaseOrderLine", models.PROTECT, related_name="+")
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("supplier"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, null=True, related_name="+", verbose_name=_("item"))
    currency = models.ForeignKey("masterdata.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    received_date = models.DateField(_("received on"))
    received_quantity = QuantityField(_("received"), default=0)
    returned_quantity = QuantityField(_("returned"), default=0)
    invoiced_quantity = QuantityField(_("invoiced"), default=0)
    written_off_quantity = QuantityField(_("written off"), default=0)
    received_amount = AmountField(_("value received"), default=0)
    returned_amount = AmountField(_("value returned"), default=0)
    invoiced_amount = AmountField(_("value invoiced"), default=0)
    written_off_amount = AmountField(_("value written off"), default=0)
    open_quantity = models.GeneratedField(
        expression=F("received_quantity") - F("returned_quantity") - F("invoiced_quantity") - F("written_off_quantity"),
        output_field=QuantityField(),
        db_persist=True,
    )
    open_amount = models.GeneratedField(
        expression=F("received_amount") - F("returned_amount") - F("invoiced_amount") - F("written_off_amount"),
        output_field=AmountField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("receipt not invoiced")
        verbose_name_plural = _("receipts not invoiced")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(received_quantity__gte=0) & Q(returned_quantity__gte=0) & Q(invoiced_quantity__gte=0),
                name="finance_grni_signs",
            )
        ]
        indexes = [
            models.Index(fields=["partner"], name="finance_grni_open", condition=~Q(open_quantity=0)),
            models.Index(fields=["purchase_order_line"], name="finance_grni_orderline"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id}/{self.receipt_line_id}"

    @property
    def quantity_left(self) -> Decimal:
        """What is open, counted from the columns this transaction has changed."""
        return self.received_quantity - self.returned_quantity - self.invoiced_quantity - self.written_off_quantity

    @property
    def value_left(self) -> Decimal:
        """The value that is open, counted from the columns this transaction has changed."""
        return self.received_amount - self.returned_amount - self.invoiced_amount - self.written_off_amount
