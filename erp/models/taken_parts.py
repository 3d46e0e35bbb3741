"""What an order that takes goods apart 拆卸 brings back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.documents import DocumentLine
from core.fields import ZERO, QuantityField, UnitCostField
from erp.models.production import WorkOrder


class TakenPart(DocumentLine):
    """One part of a disassembly: how much it should bring and has brought, and what a unit of it weighs in the cost.

    unit_weight is what the unit cost in the order that made the goods, else what it costs now: shares, not amounts.
    """

    work_order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="parts", verbose_name=_("work order"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("part"))
    planned_quantity = QuantityField(_("planned"))
    received_quantity = QuantityField(_("received into stock"), default=ZERO, editable=False)
    unit_weight = UnitCostField(_("weight in the cost"), default=ZERO)

    class Meta(DocumentLine.Meta):
        verbose_name = _("part of a disassembly")
        verbose_name_plural = _("parts of disassemblies")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_quantity__gte=0, received_quantity__gte=0, unit_weight__gte=0),
                name="erp_takenpart_quantities",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_no}. {self.item}"
