"""When operations are done: the live times, and what-if plans of them that are compared before they are accepted."""

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.documents import Document
from core.fields import QuantityField
from core.history import History
from erp.models.routings import NamedStep
from erp.states.demand import (
    SCHEDULE_PLAN_TRANSITIONS,
    ScheduleDirection,
    SchedulePlanState,
    ScheduleRule,
    ScheduleSolver,
)


class OperationSlot(models.Model):
    """When and where one operation of a work order is to be done, as accepted last; without one it is not scheduled."""

    operation = models.OneToOneField(
        "erp.WorkOrderOperation", models.CASCADE, related_name="slot", verbose_name=_("operation")
    )
    work_center = models.ForeignKey(
        "erp.WorkCenter", models.PROTECT, null=True, related_name="+", verbose_name=_("work centre")
    )
    machine = models.SmallIntegerField(_("machine"), default=0)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    is_pinned = models.BooleanField(_("pinned"), default=False)

    class Meta:
        verbose_name = _("time of an operation")
        verbose_name_plural = _("times of operations")
        default_permissions = ()
        indexes = [models.Index(fields=["work_center", "starts_at"], name="erp_operationslot_center")]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="erp_operationslot_times")]

    def __str__(self) -> str:
        return f"{self.operation_id} {self.starts_at:%Y-%m-%d %H:%M}"


class SchedulePlan(Document):
    """A what-if plan of all open operations on limited machines; nothing follows from it before it is accepted."""

    TRANSITIONS = SCHEDULE_PLAN_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 41
    SCOPE_OWNER: ClassVar[str | None] = None

    state = models.CharField(
        _("state"), max_length=10, choices=SchedulePlanState, default=SchedulePlanState.DRAFT, editable=False
    )
    direction = models.CharField(
        pgettext_lazy("schedule", "direction"),
        max_length=8,
        choices=ScheduleDirection,
        default=ScheduleDirection.FORWARD,
    )
    rule = models.CharField(_("order of work"), max_length=8, choices=ScheduleRule, default=ScheduleRule.PRIORITY)
    solver = models.CharField(
        _("worked out by"),
        max_length=10,
        choices=ScheduleSolver,
        default=ScheduleSolver.RULES,
        help_text=_("The optimiser searches ten seconds; it weighs lateness by priority."),
    )
    is_proven = models.BooleanField(
        _("proven best"), default=False, editable=False, help_text=_("There is no plan with less lateness.")
    )
    waits_for_material = models.BooleanField(
        _("wait for material"), default=True, help_text=_("An order begins when its material is there.")
    )
    with_drafts = models.BooleanField(_("drafts too"), default=True)
    with_planned = models.BooleanField(
        _("planned orders too"),
        default=False,
        help_text=_(
            "Planned orders of the near horizon take machines beside work orders. Accepting gives those that somebody "
            "moved their dates; the others it leaves alone."
        ),
    )
    planned_at = models.DateTimeField(_("planned at"), editable=False)
    unplaced = models.PositiveIntegerField(_("operations without a place"), default=0, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("plan of capacity")
        verbose_name_plural = _("plans of capacity")
        permissions = [
            ("move_scheduleplan", _("Can move operations in plans of capacity")),
            ("accept_scheduleplan", _("Can accept plans of capacity")),
            ("discard_scheduleplan", _("Can discard plans of capacity")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SchedulePlanState.values), name="erp_scheduleplan_state"),
            models.CheckConstraint(condition=Q(solver__in=ScheduleSolver.values), name="erp_scheduleplan_solver"),
            models.CheckConstraint(condition=Q(rule__in=ScheduleRule.values), name="erp_scheduleplan_rule"),
            models.CheckConstraint(
                condition=Q(direction__in=ScheduleDirection.values), name="erp_scheduleplan_direction"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:schedule-plan", args=[self.pk])


class SchedulePlanRow(models.Model):
    """Where a what-if plan puts one operation; ``was_*`` is where it was when the plan was made.

    material_date  when the material of its order is there, as far as known (None: it is there).
    minutes        of work it was planned with (None: it is done elsewhere).
    """

    plan = models.ForeignKey(SchedulePlan, models.CASCADE, related_name="rows", verbose_name=_("plan"))
    operation = models.ForeignKey(
        "erp.WorkOrderOperation", models.CASCADE, related_name="+", verbose_name=_("operation")
    )
    work_center = models.ForeignKey(
        "erp.WorkCenter", models.PROTECT, null=True, related_name="+", verbose_name=_("work centre")
    )
    machine = models.SmallIntegerField(_("machine"), default=0)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    is_pinned = models.BooleanField(_("pinned"), default=False)
    was_starts_at = models.DateTimeField(_("started at before"), null=True)
    was_ends_at = models.DateTimeField(_("ended at before"), null=True)
    material_date = models.DateField(_("material there on"), null=True)
    minutes = models.PositiveIntegerField(_("minutes of work"), null=True)

    class Meta:
        verbose_name = _("row of a plan of capacity")
        verbose_name_plural = _("rows of plans of capacity")
        default_permissions = ()
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "operation"], name="erp_scheduleplanrow_once"),
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="erp_scheduleplanrow_times"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.operation_id}"

    @property
    def moved_by(self) -> dt.timedelta | None:
        """How much later (below zero: earlier) it ends than before; None when it had no time."""
        return self.ends_at - self.was_ends_at if self.was_ends_at else None


