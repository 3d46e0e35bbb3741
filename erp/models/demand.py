"""What is needed and what is expected: the only rows planning reads besides stock and engineering data."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import QuantityField
from core.locks import LockRank
from erp.states import DemandKind, SupplyKind

DEFAULT_PRIORITY = 5


class Demand(models.Model):
    """A quantity of an item that somebody needs by a date; ``open_quantity`` is what is still to be delivered."""

    LOCK_RANK: ClassVar[int] = LockRank.PROMISE

    kind = models.CharField(_("kind"), max_length=12, choices=DemandKind)
    source_label = models.CharField(_("source"), max_length=60)
    source_id = models.BigIntegerField(_("source document"))
    source_number = models.CharField(_("source number"), max_length=40, blank=True)
    source_line_id = models.BigIntegerField(_("source line"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    quantity = QuantityField(_("quantity"))
    open_quantity = QuantityField(_("open quantity"))
    due_date = models.DateField(_("due date"))
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=DEFAULT_PRIORITY, help_text=_("1 is served first, 9 last.")
    )
    warehouse = models.ForeignKey(
        "masterdata.Warehouse", models.PROTECT, null=True, related_name="+", verbose_name=_("warehouse")
    )
    partner = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, related_name="+", verbose_name=_("partner")
    )
    placed_quantity = QuantityField(
        _("lies at the supplier"),
        default=0,
        help_text=_("Of material for a subcontractor: sent for this order and not used yet."),
    )
    expires_on = models.DateField(_("held until"), null=True, help_text=_("Of a hold: its last day."))
    project = models.ForeignKey(
        "masterdata.Project", models.PROTECT, null=True, related_name="+", verbose_name=_("project")
    )

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering = ["due_date", "priority", "id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["source_label", "source_line_id"], name="erp_demand_source_line"),
            models.CheckConstraint(
                condition=Q(open_quantity__gte=0, open_quantity__lte=F("quantity")), name="erp_demand_open"
            ),
            models.CheckConstraint(condition=Q(kind__in=DemandKind.values), name="erp_demand_kind"),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=9), name="erp_demand_priority"),
            models.CheckConstraint(
                condition=Q(kind="hold", expires_on__isnull=False) | (~Q(kind="hold") & Q(expires_on__isnull=True)),
                name="erp_demand_hold_expires",
            ),
        ]
        indexes = [
            models.Index(fields=["item", "due_date"], name="erp_demand_open_item", condition=Q(open_quantity__gt=0)),
            models.Index(fields=["source_label", "source_id"], name="erp_demand_source"),
            models.Index(fields=["expires_on"], name="erp_demand_expires", condition=Q(expires_on__isnull=False)),
            models.Index(fields=["project", "item"], name="erp_demand_project", condition=Q(project__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.source_number} {self.item_id} {self.open_quantity}"


class Supply(models.Model):
    """A quantity of an item that is expected by a date from an order not yet received."""

    kind = models.CharField(_("kind"), max_length=12, choices=SupplyKind)
    source_label = models.CharField(_("source"), max_length=60)
    source_id = models.BigIntegerField(_("source document"))
    source_number = models.CharField(_("source number"), max_length=40, blank=True)
    source_line_id = models.BigIntegerField(_("source line"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    open_quantity = QuantityField(_("open quantity"))
    due_date = models.DateField(_("due date"))
    is_firm = models.BooleanField(
        _("firm"), default=True, help_text=_("Counts as a promise of supply (a requisition does not).")
    )
    warehouse = models.ForeignKey(
        "masterdata.Warehouse", models.PROTECT, null=True, related_name="+", verbose_name=_("warehouse")
    )
    order_line = models.ForeignKey(
        "crm.SalesOrderLine",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("made for"),
        help_text=_("Of an item made to order: the line it belongs to and is never shared."),
    )
    project = models.ForeignKey(
        "masterdata.Project",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("project"),
        help_text=_("Of an item made to order: the project it belongs to; no other gets it."),
    )
    material_source_id = models.BigIntegerField(
        _("order whose material it is made of"),
        null=True,
        help_text=_("Of goods a subcontractor makes: the order whose demand is their material."),
    )
    is_begun = models.BooleanField(
        _("begun"), default=False, help_text=_("A part has come, or its material is out: quantity and day are fixed.")
    )

    class Meta:
        verbose_name = _("expected supply")
        verbose_name_plural = _("expected supplies")
        ordering = ["due_date", "id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["source_label", "source_line_id"], name="erp_supply_source_line"),
            models.CheckConstraint(condition=Q(open_quantity__gt=0), name="erp_supply_open"),
            models.CheckConstraint(condition=Q(kind__in=SupplyKind.values), name="erp_supply_kind"),
        ]
        indexes = [
            models.Index(fields=["item", "due_date"], name="erp_supply_item"),
            models.Index(fields=["source_label", "source_id"], name="erp_supply_source"),
            models.Index(fields=["project"], name="erp_supply_project", condition=Q(project__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.source_number} {self.item_id} {self.open_quantity}"
