"""As-built records: which component went into which finished serial number."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import QuantityField
from erp.models.production import WorkOrder
from erp.models.stock import Lot


class BuiltIn(models.Model):
    """A component (serial number, or a lot) that was built into one finished serial number or lot of a work order.

    quantity in the component's stock unit. Taken out again it stays as history (``removed_at``).
    """

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="built_in", verbose_name=_("work order"))
    product = models.ForeignKey(Lot, models.PROTECT, related_name="built_in", verbose_name=_("finished serial number"))
    component = models.ForeignKey(Lot, models.PROTECT, related_name="built_into", verbose_name=_("component"))
    quantity = QuantityField(_("quantity"))
    created_at = models.DateTimeField(_("built in at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    removed_at = models.DateTimeField(_("taken out at"), null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("taken out by")
    )

    class Meta:
        verbose_name = _("as-built record")
        verbose_name_plural = _("as-built records")
        ordering = ["product", "id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["product", "component"], condition=Q(removed_at__isnull=True), name="erp_builtin_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_builtin_quantity"),
            models.CheckConstraint(condition=~Q(product=F("component")), name="erp_builtin_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} ← {self.component_id}"
