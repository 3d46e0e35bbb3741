"""Shipments to customers: what to pick, what was picked where, what the customer signed for."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import AmountField, QuantityField
from core.history import History
from erp.models.stock import Lot
from erp.models.typed_units import InUnit, unit_check
from erp.states import SHIPMENT_TRANSITIONS, ShipmentState


class Shipment(Document):
    """One delivery of goods of one delivery request; a draft is its pick list, a signed one its proof of delivery."""

    TRANSITIONS = SHIPMENT_TRANSITIONS
    LOCK_PLACE = 36
    SCOPE_OWNER = None

    state = models.CharField(_("state"), max_length=12, choices=ShipmentState, default=ShipmentState.DRAFT)
    delivery_request = models.ForeignKey(
        "crm.DeliveryRequest", models.PROTECT, related_name="+", verbose_name=_("delivery request")
    )
    order = models.ForeignKey("crm.SalesOrder", models.PROTECT, related_name="+", verbose_name=_("sales order"))
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("customer"))
    warehouse = models.ForeignKey("masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    ship_to = models.ForeignKey(
        "masterdata.PartnerAddress", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ship to")
    )
    planned_date = models.DateField(_("planned date"), null=True, blank=True)
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True)
    shipped_date = models.DateField(_("shipped on"), null=True, blank=True, editable=False)
    signed_date = models.DateField(_("signed on"), null=True, blank=True, editable=False)
    signed_by = models.CharField(_("signed by"), max_length=80, blank=True)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        permissions = [
            ("pick_shipment", _("Can pick shipments")),
            ("pack_shipment", _("Can pack shipments")),
            ("ship_shipment", _("Can post shipments")),
            ("sign_off_shipment", _("Can record the customer's signature")),
            ("reverse_shipment", _("Can reverse shipments")),
            ("cancel_shipment", _("Can cancel pick lists")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ShipmentState.values), name="erp_shipment_state"),
        ]
        indexes = [
            models.Index(fields=["order"], name="erp_shipment_order"),
            models.Index(fields=["delivery_request"], name="erp_shipment_request"),
            models.Index(fields=["state", "planned_date"], name="erp_shipment_waiting"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:shipment-detail", args=[self.pk])


class ShipmentLine(DocumentLine, InUnit):
    """Goods of one order line on a shipment; all quantities in the item's stock unit.

    What the customer signed for, what was damaged and what was missing were typed in one unit.
    """

    TYPED = "signed_quantity"

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines", verbose_name=_("shipment"))
    order_line = models.ForeignKey("crm.SalesOrderLine", models.PROTECT, related_name="+", verbose_name=_("order line"))
    request_line = models.ForeignKey(
        "crm.DeliveryRequestLine", models.PROTECT, related_name="+", verbose_name=_("request line")
    )
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    quantity = QuantityField(_("quantity"))
    picked_quantity = QuantityField(_("picked"), default=0, editable=False)
    signed_quantity = QuantityField(_("signed"), default=0, editable=False)
    damaged_quantity = QuantityField(_("damaged"), default=0, editable=False)
    short_quantity = QuantityField(_("missing"), default=0, editable=False)
    cost = AmountField(_("cost"), default=0, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("shipment line")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, picked_quantity__gte=0, picked_quantity__lte=F("quantity")),
                name="erp_shipmentline_picked",
            ),
            models.CheckConstraint(
                condition=Q(
                    signed_quantity__gte=0,
                    damaged_quantity__gte=0,
                    short_quantity__gte=0,
                    picked_quantity__gte=F("signed_quantity") + F("damaged_quantity") + F("short_quantity"),
                ),
                name="erp_shipmentline_signed",
            ),
            unit_check("erp_shipmentline_unit"),
        ]
        indexes = [
            models.Index(fields=["order_line"], name="erp_shipmentline_order_line"),
            models.Index(fields=["request_line"], name="erp_shipmentline_request_line"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id}/{self.line_no}"

    @property
    def entered_damaged_quantity(self) -> Decimal | None:
        """What arrived damaged as it was typed, in ``uom``."""
        return self.in_typed_unit(self.damaged_quantity)

    @property
    def entered_short_quantity(self) -> Decimal | None:
        """What was missing as it was typed, in ``uom``."""
        return self.in_typed_unit(self.short_quantity)


class ShipmentPick(InUnit):
    """Goods taken for a shipment line from one place (and lot): one row per scan, gathered when picking is finished."""

    line = models.ForeignKey(ShipmentLine, models.CASCADE, related_name="picks", verbose_name=_("line"))
    location = models.ForeignKey("masterdata.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lot"))
    quantity = QuantityField(_("quantity"))
    second_quantity = QuantityField(
        _("second quantity"),
        null=True,
        blank=True,
        help_text=_("As it was weighed; empty: its share of what lies there."),
    )

    class Meta:
        verbose_name = _("pick")
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_shipmentpick_quantity"),
            models.CheckConstraint(
                condition=Q(second_quantity__isnull=True) | Q(second_quantity__gt=0), name="erp_shipmentpick_second"
            ),
            unit_check("erp_shipmentpick_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.quantity}"
