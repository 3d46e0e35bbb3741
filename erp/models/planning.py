"""The plan: runs, the ring of planned orders, advice on supply, verdicts on order lines, events that ask for a run."""

import datetime as dt
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import QuantityField
from core.history import History
from core.locks import LockRank
from erp.states import AdviceKind, ForecastPeriod, LateReason, PlannedSupply, PromiseRule, ScrapConvention

RING = 4
"""Partitions of the plan; run n lies in slot n mod 4, so a reader of the current run is never truncated under."""


class PlanningSettings(models.Model):
    """The one row of rules the planner works by."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 2

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    scrap_convention = models.CharField(
        _("scrap convention"),
        max_length=10,
        choices=ScrapConvention,
        default=ScrapConvention.USAGE,
        help_text=_("Of 100 pieces with 5 percent scrap: 105.00 by usage, 105.26 by yield."),
    )
    reschedule_days = models.PositiveSmallIntegerField(
        _("pull in within days"),
        default=30,
        help_text=_("Supply that arrives this much too late is pulled in rather than ordered a second time."),
    )
    dampener_days = models.PositiveSmallIntegerField(
        _("ignore shifts up to days"), default=3, help_text=_("Smaller shifts of existing supply are not proposed.")
    )
    default_lead_days = models.PositiveSmallIntegerField(
        _("lead time of items without one"), default=0, help_text=_("Working days.")
    )
    increase_days = models.PositiveSmallIntegerField(
        _("raise purchases within days"),
        null=True,
        blank=True,
        help_text=_(
            "A purchase due so near to a shortage is to be raised, rather than a second one made. Empty: never."
        ),
    )
    near_days = models.PositiveSmallIntegerField(
        _("near horizon in days"),
        default=28,
        help_text=_("A large plan lists the orders to be released within these days; later ones are kept by item."),
    )
    forecast_period = models.CharField(
        _("forecast period"), max_length=5, choices=ForecastPeriod, default=ForecastPeriod.MONTH
    )
    net_phantoms = models.BooleanField(
        _("use stock of skipped levels first"),
        default=True,
        help_text=_("Stock of a phantom or skipped component is used before its own components."),
    )
    joint_orders = models.BooleanField(
        _("a short co-product starts an order"),
        default=False,
        help_text=_("Of the product it comes out with; for co-products that have no bill of material of their own."),
    )
    substitute_partly = models.BooleanField(
        _("substitutes may cover a part"),
        default=True,
        help_text=_("Otherwise a substitute covers all that is short on a day, or nothing."),
    )
    promise_rule = models.CharField(
        _("promises go as far as"),
        max_length=4,
        choices=PromiseRule,
        default=PromiseRule.CTP,
        help_text=_("What a quotation may promise when stock and firm supply do not cover it."),
    )
    promise_keeps_safety_stock = models.BooleanField(
        _("promises keep the safety stock"), default=False, help_text=_("The safety stock is not promised away.")
    )
    promise_makes_orders = models.BooleanField(
        _("accepted splits are made at once"),
        default=True,
        help_text=_(
            "What a promised part lacks gets its work order, with material, when the sales order is confirmed."
        ),
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("planning settings")
        verbose_name_plural = _("planning settings")
        permissions = [("configure_planning", _("Can change the planning settings"))]
        constraints = [models.CheckConstraint(condition=Q(singleton=True), name="erp_planningsettings_singleton")]

    def __str__(self) -> str:
        return str(_("Planning settings"))


class PlanRun(models.Model):
    """One regenerative run: when, on which inputs, with which result. ``digest`` is equal for equal plans.

    A later run of the same day whose plan hardly differs changes these orders instead of writing all anew: ``changes``
    counts such runs, and inputs, counts and digests are those of the last.
    """

    number = models.BigIntegerField(_("run"), primary_key=True)
    as_of_date = models.DateField(_("planned as of"))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    items = models.PositiveIntegerField(_("items"))
    demands = models.PositiveIntegerField(_("demands"))
    supplies = models.PositiveIntegerField(_("supplies"))
    orders = models.PositiveIntegerField(_("planned orders"))
    problems = models.JSONField(_("problems"), default=list)
    input_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    near_until = models.DateField(
        _("listed until"), null=True, help_text=_("Orders to be released later are kept by item. Empty: none are.")
    )
    changes = models.PositiveIntegerField(_("changed since"), default=0)
    changed_at = models.DateTimeField(_("changed at"), null=True)

    class Meta:
        verbose_name = _("plan run")
        verbose_name_plural = _("plan runs")
        ordering = ["-number"]
        permissions = [("run_plan", _("Can have the plan made anew"))]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def slot(self) -> int:
        """The partition of the ring that holds its orders (as long as no newer run took it)."""
        return self.number % RING


class CurrentRun(models.Model):
    """One row: the run that readers read. Flipped in the transaction that wrote the run's orders."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    run = models.ForeignKey(PlanRun, models.PROTECT, related_name="+", verbose_name=_("run"))

    class Meta:
        verbose_name = _("current run")
        verbose_name_plural = _("current run")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="erp_currentrun_one")]

    def __str__(self) -> str:
        return str(self.run_id)


