"""Stock that is set aside for a demand, and expected supply that is promised to one."""

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


class SupplyPeg(models.Model):
    """What of one line of expected supply is promised to one demand: kept for it when the goods are there.

    The supply is named by its source, so that a peg outlives partial receipts. Of the quantity only counts what the
    demand still lacks beyond its reservations; what is no more expected has arrived and waits to be reserved.
    """

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="pegs", verbose_name=_("demand"))
    source_label = models.CharField(_("source"), max_length=60)
    source_line_id = models.BigIntegerField(_("source line"))
    quantity = QuantityField(_("quantity"))
    created_at = models.DateTimeField(_("promised at"))

    class Meta:
        verbose_name = _("promised supply")
        verbose_name_plural = _("promised supplies")
        ordering = ["id"]
        default_permissions = ()
        indexes = [models.Index(fields=["source_label", "source_line_id"], name="erp_supplypeg_source")]
        constraints = [
            models.UniqueConstraint(fields=["demand", "source_label", "source_line_id"], name="erp_supplypeg_key"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_supplypeg_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.quantity}"