class SchedulePlanProposal(NamedStep):
    """Where a what-if plan puts one operation of a planned order, as the plan of that moment had it.

    identity  ``<item>:<due date>:<sequence>`` of the planned order.   order_line  the first customer it is for.
    """

    plan = models.ForeignKey(SchedulePlan, models.CASCADE, related_name="proposals", verbose_name=_("plan"))
    identity = models.CharField(_("planned order"), max_length=60)
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    quantity = QuantityField(_("quantity"))
    due_date = models.DateField(_("due"))
    order_line = models.ForeignKey(
        "crm.SalesOrderLine", models.PROTECT, null=True, related_name="+", verbose_name=_("order line")
    )
    number = models.PositiveIntegerField(_("operation"))
    work_center = models.ForeignKey(
        "erp.WorkCenter", models.PROTECT, null=True, related_name="+", verbose_name=_("work centre")
    )
    machine = models.SmallIntegerField(_("machine"), default=0)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    is_pinned = models.BooleanField(_("pinned"), default=False)

    class Meta:
        verbose_name = _("planned order in a plan of capacity")
        verbose_name_plural = _("planned orders in plans of capacity")
        default_permissions = ()
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "identity", "number"], name="erp_scheduleplanproposal_once"),
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="erp_scheduleplanproposal_times"),
        ]

    def __str__(self) -> str:
        return f"{self.item.code} {self.due_date.isoformat()}"

    def get_absolute_url(self) -> str:
        return reverse("erp:planned-order", args=[self.identity])

    @property
    def sales_order_line(self) -> Any:
        """The customer's line it is for, named as on a work order."""
        return self.order_line


class PlannedOrderTime(models.Model):
    """The dates that an accepted plan of capacity gave a planned order which somebody had moved in it.

    Each run gives them to its order of the same item, due day, sequence and quantity; without one they are forgotten.
    """

    plan = models.ForeignKey(SchedulePlan, models.CASCADE, related_name="+", verbose_name=_("plan"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    due_date = models.DateField(_("due"))
    sequence = models.IntegerField()
    quantity = QuantityField(_("quantity"))
    start_date = models.DateField(_("release by"))
    finish_date = models.DateField(_("possible"))

    class Meta:
        verbose_name = _("date of a planned order")
        verbose_name_plural = _("dates of planned orders")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["item", "due_date", "sequence"], name="erp_plannedordertime_once"),
            models.CheckConstraint(condition=Q(finish_date__gte=F("start_date")), name="erp_plannedordertime_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}:{self.due_date.isoformat()}:{self.sequence}"
