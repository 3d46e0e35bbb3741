"""What a work order brings beside its item: co-products and by-products."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.documents import DocumentLine
from core.fields import ZERO, AmountField, PercentField, QuantityField, UnitPriceField
from erp.models.production import WorkOrder
from erp.states.engineering import OUTPUT_KINDS, BomLineKind, OutputCost


class WorkOrderOutput(DocumentLine):
    """One co- or by-product of a work order, copied from its bill of material: planned, received, and its cost.

    Quantities in its stock unit, amounts in base currency. capped_amount is what its fixed amount asked for beyond the
    cost there was: an exception to be looked at.
    """

    work_order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="outputs", verbose_name=_("work order"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    line_kind = models.CharField(_("kind of line"), max_length=10, choices=BomLineKind)
    cost_method = models.CharField(_("cost by"), max_length=12, choices=OutputCost)
    planned_quantity = QuantityField(_("planned"))
    material_weight = QuantityField(_("weight of the material"), default=ZERO)
    conversion_weight = QuantityField(_("weight of the conversion"), null=True)
    cost_percent = PercentField(_("cost %"), default=ZERO)
    fixed_amount = UnitPriceField(_("fixed amount"), default=ZERO)
    received_quantity = QuantityField(_("received into stock"), default=ZERO, editable=False)
    received_cost = AmountField(_("cost received into stock"), default=ZERO, editable=False)
    capped_amount = AmountField(_("beyond the cost there was"), default=ZERO, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("co- or by-product of a work order")
        verbose_name_plural = _("co- and by-products of work orders")
        constraints = [
            models.UniqueConstraint(fields=["work_order", "item"], name="erp_workorderoutput_item"),
            models.CheckConstraint(
                condition=Q(planned_quantity__gt=0, received_quantity__gte=0, capped_amount__gte=0),
                name="erp_workorderoutput_signs",
            ),
            models.CheckConstraint(condition=Q(line_kind__in=OUTPUT_KINDS), name="erp_workorderoutput_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.line_no}. {self.item}"

    @property
    def open_quantity(self) -> Decimal:
        """What is planned and has not come."""
        return max(ZERO, self.planned_quantity - self.received_quantity)