class PlannedOrder(models.Model):
    """A proposal of the planner: make or buy this much of an item by a day. Read by slot; nothing points to it.

    The table is a view: orders of the near horizon are rows, later ones lie in arrays by item (PlanRun.near_until);
    with a condition on ``is_near`` only one of the two is read. A phantom or skipped level is PASS_THROUGH: no
    proposal, but what its components are pegged through.
    Identity between runs is (item, due date, sequence). ``need_date`` is when it is missed, ``due_date`` the working
    day on or before, ``start_date`` the release, ``finish_date`` when it can really be there. ``demands`` are the
    earliest independent demands it is for (PEGS_SHOWN at most, of a far order one); ``more_demands``: and others.
    """

    PEGS_SHOWN: ClassVar[int] = 5
    PAST_DUE: ClassVar[int] = 1
    FOR_SAFETY_STOCK: ClassVar[int] = 2
    LATE: ClassVar[int] = 4
    WITHOUT_BOM: ClassVar[int] = 8
    FENCED: ClassVar[int] = 16
    PASS_THROUGH: ClassVar[int] = 32
    FOR_ONE_ORDER: ClassVar[int] = 64

    pk = models.CompositePrimaryKey("slot", "item", "due_date", "sequence")
    slot = models.SmallIntegerField()
    item = models.ForeignKey("masterdata.Item", models.DO_NOTHING, related_name="+", db_constraint=False)
    due_date = models.DateField(_("due"))
    sequence = models.IntegerField()
    start_date = models.DateField(_("release by"))
    need_date = models.DateField(_("needed"))
    finish_date = models.DateField(_("possible"))
    quantity = QuantityField(_("quantity"))
    supply_type = models.CharField(_("kind"), max_length=12, choices=PlannedSupply)
    flags = models.SmallIntegerField(default=0)
    more_demands = models.BooleanField(default=False)
    demands = ArrayField(models.BigIntegerField(), default=list)
    is_near = models.BooleanField(default=True)

    class Meta:
        managed = False
        db_table = "erp_plannedorder"
        verbose_name = _("planned order")
        verbose_name_plural = _("planned orders")
        default_permissions = ("view",)
        permissions = [("firm_plannedorder", _("Can firm planned orders"))]

    def __str__(self) -> str:
        return f"{self.item} {self.due_date.isoformat()} #{self.sequence}"

    @property
    def identity(self) -> str:
        """``<item>:<due date>:<sequence>``: how pages, API and firming name a planned order."""
        return f"{self.item_id}:{self.due_date.isoformat()}:{self.sequence}"

    @property
    def is_past_due(self) -> bool:
        """It should have been released before the day of the plan."""
        return bool(self.flags & self.PAST_DUE)

    @property
    def is_for_safety_stock(self) -> bool:
        """Only the safety stock asks for it."""
        return bool(self.flags & self.FOR_SAFETY_STOCK)

    @property
    def is_late(self) -> bool:
        """Even started now it comes after the day it is needed."""
        return bool(self.flags & self.LATE)

    @property
    def is_without_bom(self) -> bool:
        """It is to be made, but no released bill of material is valid then."""
        return bool(self.flags & self.WITHOUT_BOM)

    @property
    def is_fenced(self) -> bool:
        """It was moved to the end of the item's frozen days."""
        return bool(self.flags & self.FENCED)

    @property
    def is_passed_through(self) -> bool:
        """It is no order: a phantom or skipped level."""
        return bool(self.flags & self.PASS_THROUGH)

    @property
    def is_for_one_order(self) -> bool:
        """It is made to order: for one sales order line alone, the first of ``demands``."""
        return bool(self.flags & self.FOR_ONE_ORDER)


