"""Goods that come back from customers."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import AmountField, QuantityField
from core.history import History
from erp.models.shipments import ShipmentLine
from erp.models.stock import Lot
from erp.models.typed_units import InUnit, unit_check
from erp.states import RETURN_RECEIPT_TRANSITIONS, ReturnReceiptState


class ReturnReceipt(Document):
    """The arrival of the goods of one approved return request."""

    TRANSITIONS = RETURN_RECEIPT_TRANSITIONS
    LOCK_PLACE = 38
    SCOPE_OWNER = None

    state = models.CharField(_("state"), max_length=12, choices=ReturnReceiptState, default=ReturnReceiptState.DRAFT)
    return_request = models.ForeignKey(
        "crm.ReturnRequest", models.PROTECT, related_name="+", verbose_name=_("return request")
    )
    order = models.ForeignKey("crm.SalesOrder", models.PROTECT, related_name="+", verbose_name=_("sales order"))
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("customer"))
    warehouse = models.ForeignKey("masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    received_date = models.DateField(_("received on"), null=True, blank=True, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("return receipt")
        verbose_name_plural = _("return receipts")
        permissions = [
            ("receive_returnreceipt", _("Can receive returns")),
            ("cancel_returnreceipt", _("Can cancel expected returns")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReturnReceiptState.values), name="erp_returnreceipt_state"),
        ]
        indexes = [models.Index(fields=["order"], name="erp_returnreceipt_order")]

    def get_absolute_url(self) -> str:
        return reverse("erp:return-receipt-detail", args=[self.pk])


class ReturnReceiptLine(DocumentLine, InUnit):
    """Goods of one line of a return request; quantities in the stock unit, cost at which they once left."""

    TYPED = "received_quantity"

    receipt = models.ForeignKey(ReturnReceipt, models.CASCADE, related_name="lines", verbose_name=_("return receipt"))
    request_line = models.ForeignKey(
        "crm.ReturnRequestLine", models.PROTECT, related_name="+", verbose_name=_("request line")
    )
    order_line = models.ForeignKey("crm.SalesOrderLine", models.PROTECT, related_name="+", verbose_name=_("order line"))
    shipment_line = models.ForeignKey(
        ShipmentLine, models.PROTECT, null=True, related_name="+", verbose_name=_("shipment line")
    )
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lot"))
    location = models.ForeignKey(
        "masterdata.Location", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("location")
    )
    quantity = QuantityField(_("expected"))
    received_quantity = QuantityField(_("received"), default=0, editable=False)
    second_quantity = QuantityField(
        _("second quantity"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("As it was weighed on its return; empty: its share of what left."),
    )
    cost = AmountField(_("cost"), default=0, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("return receipt line")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, received_quantity__gte=0, received_quantity__lte=F("quantity")),
                name="erp_returnreceiptline_quantity",
            ),
            models.CheckConstraint(
                condition=Q(second_quantity__isnull=True) | Q(second_quantity__gt=0),
                name="erp_returnreceiptline_second",
            ),
            unit_check("erp_returnreceiptline_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id}/{self.line_no}"
