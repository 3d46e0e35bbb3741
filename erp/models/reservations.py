"""Stock that is set aside for a demand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import QuantityField
from erp.models.demand import Demand
from erp.models.stock import StockBalance


class Reservation(models.Model):
    """A quantity of one balance kept for one demand (a quotation's hold is one too); deleted when used.

    Changed only with demand and balance locked.
    """

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="reservations", verbose_name=_("demand"))
    balance = models.ForeignKey(StockBalance, models.PROTECT, related_name="reservations", verbose_name=_("balance"))
    quantity = QuantityField(_("quantity"))
    created_at = models.DateTimeField(_("reserved at"))

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ["id"]
        default_permissions = ("view",)
        permissions = [
            ("reassign_reservation", _("Can move a reservation to another order")),
            ("hold_stock", _("Can hold stock for quotations")),
            ("reserve_kit", _("Can reserve material for work orders")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["demand", "balance"], name="erp_reservation_key"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_reservation_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.quantity}"
