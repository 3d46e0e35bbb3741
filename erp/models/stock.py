"""Lots, the append-only ledger of stock moves, and the locked balances that sum it up."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import QuantityField
from core.locks import LockRank
from erp.models.typed_units import InUnit, unit_check
from erp.states import MoveKind
from masterdata.models import StockStatus


class Lot(models.Model):
    """One lot or serial number of an item; item and expiry never change after its first move.

    A lot that is not usable is not usable wherever it lies.
    """

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 33

    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    code = models.CharField(_("lot or serial number"), max_length=60)
    supplier_lot = models.CharField(_("supplier's lot"), max_length=60, blank=True)
    expiry_date = models.DateField(_("expiry date"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=StockStatus, default=StockStatus.USABLE)
    status_reason = models.CharField(_("reason of the status"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), editable=False)

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering = ["item_id", "id"]
        permissions = [("block_lot", _("Can block and release lots and places"))]
        constraints = [
            models.UniqueConstraint(fields=["item", "code"], name="erp_lot_item_code"),
            models.CheckConstraint(condition=Q(status__in=StockStatus.values), name="erp_lot_status"),
        ]
        indexes = [
            models.Index(fields=["code"], name="erp_lot_code"),
            models.Index(fields=["expiry_date"], name="erp_lot_expiry", condition=Q(expiry_date__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("erp:lot-detail", args=[self.pk])


class StockMove(InUnit):
    """Goods of one item (and lot) that went from one location to another on a date; never changed, only reversed.

    ``quantity`` is in the stock unit; ``uom`` and ``unit_factor`` say in what unit somebody typed it.
    """

    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", verbose_name=_("lot"))
    owner = models.ForeignKey(
        "masterdata.Partner",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("owner of the goods"),
    )
    from_location = models.ForeignKey(
        "masterdata.Location", models.PROTECT, related_name="+", verbose_name=_("from location")
    )
    to_location = models.ForeignKey(
        "masterdata.Location", models.PROTECT, related_name="+", verbose_name=_("to location")
    )
    quantity = QuantityField(_("quantity"))
    second_quantity = QuantityField(_("second quantity"), null=True)
    kind = models.CharField(_("kind"), max_length=20, choices=MoveKind)
    source_label = models.CharField(_("source"), max_length=60)
    source_id = models.BigIntegerField(_("source document"))
    source_number = models.CharField(_("source number"), max_length=40)
    source_line_id = models.BigIntegerField(_("source line"), null=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reversals", verbose_name=_("reverses")
    )
    moved_on = models.DateField(_("date"))
    created_at = models.DateTimeField(_("posted at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("posted by")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    is_backdated = models.BooleanField(_("backdated"), default=False)

    class Meta:
        verbose_name = _("stock move")
        verbose_name_plural = _("stock moves")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("backdate_stock", _("Can post stock on days that are over"))]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_stockmove_quantity"),
            models.CheckConstraint(
                condition=Q(second_quantity__isnull=True) | Q(second_quantity__gte=0), name="erp_stockmove_second"
            ),
            models.CheckConstraint(condition=~Q(from_location=F("to_location")), name="erp_stockmove_two_places"),
            models.CheckConstraint(condition=Q(kind__in=MoveKind.values), name="erp_stockmove_kind"),
            unit_check("erp_stockmove_unit"),
        ]
        indexes = [
            models.Index(fields=["item", "moved_on", "id"], name="erp_stockmove_ledger"),
            models.Index(fields=["moved_on"], name="erp_stockmove_day"),
            models.Index(fields=["source_label", "source_id"], name="erp_stockmove_source"),
            models.Index(fields=["lot"], name="erp_stockmove_lot", condition=Q(lot__isnull=False)),
            models.Index(fields=["reverses"], name="erp_stockmove_reverses", condition=Q(reverses__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.source_number} {self.item_id} {self.quantity}"


class StockBalance(models.Model):
    """What of an item, lot and owner lies in one of our own locations: the locked running sum of its moves.

    ``owner`` is whose the goods are (none: ours); goods of others are counted, not valued. ``second_on_hand`` is the
    same goods in the item's second unit.
    """

    LOCK_RANK: ClassVar[int] = LockRank.BALANCE

    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    location = models.ForeignKey("masterdata.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", verbose_name=_("lot"))
    owner = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, related_name="+", verbose_name=_("owner of the goods")
    )
    is_serial = models.BooleanField(_("one piece"), default=False)
    on_hand = QuantityField(_("on hand"), default=0)
    second_on_hand = QuantityField(_("on hand in second unit"), default=0)
    reserved = QuantityField(_("reserved"), default=0)

    class Meta:
        verbose_name = _("stock balance")
        verbose_name_plural = _("stock balances")
        ordering = ["item_id", "location_id", "lot_id", "owner_id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["item", "location", "lot", "owner"], nulls_distinct=False, name="erp_stockbalance_key"
            ),
            models.CheckConstraint(
                condition=Q(second_on_hand__gte=0) & (Q(on_hand__gt=0) | Q(second_on_hand=0)),
                name="erp_stockbalance_second",
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(reserved=0), name="erp_stockbalance_others_not_reserved"
            ),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="erp_stockbalance_on_hand"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("on_hand")), name="erp_stockbalance_reserved"
            ),
            models.UniqueConstraint(
                fields=["lot"], condition=Q(is_serial=True, on_hand__gt=0), name="erp_stockbalance_serial_place"
            ),
            models.CheckConstraint(
                condition=Q(is_serial=False) | Q(on_hand__in=[0, 1]), name="erp_stockbalance_serial_single"
            ),
        ]
        indexes = [models.Index(fields=["location"], name="erp_stockbalance_location")]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.location_id}/{self.lot_id or '-'}"

    @property
    def available(self):
        """On hand and not reserved, stock unit."""
        return self.on_hand - self.reserved
