"""Backflushing 倒冲: which movements a report posted by itself, and what it could not post."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import QuantityField
from erp.models.production import ProductionReceipt, ProductionReport, WorkOrder, WorkOrderMaterial
from erp.models.stock import StockMove
from erp.states.making import ShortageReason


class BackflushMove(models.Model):
    """A movement of material that a report, or a receipt, posted by itself: taken back together with it."""

    move = models.OneToOneField(StockMove, models.PROTECT, related_name="+", verbose_name=_("stock move"))
    material = models.ForeignKey(WorkOrderMaterial, models.PROTECT, related_name="+", verbose_name=_("material"))
    report = models.ForeignKey(
        ProductionReport, models.PROTECT, null=True, related_name="backflushed", verbose_name=_("production report")
    )
    receipt = models.ForeignKey(
        ProductionReceipt, models.PROTECT, null=True, related_name="backflushed", verbose_name=_("production receipt")
    )

    class Meta:
        verbose_name = _("backflushed movement")
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.material_id} {self.move_id}"


class BackflushShortage(models.Model):
    """Material that was used up and could not be posted: the error queue, by material and day of the report."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="shortages", verbose_name=_("work order"))
    material = models.ForeignKey(WorkOrderMaterial, models.PROTECT, related_name="+", verbose_name=_("material"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    location = models.ForeignKey("masterdata.Location", models.PROTECT, related_name="+", verbose_name=_("place"))
    missing_quantity = QuantityField(_("missing"))
    reason_code = models.CharField(_("reason"), max_length=8, choices=ShortageReason)
    report = models.ForeignKey(
        ProductionReport, models.PROTECT, null=True, related_name="+", verbose_name=_("production report")
    )
    report_date = models.DateField(_("reported on"))
    created_at = models.DateTimeField(_("created at"))
    resolved_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("backflush error")
        verbose_name_plural = _("backflush errors")
        ordering = ["report_date", "id"]
        default_permissions = ("view",)
        permissions = [("retry_backflushshortage", _("Can post backflush errors again"))]
        constraints = [
            models.UniqueConstraint(
                fields=["material", "report_date"],
                condition=Q(resolved_at__isnull=True),
                name="erp_backflushshortage_open",
            ),
            models.CheckConstraint(condition=Q(missing_quantity__gt=0), name="erp_backflushshortage_missing"),
        ]
        indexes = [
            models.Index(fields=["item"], name="erp_backflushshortage_item", condition=Q(resolved_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.work_order} {self.item} {self.missing_quantity}"

    def get_absolute_url(self) -> str:
        return self.work_order.get_absolute_url()
