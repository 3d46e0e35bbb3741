"""The value of stock: append-only value entries, and the running moving average per item."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, QuantityField
from core.locks import LockRank
from erp.models.stock import StockMove
from erp.states import EntryKind


class ItemCost(models.Model):
    """Quantity and value of an item in all our locations together: the running sum of its value entries."""

    LOCK_RANK: ClassVar[int] = LockRank.COST
    LOCK_PLACE: ClassVar[int] = 0

    item = models.OneToOneField("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    quantity = QuantityField(_("quantity"), default=0)
    value = AmountField(_("value"), default=0)

    class Meta:
        verbose_name = _("item cost")
        verbose_name_plural = _("item costs")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0, value__gte=0), name="erp_itemcost_signs"),
            models.CheckConstraint(condition=Q(quantity__gt=0) | Q(value=0), name="erp_itemcost_nothing_left"),
        ]

    def __str__(self) -> str:
        return str(self.item_id)

    @property
    def average(self) -> Decimal | None:
        """Moving average per stock unit in base currency; None without stock."""
        return self.value / self.quantity if self.quantity else None


class ValueEntry(models.Model):
    """One change of our stock value; its journal line carries the same Decimal. Never changed."""

    move = models.ForeignKey(StockMove, models.PROTECT, null=True, related_name="entries", verbose_name=_("move"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    kind = models.CharField(_("kind"), max_length=20, choices=EntryKind)
    quantity = QuantityField(_("quantity"))
    amount = AmountField(_("amount"))
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
        ]
        indexes = [
            models.Index(fields=["item", "booked_on", "id"], name="erp_valueentry_ledger"),
            models.Index(fields=["source_label", "source_id"], name="erp_valueentry_source"),
            models.Index(
                fields=["work_order_id"], name="erp_valueentry_work_order", condition=Q(work_order_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.quantity} {self.amount}"
