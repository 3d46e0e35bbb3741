"""Operations of work orders: what is done where, how far it is, who does it, what a piece pays."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO, AmountField, QuantityField, UnitPriceField
from core.history import History
from core.locks import LockRank
from erp.models.production import ProductionReport, WorkOrder
from erp.models.routings import NamedStep
from erp.states.making import OPERATION_TRANSITIONS, OperationState


class WorkOrderOperation(NamedStep):
    """One step of a work order, copied from the routing when the order was written; done in the order of ``number``.

    routing  the revision it was copied from: its files are those of the step.
    Minutes are for the whole order. good and scrap are derived from the reports: a step has brought at least what the
    steps after it were reported with. Whoever reports holds the order's lock.
    """

    TRANSITIONS = OPERATION_TRANSITIONS
    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 30

    work_order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="operations", verbose_name=_("work order"))
    number = models.PositiveIntegerField(_("operation"))
    routing = models.ForeignKey(
        "erp.Routing", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("routing")
    )
    work_center = models.ForeignKey(
        "erp.WorkCenter", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("work centre")
    )
    setup_minutes = QuantityField(_("planned set-up minutes"), default=ZERO)
    run_minutes = QuantityField(_("planned run minutes"), default=ZERO)
    is_count_point = models.BooleanField(_("count point"), default=True)
    is_subcontracted = models.BooleanField(_("subcontracted"), default=False)
    supplier = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("supplier")
    )
    unit_price = UnitPriceField(_("price per unit"), default=ZERO)
    instructions = models.TextField(_("instructions"), blank=True)
    good_quantity = QuantityField(_("good"), default=ZERO, editable=False)
    scrap_quantity = QuantityField(_("scrap"), default=ZERO, editable=False)
    rework_quantity = QuantityField(_("to be reworked"), default=ZERO, editable=False)
    state = models.CharField(
        _("state"), max_length=8, choices=OperationState, default=OperationState.WAITING, editable=False
    )
    responsible = models.ForeignKey(
        "masterdata.Employee", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    rank = models.PositiveIntegerField(_("rank"), default=100, help_text=_("The way through the list: lower first."))
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)

    class Meta:
        verbose_name = _("operation of a work order")
        verbose_name_plural = _("operations of work orders")
        ordering = ["work_order", "number"]
        permissions = [("dispatch_workorderoperation", _("Can dispatch operations to people"))]
        constraints = [
            models.UniqueConstraint(fields=["work_order", "number"], name="erp_workorderoperation_number"),
            models.CheckConstraint(
                condition=Q(
                    good_quantity__gte=0,
                    scrap_quantity__gte=0,
                    rework_quantity__gte=0,
                    setup_minutes__gte=0,
                    run_minutes__gte=0,
                ),
                name="erp_workorderoperation_signs",
            ),
            models.CheckConstraint(condition=Q(state__in=OperationState.values), name="erp_workorderoperation_state"),
        ]
        indexes = [
            models.Index(
                fields=["work_center", "rank"], name="erp_workorderoperation_floor", condition=~Q(state="done")
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label()}"

    @property
    def reported_quantity(self):
        """What went through it, good or not."""
        return self.good_quantity + self.scrap_quantity


class PieceRate(models.Model):
    """What a good piece of an item pays at an operation from a day on, base currency; 0 ends it."""

    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    operation_no = models.PositiveIntegerField(_("operation"), null=True, blank=True, help_text=_("Empty: all."))
    valid_from = models.DateField(_("valid from"))
    rate = UnitPriceField(_("rate per piece"))
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("piece rate")
        verbose_name_plural = _("piece rates")
        ordering = ["item", "operation_no", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "operation_no", "valid_from"], nulls_distinct=False, name="erp_piecerate_day"
            ),
            models.CheckConstraint(condition=Q(rate__gte=0), name="erp_piecerate_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.operation_no or ''} {self.valid_from}"


class PieceWage(models.Model):
    """What an employee earned by pieces with one report (below zero: it was taken back). Append-only."""

    report = models.OneToOneField(
        ProductionReport, models.PROTECT, related_name="piece_wage", verbose_name=_("production report")
    )
    employee = models.ForeignKey("masterdata.Employee", models.PROTECT, related_name="+", verbose_name=_("employee"))
    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="+", verbose_name=_("work order"))
    operation = models.ForeignKey(
        WorkOrderOperation, models.PROTECT, null=True, related_name="+", verbose_name=_("operation")
    )
    quantity = QuantityField(_("good pieces"))
    rate = UnitPriceField(_("rate per piece"))
    amount = AmountField(_("piece wage"))
    wage_date = models.DateField(_("date"))

    class Meta:
        verbose_name = _("piece wage")
        verbose_name_plural = _("piece wages")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["employee", "wage_date"], name="erp_piecewage_employee")]

    def __str__(self) -> str:
        return f"{self.employee} {self.wage_date} {self.amount}"
