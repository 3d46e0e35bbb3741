"""The value of stock: value entries and layer uses, append-only; the running value per item and per receipt."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, QuantityField, UnitCostField
from core.locks import LockRank
from erp.models.stock import StockMove
from erp.states import EntryKind, ValueCounter
from masterdata.models import ItemCategory

ValuationMethod = ItemCategory.ValuationMethod


class ItemCost(models.Model):
    """Quantity and value of an item in all our locations together: the running sum of its value entries.

    method         how the stock there is is valued: taken from the item's category while there is none.
    standard_cost  per stock unit, under *standard*: taken from the item while there is no stock, else by revaluation.
    opening_cost   per stock unit, under *month-end average*: what issues of ``opening_month`` are provisionally worth.
    """

    LOCK_RANK: ClassVar[int] = LockRank.COST
    LOCK_PLACE: ClassVar[int] = 0

    item = models.OneToOneField("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    quantity = QuantityField(_("quantity"), default=0)
    value = AmountField(_("value"), default=0)
    method = models.CharField(
        _("valuation method"), max_length=16, choices=ValuationMethod, default=ValuationMethod.MOVING_AVERAGE
    )
    standard_cost = UnitCostField(_("standard cost"), default=0)
    opening_cost = UnitCostField(_("cost at the start of the month"), null=True)
    opening_month = models.DateField(_("month"), null=True)

    class Meta:
        verbose_name = _("item cost")
        verbose_name_plural = _("item costs")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0, value__gte=0), name="erp_itemcost_signs"),
            models.CheckConstraint(condition=Q(quantity__gt=0) | Q(value=0), name="erp_itemcost_nothing_left"),
            models.CheckConstraint(condition=Q(method__in=ValuationMethod.values), name="erp_itemcost_method"),
        ]

    def __str__(self) -> str:
        return str(self.item_id)

    @property
    def average(self) -> Decimal | None:
        """Moving average per stock unit in base currency; None without stock."""
        return self.value / self.quantity if self.quantity else None


class ValueEntry(models.Model):
    """One change of our stock value; its journal line carries the same Decimal. Never changed.

    A move's value is the sum of its entries: one of its own kind, later ones (quantity 0) for costs that came after.
    ``counter`` says where the other side goes when the kind does not. ``is_provisional``: an issue that the month-end
    run will bring to the average of its month.
    """

    move = models.ForeignKey(StockMove, models.PROTECT, null=True, related_name="entries", verbose_name=_("move"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    kind = models.CharField(_("kind"), max_length=20, choices=EntryKind)
    quantity = QuantityField(_("quantity"))
    amount = AmountField(_("amount"))
    counter = models.CharField(_("other side"), max_length=20, choices=ValueCounter, blank=True)
    is_provisional = models.BooleanField(_("provisional"), default=False)
    work_order_id = models.BigIntegerField(_("work order"), null=True)
    source_label = models.CharField(_("source"), max_length=60)
    source_id = models.BigIntegerField(_("source document"))
    source_line_id = models.BigIntegerField(_("source line"), null=True)
    booked_on = models.DateField(_("date"))
    created_at = models.DateTimeField(_("posted at"))

    class Meta:
        verbose_name = _("value entry")
        verbose_name_plural = _("value entries")
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="erp_valueentry_kind"),
            models.CheckConstraint(
                condition=Q(quantity=0) | Q(quantity__gt=0, amount__gte=0) | Q(quantity__lt=0, amount__lte=0),
                name="erp_valueentry_signs",
            ),
            models.CheckConstraint(
                condition=Q(counter="") | Q(counter__in=ValueCounter.values), name="erp_valueentry_counter"
            ),
        ]
        indexes = [
            models.Index(fields=["item", "booked_on", "id"], name="erp_valueentry_ledger"),
            models.Index(fields=["booked_on"], name="erp_valueentry_day"),
            models.Index(fields=["source_label", "source_id"], name="erp_valueentry_source"),
            models.Index(
                fields=["work_order_id"], name="erp_valueentry_work_order", condition=Q(work_order_id__isnull=False)
            ),
            models.Index(
                fields=["booked_on", "item"], name="erp_valueentry_provisional", condition=Q(is_provisional=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.quantity} {self.amount}"


class CostLayer(models.Model):
    """The goods one valued move brought into our stock, and how much of them is left; guarded by the ItemCost row.

    Under *first in, first out* the layer carries its remaining value: the value entries of its move less its uses.
    Under the other methods all goods of the item are worth the same, the value is one pool (ItemCost), and the layer
    only tells which receipt the goods came with, so that a late cost can follow them; its remaining value is empty.
    """

    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    move = models.OneToOneField(StockMove, models.PROTECT, related_name="layer", verbose_name=_("move"))
    received_on = models.DateField(_("date"))
    quantity = QuantityField(_("quantity"))
    remaining_quantity = QuantityField(_("remaining quantity"))
    remaining_value = AmountField(_("remaining value"), null=True)

    class Meta:
        verbose_name = _("cost layer")
        verbose_name_plural = _("cost layers")
        ordering = ["item_id", "received_on", "id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, remaining_quantity__gte=0, remaining_quantity__lte=F("quantity")),
                name="erp_costlayer_quantities",
            ),
            models.CheckConstraint(
                condition=Q(remaining_value__isnull=True)
                | Q(remaining_quantity=0, remaining_value=0)
                | Q(remaining_quantity__gt=0, remaining_value__gte=0),
                name="erp_costlayer_value",
            ),
        ]
        indexes = [
            models.Index(
                fields=["item", "received_on", "id"], name="erp_costlayer_open", condition=Q(remaining_quantity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.received_on} {self.remaining_quantity}"


class LayerUse(models.Model):
    """What a move took out of a layer. Never changed: a correction is one more row (below zero: given back).

    The uses of a value entry add up to its amount with the other sign; a later cost that follows goods out of stock has
    uses of quantity 0.
    """

    layer = models.ForeignKey(CostLayer, models.PROTECT, related_name="uses", verbose_name=_("layer"))
    move = models.ForeignKey(StockMove, models.PROTECT, related_name="uses", verbose_name=_("move"))
    entry = models.ForeignKey(ValueEntry, models.PROTECT, related_name="uses", verbose_name=_("value entry"))
    quantity = QuantityField(_("quantity"))
    amount = AmountField(_("amount"))

    class Meta:
        verbose_name = _("use of a cost layer")
        verbose_name_plural = _("uses of cost layers")
        ordering = ["id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.layer_id} {self.quantity} {self.amount}"
