"""What subcontractors made of our material: which moves went into which receipt."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.models.stock import StockMove


class SubcontractUse(models.Model):
    """Material that was consumed at a subcontractor for goods received from him: a late cost follows it. Append-only.

    One consumption may have gone into several receipts (lots of one delivery): by their quantities.
    """

    used_move = models.ForeignKey(
        StockMove, models.PROTECT, related_name="subcontract_outputs", verbose_name=_("consumption")
    )
    receipt_move = models.ForeignKey(
        StockMove, models.PROTECT, related_name="subcontract_inputs", verbose_name=_("receipt")
    )

    class Meta:
        verbose_name = _("material of a subcontract receipt")
        verbose_name_plural = _("materials of subcontract receipts")
        ordering = ["id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["used_move", "receipt_move"], name="erp_subcontractuse_once"),
        ]

    def __str__(self) -> str:
        return f"{self.used_move_id} → {self.receipt_move_id}"
