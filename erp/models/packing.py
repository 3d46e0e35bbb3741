"""Handling units: boxes and pallets that the goods of a shipment are packed in."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import QuantityField
from erp.models.shipments import Shipment, ShipmentLine
from erp.models.stock import Lot
from erp.states import HandlingUnitKind


class HandlingUnit(models.Model):
    """One box or pallet of a shipment; a box may stand on a pallet. Guarded by the lock of its shipment."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="units", verbose_name=_("shipment"))
    number = models.CharField(_("number"), max_length=40, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=HandlingUnitKind, default=HandlingUnitKind.CARTON)
    sscc = models.CharField(_("SSCC"), max_length=18, blank=True, help_text=_("Serial shipping container code."))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("stands on")
    )
    gross_weight = QuantityField(_("gross weight in kg"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), editable=False)

    class Meta:
        verbose_name = _("handling unit")
        verbose_name_plural = _("handling units")
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=HandlingUnitKind.values), name="erp_handlingunit_kind"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="erp_handlingunit_parent"
            ),
            models.CheckConstraint(
                condition=Q(gross_weight__isnull=True) | Q(gross_weight__gt=0), name="erp_handlingunit_weight"
            ),
            models.UniqueConstraint(fields=["sscc"], condition=~Q(sscc=""), name="erp_handlingunit_sscc"),
        ]

    def __str__(self) -> str:
        return self.number


class PackedGoods(models.Model):
    """Goods of one shipment line (and lot) in one box or pallet, in the stock unit."""

    unit = models.ForeignKey(HandlingUnit, models.CASCADE, related_name="contents", verbose_name=_("handling unit"))
    line = models.ForeignKey(ShipmentLine, models.CASCADE, related_name="packed", verbose_name=_("line"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lot"))
    quantity = QuantityField(_("quantity"))

    class Meta:
        verbose_name = _("packed goods")
        verbose_name_plural = _("packed goods")
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_packedgoods_quantity"),
            models.UniqueConstraint(fields=["unit", "line", "lot"], nulls_distinct=False, name="erp_packedgoods_key"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.quantity}"