class SupplyAdvice(models.Model):
    """What the planner proposes for one existing supply: pull in, put off, raise, reduce, cancel. Kept up by each run.

    ``surplus_quantity`` is how much is not needed or, of supply to be raised, how much more is.
    """

    run_number = models.BigIntegerField(_("since run"))
    supply = models.OneToOneField(
        "erp.Supply", models.CASCADE, related_name="advice", verbose_name=_("supply"), db_constraint=False
    )
    kind = models.CharField(_("advice"), max_length=10, choices=AdviceKind)
    advised_date = models.DateField(_("needed"), null=True, blank=True)
    surplus_quantity = QuantityField(_("difference"), default=0)

    class Meta:
        verbose_name = _("advice on supply")
        verbose_name_plural = _("advice on supply")
        default_permissions = ("view",)
        ordering = ["advised_date", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.supply_id}"


class PlanSubstitution(models.Model):
    """What the plan takes of a substitute, out of its stock, for what it is short of a component on a day.

    ``used`` of the substitute stands in for ``quantity`` of the item. Kept up by each run.
    """

    item = models.ForeignKey(
        "masterdata.Item", models.DO_NOTHING, related_name="+", verbose_name=_("component"), db_constraint=False
    )
    substitute = models.ForeignKey(
        "masterdata.Item", models.DO_NOTHING, related_name="+", verbose_name=_("substitute"), db_constraint=False
    )
    day = models.DateField(_("needed"))
    quantity = QuantityField(_("quantity"))
    used = QuantityField(_("used"))

    class Meta:
        verbose_name = _("substitution of the plan")
        verbose_name_plural = _("substitutions of the plan")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["item", "substitute", "day"], name="erp_plansubstitution_one"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.substitute_id} {self.day}"


class PlanVerdict(models.Model):
    """What the plan says about one line of a sales order: when all of it can be there, how late, and why.

    Rewritten where a run changes it; ``run_number`` is the run that did. ``seen_date`` is the planned date with which
    it was last compared (erp.services.planning.changes).
    """

    order_line = models.OneToOneField(
        "crm.SalesOrderLine", models.PROTECT, related_name="+", verbose_name=_("order line")
    )
    run_number = models.BigIntegerField(_("since run"))
    due_date = models.DateField(_("due"))
    planned_date = models.DateField(_("planned"), null=True, blank=True)
    seen_date = models.DateField(null=True, blank=True, editable=False)
    days_late = models.IntegerField(_("days late"), default=0)
    stock_quantity = QuantityField(_("from stock"), default=0)
    reason = models.CharField(_("why"), max_length=16, choices=LateReason, default=LateReason.ON_TIME)
    blocking_item = models.ForeignKey(
        "masterdata.Item", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("held up by")
    )

    class Meta:
        verbose_name = _("plan verdict")
        verbose_name_plural = _("plan verdicts")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["days_late"], name="erp_planverdict_late", condition=Q(days_late__gt=0))]

    def __str__(self) -> str:
        return f"{self.order_line_id}: {self.planned_date}"


class PlanningEvent(models.Model):
    """A reason to plan again, written in the transaction that changed an input. The run that saw it deletes it.

    ``source`` is the document that changed, where one did. ``firmed_run`` is the run whose planned order was firmed:
    while the event lives, a newer run did not see the firming, so its orders of the item must not be firmed again.
    """

    reason = models.CharField(_("reason"), max_length=60)
    item_ids = ArrayField(models.BigIntegerField(), default=list)
    firmed_run = models.BigIntegerField(null=True, blank=True)
    source_label = models.CharField(max_length=60, blank=True)
    source_id = models.BigIntegerField(null=True, blank=True)
    source_number = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("planning event")
        verbose_name_plural = _("planning events")
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return self.reason


def identity_parts(identity: str) -> tuple[int, dt.date, int]:
    """Read ``<item>:<due date>:<sequence>`` back.

    Raises:
        ValueError: it is not such a name.
    """
    item, due, sequence = identity.split(":")
    return int(item), dt.date.fromisoformat(due), int(sequence)


def slot_filter(run: Any) -> dict[str, int]:
    """The constant every reader of planned orders must query with, so that it touches one partition only."""
    return {"slot": run.slot}
