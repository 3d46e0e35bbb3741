"""Return requests: a customer wants to send goods back."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import ZERO, QuantityField
from core.history import History
from crm.states import RETURN_REQUEST_TRANSITIONS, ReturnRequestState


class ReturnRequest(Document):
    """One customer's wish to return goods of one order, agreed to before the goods come back."""

    LOCK_PLACE = 26
    TRANSITIONS = RETURN_REQUEST_TRANSITIONS

    state = models.CharField(
        _("state"), max_length=12, choices=ReturnRequestState, default=ReturnRequestState.DRAFT, editable=False
    )
    order = models.ForeignKey(
        "crm.SalesOrder", models.PROTECT, related_name="return_requests", verbose_name=_("sales order")
    )
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("customer"))
    warehouse = models.ForeignKey("masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    reason = models.CharField(_("reason"), max_length=200)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("return request")
        verbose_name_plural = _("return requests")
        permissions = [
            ("approve_returnrequest", _("Can approve returns")),
            ("cancel_returnrequest", _("Can cancel returns")),
        ]
        indexes = [models.Index(fields=["order"], name="crm_returnrequest_of_order")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ReturnRequestState.values), name="crm_returnrequest_state_known"
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("crm:return-request-detail", args=[self.pk])


class ReturnRequestLine(DocumentLine):
    """A part of a delivered order line that may come back; quantities in the item's stock unit.

    ``shipment_line_id`` is the key of the shipment line (erp) it was delivered with, where that is known.
    """

    request = models.ForeignKey(ReturnRequest, models.CASCADE, related_name="lines")
    order_line = models.ForeignKey("crm.SalesOrderLine", models.PROTECT, related_name="return_request_lines")
    shipment_line_id = models.BigIntegerField(_("shipment line"), null=True, blank=True)
    quantity = QuantityField(_("quantity"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    received_quantity = QuantityField(_("received"), default=ZERO, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("return request line")
        verbose_name_plural = _("return request lines")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "order_line", "shipment_line_id"],
                name="crm_returnrequestline_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(
                    quantity__gt=0, received_quantity__gte=0, received_quantity__lte=models.F("quantity")
                ),
                name="crm_returnrequestline_quantity_range",
            ),
        ]
