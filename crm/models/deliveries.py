"""Delivery requests 发货通知: sales tells the warehouse what may leave."""

from decimal import Decimal

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import ZERO, QuantityField
from core.history import History
from crm.states import DELIVERY_REQUEST_TRANSITIONS, DeliveryRequestState


class DeliveryRequest(Document):
    """One permission to ship goods of one order to one address on one day."""

    LOCK_PLACE = 24
    TRANSITIONS = DELIVERY_REQUEST_TRANSITIONS

    state = models.CharField(
        _("state"), max_length=12, choices=DeliveryRequestState, default=DeliveryRequestState.DRAFT, editable=False
    )
    order = models.ForeignKey(
        "crm.SalesOrder", models.PROTECT, related_name="delivery_requests", verbose_name=_("sales order")
    )
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("customer"))
    ship_to = models.ForeignKey(
        "masterdata.PartnerAddress", models.PROTECT, related_name="+", verbose_name=_("delivery address")
    )
    warehouse = models.ForeignKey("masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    ship_date = models.DateField(_("ship on"))
    released_date = models.DateField(_("released on"), null=True, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("delivery request")
        verbose_name_plural = _("delivery requests")
        permissions = [
            ("release_deliveryrequest", _("Can release deliveries")),
            ("close_deliveryrequest", _("Can close delivery requests")),
            ("cancel_deliveryrequest", _("Can cancel delivery requests")),
        ]
        indexes = [
            models.Index(fields=["order"], name="crm_deliveryrequest_of_order"),
            models.Index(fields=["state", "ship_date"], name="crm_deliveryrequest_state_date"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryRequestState.values), name="crm_deliveryrequest_state_known"
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("crm:delivery-request-detail", args=[self.pk])


class DeliveryRequestLine(DocumentLine):
    """A part of an order line that may be shipped; quantities in the item's stock unit."""

    request = models.ForeignKey(DeliveryRequest, models.CASCADE, related_name="lines")
    order_line = models.ForeignKey("crm.SalesOrderLine", models.PROTECT, related_name="delivery_request_lines")
    quantity = QuantityField(_("quantity"))
    shipped_quantity = QuantityField(_("shipped"), default=ZERO, editable=False)
    signed_quantity = QuantityField(_("signed for"), default=ZERO, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("delivery request line")
        verbose_name_plural = _("delivery request lines")
        constraints = [
            models.UniqueConstraint(fields=["request", "order_line"], name="crm_deliveryrequestline_once"),
            models.CheckConstraint(
                condition=models.Q(
                    quantity__gt=0,
                    shipped_quantity__gte=0,
                    shipped_quantity__lte=models.F("quantity"),
                    signed_quantity__gte=0,
                    signed_quantity__lte=models.F("shipped_quantity"),
                ),
                name="crm_deliveryrequestline_quantity_range",
            ),
        ]

    @property
    def open_quantity(self) -> Decimal:
        """What is released but not shipped yet, in the item's stock unit."""
        return self.quantity - self.shipped_quantity
