"""The watch over production: the thresholds, and the warnings that stand."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import PercentField, QuantityField
from core.history import History
from core.locks import LockRank
from erp.models.production import WorkOrder
from erp.states import TrackingKind


class TrackingSettings(models.Model):
    """The one row of thresholds; an empty one is not watched."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 3

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    late_start_days = models.PositiveSmallIntegerField(
        _("late start after … days"), null=True, blank=True, default=0, help_text=_("Days after the planned start.")
    )
    late_finish_days = models.PositiveSmallIntegerField(
        _("late finish after … days"), null=True, blank=True, default=0, help_text=_("Days after the due date.")
    )
    material_days = models.PositiveSmallIntegerField(
        _("material missing … days before the start"), null=True, blank=True, default=7
    )
    idle_days = models.PositiveSmallIntegerField(
        _("nothing reported for … days"), null=True, blank=True, default=3, help_text=_("On orders in progress.")
    )
    yield_percent = PercentField(
        _("good pieces below … %"),
        null=True,
        blank=True,
        default=Decimal(95),
        help_text=_("Of what was reported, good and scrap."),
    )
    notifies_sales = models.BooleanField(
        _("tell the salespeople"), default=False, help_text=_("Of the customer orders that are hit.")
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("tracking settings")
        verbose_name_plural = _("tracking settings")
        permissions = [("configure_tracking", _("Can change the thresholds of production tracking"))]
        constraints = [
            models.CheckConstraint(condition=Q(singleton=True), name="erp_trackingsettings_singleton"),
            models.CheckConstraint(
                condition=Q(yield_percent__isnull=True) | Q(yield_percent__gte=0, yield_percent__lte=100),
                name="erp_trackingsettings_yield",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Tracking settings"))


class TrackingWarning(models.Model):
    """One thing that is wrong with a work order, from the check that found it to the one that no longer did.

    days     how long it is late, idle, or until it starts without its material.   item  the material that is missing,
    quantity  how much of it.   percent  the yield.
    """

    kind = models.CharField(_("warning"), max_length=16, choices=TrackingKind)
    work_order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="warnings", verbose_name=_("work order"))
    days = models.IntegerField(_("days"), null=True)
    item = models.ForeignKey("masterdata.Item", models.PROTECT, null=True, related_name="+", verbose_name=_("material"))
    quantity = QuantityField(_("missing"), null=True)
    percent = PercentField(_("yield in %"), null=True)
    raised_at = models.DateTimeField(_("since"))
    closed_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("production warning")
        verbose_name_plural = _("production warnings")
        ordering = ["-raised_at", "-id"]
        default_permissions = ("view",)
        permissions = [
            ("check_trackingwarning", _("Can have production checked at once")),
            ("view_dossier", _("Can look up the dossier of an order, lot or serial number")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TrackingKind.values), name="erp_trackingwarning_kind"),
            models.UniqueConstraint(
                fields=["work_order", "kind"], condition=Q(closed_at__isnull=True), name="erp_trackingwarning_once"
            ),
        ]
        indexes = [
            models.Index(fields=["kind"], condition=Q(closed_at__isnull=True), name="erp_trackingwarning_open"),
        ]

    def __str__(self) -> str:
        return f"{self.work_order_id} {self.kind}"

    def get_absolute_url(self) -> str:
        return self.work_order.get_absolute_url()


class TrackingHit(models.Model):
    """A customer's order line that waits for the goods of a warned work order, directly or through other orders."""

    warning = models.ForeignKey(TrackingWarning, models.CASCADE, related_name="hits", verbose_name=_("warning"))
    order_line = models.ForeignKey("crm.SalesOrderLine", models.CASCADE, related_name="+", verbose_name=_("order line"))

    class Meta:
        verbose_name = _("order line hit by a warning")
        verbose_name_plural = _("order lines hit by warnings")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["warning", "order_line"], name="erp_trackinghit_once")]
        indexes = [models.Index(fields=["order_line"], name="erp_trackinghit_line")]

    def __str__(self) -> str:
        return f"{self.warning_id} {self.order_line_id}"
