"""The cost of work orders: the baseline frozen at release, what hours absorbed, and when an order runs over."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, PercentField, QuantityField, RateField, UnitPriceField
from core.history import History
from core.locks import LockRank
from erp.models.production import ProductionReport, WorkOrder
from erp.states.costing import CostElement, OverrunAction


class OrderBaseline(models.Model):
    """One line of what a work order was to cost when it was released: bill, routing and rates of that day. Append-only.

    Per good unit ``unit_quantity`` and once ``fixed_quantity`` (stock unit of the item, or hours), at ``price`` each in
    base currency (below zero for what by-products bring). An order that is rescheduled before anything is booked on it
    gets a new baseline: the highest ``edition`` counts.
    """

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="baseline", verbose_name=_("work order"))
    edition = models.PositiveSmallIntegerField(_("edition"), default=1)
    element = models.CharField(_("element"), max_length=12, choices=CostElement)
    item = models.ForeignKey("masterdata.Item", models.PROTECT, null=True, related_name="+", verbose_name=_("material"))
    operation_no = models.PositiveIntegerField(_("operation"), null=True)
    unit_quantity = RateField(_("per unit"), default=0)
    fixed_quantity = QuantityField(_("once"), default=0)
    price = UnitPriceField(_("price"))

    class Meta:
        verbose_name = _("cost baseline")
        verbose_name_plural = _("cost baselines")
        ordering = ["work_order", "edition", "id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(element__in=CostElement.values), name="erp_orderbaseline_element"),
            models.CheckConstraint(
                condition=Q(unit_quantity__gte=0, fixed_quantity__gte=0), name="erp_orderbaseline_quantities"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work_order_id} {self.element}"


class AbsorbedCost(models.Model):
    """Machine and overhead that the hours of one report brought into process at the rates of the day. Append-only.

    Below zero: the report was taken back.
    """

    report = models.OneToOneField(
        ProductionReport, models.PROTECT, related_name="absorbed", verbose_name=_("production report")
    )
    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="absorbed", verbose_name=_("work order"))
    work_center = models.ForeignKey("erp.WorkCenter", models.PROTECT, related_name="+", verbose_name=_("work centre"))
    operation_no = models.PositiveIntegerField(_("operation"), null=True)
    hours = QuantityField(_("hours"))
    machine_hours = QuantityField(_("machine hours"))
    machine_rate = UnitPriceField(_("machine rate per hour"))
    overhead_rate = UnitPriceField(_("overhead rate per hour"))
    machine_amount = AmountField(_("machine cost"))
    overhead_amount = AmountField(_("overhead"))
    absorbed_on = models.DateField(_("date"))

    class Meta:
        verbose_name = _("absorbed cost")
        verbose_name_plural = _("absorbed costs")
        ordering = ["id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.work_order_id} {self.machine_amount + self.overhead_amount}"


class OperationFee(models.Model):
    """What a supplier's work at a step brought: pieces that came back, and their fee in process. Append-only.

    Named by the document that says so and its line. A row without pieces is a later difference of his invoice; below
    zero, it was taken back.   is_late  the order was settled already: the difference followed its goods.
    """

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="fees", verbose_name=_("work order"))
    operation_no = models.PositiveIntegerField(_("operation"))
    quantity = QuantityField(_("pieces back"), default=0)
    amount = AmountField(_("fee"))
    source_label = models.CharField(_("source"), max_length=60)
    source_id = models.BigIntegerField(_("source document"))
    source_number = models.CharField(_("source number"), max_length=40, blank=True)
    source_line_id = models.BigIntegerField(_("source line"))
    is_late = models.BooleanField(_("after the order was settled"), default=False)
    booked_on = models.DateField(_("date"))
    created_at = models.DateTimeField(_("created at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )

    class Meta:
        verbose_name = _("fee of an operation")
        verbose_name_plural = _("fees of operations")
        ordering = ["id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["source_label", "source_id"], name="erp_operationfee_source")]

    def __str__(self) -> str:
        return f"{self.work_order_id}/{self.operation_no} {self.amount}"


class CostingSettings(models.Model):
    """One row: how far an order may run over its budget before somebody hears of it, and what happens then."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 7

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    overrun_percent = PercentField(
        _("tolerance, %"), default=5, help_text=_("How much more than planned an order may be projected to cost.")
    )
    overrun_action = models.CharField(_("above it"), max_length=10, choices=OverrunAction, default=OverrunAction.WARN)
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("costing settings")
        verbose_name_plural = _("costing settings")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="erp_costingsettings_one"),
            models.CheckConstraint(
                condition=Q(overrun_percent__gte=0) & Q(overrun_action__in=OverrunAction.values),
                name="erp_costingsettings_known",
            ),
        ]

    def __str__(self) -> str:
        return str(_("costing settings"))

    def get_absolute_url(self) -> str:
        return reverse("erp:costing-settings")


class CostOverrun(models.Model):
    """A posting brought an order's projected cost above its budget: said once per order and whole percent."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="overruns", verbose_name=_("work order"))
    planned = AmountField(_("planned"))
    projected = AmountField(_("projected"))
    percent = PercentField(_("above the plan, %"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("posted by")
    )
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("cost overrun")
        verbose_name_plural = _("cost overruns")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("exceed_workorder_cost", _("Can post above the budget of a work order"))]

    def __str__(self) -> str:
        return f"{self.work_order_id} +{self.percent} %"
