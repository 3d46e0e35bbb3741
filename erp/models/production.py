"""Work orders: what is made, from which material, by whom, at which cost."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import ZERO, AmountField, QuantityField, UnitPriceField
from core.history import History
from erp.models.demand import DEFAULT_PRIORITY
from erp.models.typed_units import InUnit, unit_check
from erp.states import WORK_ORDER_TRANSITIONS, MaterialKind, WorkOrderState
from erp.states.engineering import IssueMethod
from erp.states.making import WorkOrderKind


class WorkOrder(Document, InUnit):
    """An order to make a quantity of one item by a day. All quantities are in the item's stock unit.

    reported, scrapped, completed (received into stock) and the three costs (base currency) are derived: each is written
    by the one service that posts the fact, and what is in process is material + labour - received. labour_cost is the
    whole conversion: labour, machine and overhead.
    """

    TRANSITIONS = WORK_ORDER_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 30
    SCOPE_OWNER: ClassVar[str | None] = None

    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    quantity = QuantityField(_("quantity"))
    start_date = models.DateField(_("start"))
    due_date = models.DateField(_("due"))
    warehouse = models.ForeignKey("masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    bom = models.ForeignKey(
        "erp.Bom", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bill of material")
    )
    sales_order_line = models.ForeignKey(
        "crm.SalesOrderLine", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made for")
    )
    project = models.ForeignKey(
        "masterdata.Project",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("project"),
        help_text=_("Of an item made to order: what is made is stock of this project."),
    )
    kind = models.CharField(
        _("kind"), max_length=12, choices=WorkOrderKind, default=WorkOrderKind.STANDARD, editable=False
    )
    origin = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="followers",
        verbose_name=_("from work order"),
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=DEFAULT_PRIORITY, help_text=_("1 is served first, 9 last.")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=WorkOrderState, default=WorkOrderState.DRAFT, editable=False
    )
    reported_quantity = QuantityField(_("reported good"), default=ZERO, editable=False)
    scrapped_quantity = QuantityField(_("scrapped"), default=ZERO, editable=False)
    completed_quantity = QuantityField(_("received into stock"), default=ZERO, editable=False)
    material_cost = AmountField(_("material cost"), default=ZERO, editable=False)
    labour_cost = AmountField(_("conversion cost"), default=ZERO, editable=False)
    received_cost = AmountField(_("cost received into stock"), default=ZERO, editable=False)
    variance = AmountField(_("variance at close"), default=ZERO, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    history = History(
        excluded_fields=[
            "reported_quantity",
            "scrapped_quantity",
            "completed_quantity",
            "material_cost",
            "labour_cost",
            "received_cost",
        ]
    )

    class Meta(Document.Meta):
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        permissions = [
            ("release_workorder", _("Can release work orders")),
            ("issue_workorder", _("Can issue material to work orders")),
            ("over_issue_workorder", _("Can issue more material than planned")),
            ("report_workorder", _("Can report production")),
            ("backdate_workorder", _("Can report production on days that are over")),
            ("receive_workorder", _("Can receive production into stock")),
            ("complete_workorder", _("Can complete work orders short")),
            ("close_workorder", _("Can close work orders")),
            ("cancel_workorder", _("Can cancel work orders")),
            ("record_closed_workorder", _("Can record closed work orders of the past")),
        ]
        indexes = [
            models.Index(fields=["state", "due_date"], name="erp_workorder_open"),
            models.Index(fields=["item"], name="erp_workorder_item"),
            models.Index(fields=["sales_order_line"], name="erp_workorder_line"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_workorder_quantity"),
            unit_check("erp_workorder_unit"),
            models.CheckConstraint(condition=Q(kind__in=WorkOrderKind.values), name="erp_workorder_kind"),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=9), name="erp_workorder_priority"),
            models.CheckConstraint(condition=Q(state__in=WorkOrderState.values), name="erp_workorder_state"),
            models.CheckConstraint(condition=Q(due_date__gte=F("start_date")), name="erp_workorder_dates"),
            models.CheckConstraint(
                condition=Q(reported_quantity__gte=0, scrapped_quantity__gte=0, completed_quantity__gte=0),
                name="erp_workorder_progress",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:work-order-detail", args=[self.pk])

    @property
    def open_quantity(self) -> Decimal:
        """What is still to be received into stock."""
        return max(ZERO, self.quantity - self.scrapped_quantity - self.completed_quantity)

    @property
    def wip_cost(self) -> Decimal:
        """What lies in process on this order, in base currency."""
        if self.state in {WorkOrderState.CLOSED, WorkOrderState.CANCELLED}:
            return ZERO
        return self.material_cost + self.labour_cost - self.received_cost

    @property
    def progress_percent(self) -> int:
        """How much of the ordered quantity is in stock, in whole percent."""
        return min(100, int(self.completed_quantity * 100 / self.quantity))


class WorkOrderMaterial(DocumentLine, InUnit):
    """One material of a work order: required in all, issued so far (net of returns), in its stock unit.

    path  the skipped levels it came through, top first: the same item over two ways stays two lines.
    extra_quantity  how much beyond the plan may be issued once whoever has to approve it has; ``uom`` is its unit.
    replaces  the item whose place it took, because too little of that was there.
    staged_quantity  of material backflushed by transfer: what was brought to the line for the order, net of what went
        back; issued by hand from elsewhere counts as brought.
    """

    TYPED = "extra_quantity"

    work_order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="materials", verbose_name=_("work order"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("material"))
    required_quantity = QuantityField(_("required"))
    issued_quantity = QuantityField(_("issued"), default=ZERO, editable=False)
    staged_quantity = QuantityField(_("moved to the line"), default=ZERO, editable=False)
    material_kind = models.CharField(
        _("kind of material"), max_length=10, choices=MaterialKind, default=MaterialKind.MAIN
    )
    location = models.ForeignKey(
        "masterdata.Location", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("from location")
    )
    issue_method = models.CharField(_("issue"), max_length=10, choices=IssueMethod, default=IssueMethod.PICK)
    operation_no = models.PositiveIntegerField(_("operation"), null=True, blank=True)
    bom_line = models.ForeignKey(
        "erp.BomLine", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("line of the bill")
    )
    extra_quantity = QuantityField(_("asked for beyond the plan"), default=ZERO, editable=False)
    path = models.CharField(_("through"), max_length=200, blank=True)
    replaces = models.ForeignKey(
        "masterdata.Item", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("instead of")
    )

    class Meta(DocumentLine.Meta):
        verbose_name = _("material of a work order")
        verbose_name_plural = _("materials of work orders")
        constraints = [
            models.CheckConstraint(
                condition=Q(required_quantity__gte=0, issued_quantity__gte=0, extra_quantity__gte=0),
                name="erp_workordermaterial_quantities",
            ),
            models.CheckConstraint(condition=Q(staged_quantity__gte=0), name="erp_workordermaterial_staged"),
            unit_check("erp_workordermaterial_unit"),
            models.CheckConstraint(
                condition=Q(material_kind__in=MaterialKind.values), name="erp_workordermaterial_kind"
            ),
            models.CheckConstraint(
                condition=Q(issue_method__in=IssueMethod.values), name="erp_workordermaterial_issue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_no}. {self.item}"

    @property
    def open_quantity(self) -> Decimal:
        """What is still to be issued."""
        return max(ZERO, self.required_quantity - self.issued_quantity)

    @property
    def at_line_quantity(self) -> Decimal:
        """What was moved to the line for the order and is not used up."""
        return max(ZERO, self.staged_quantity - self.issued_quantity)

    @property
    def extra_left(self) -> Decimal:
        """What of the quantity asked for beyond the plan is not issued yet."""
        return max(ZERO, self.extra_quantity - max(ZERO, self.issued_quantity - self.required_quantity))


class ProductionReport(InUnit):
    """What one employee reported on a work order: good and scrapped quantity, hours and what they cost. Append-only.

    operation  the step it is for; none: the whole order, which has no steps.
    labour_amount is hours × rate, or what the pieces pay where the operation has a piece rate.
    Good, scrap and rework were typed in one unit.
    """

    TYPED = "good_quantity"

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="reports", verbose_name=_("work order"))
    employee = models.ForeignKey("masterdata.Employee", models.PROTECT, related_name="+", verbose_name=_("employee"))
    good_quantity = QuantityField(_("good"), default=ZERO)
    scrap_quantity = QuantityField(_("scrap"), default=ZERO)
    rework_quantity = QuantityField(_("to be reworked"), default=ZERO)
    scrap_reason = models.CharField(_("reason of the scrap"), max_length=200, blank=True)
    operation = models.ForeignKey(
        "erp.WorkOrderOperation", models.PROTECT, null=True, related_name="reports", verbose_name=_("operation")
    )
    machine_minutes = QuantityField(_("machine minutes"), default=ZERO)
    hours = QuantityField(_("hours"), default=ZERO)
    labour_rate = UnitPriceField(_("rate per hour"), default=ZERO)
    labour_amount = AmountField(_("labour cost"), default=ZERO)
    report_date = models.DateField(_("date"))
    created_at = models.DateTimeField(_("created at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("reverses")
    )

    class Meta:
        verbose_name = _("production report")
        verbose_name_plural = _("production reports")
        ordering = ["id"]
        constraints = [unit_check("erp_productionreport_unit")]

    def __str__(self) -> str:
        return f"{self.work_order} #{self.pk}"

    @property
    def entered_scrap_quantity(self) -> Decimal | None:
        """The scrap as it was typed, in ``uom``."""
        return self.in_typed_unit(self.scrap_quantity)

    @property
    def entered_rework_quantity(self) -> Decimal | None:
        """What is to be reworked as it was typed, in ``uom``."""
        return self.in_typed_unit(self.rework_quantity)


class ProductionReceipt(InUnit):
    """Goods of a work order received into stock: quantity and the value that left the process. Append-only.

    part  what a disassembly brought back; none: the item of the order.
    """

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="receipts", verbose_name=_("work order"))
    location = models.ForeignKey("masterdata.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    lot = models.ForeignKey("erp.Lot", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lot"))
    part = models.ForeignKey(
        "erp.TakenPart", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("part")
    )
    output = models.ForeignKey(
        "erp.WorkOrderOutput",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("co- or by-product"),
    )
    quantity = QuantityField(_("quantity"))
    amount = AmountField(_("value"))
    receipt_date = models.DateField(_("date"))
    created_at = models.DateTimeField(_("created at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("reverses")
    )

    class Meta:
        verbose_name = _("production receipt")
        verbose_name_plural = _("production receipts")
        ordering = ["id"]
        constraints = [unit_check("erp_productionreceipt_unit")]

    def __str__(self) -> str:
        return f"{self.work_order} #{self.pk}"


class WorkSession(models.Model):
    """An employee at work on an order (or one step of it), from the scan that started it to a pause or the report.

    The hours of sessions that ended in a pause are part of the next report.
    """

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="sessions", verbose_name=_("work order"))
    employee = models.ForeignKey("masterdata.Employee", models.PROTECT, related_name="+", verbose_name=_("employee"))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    operation = models.ForeignKey(
        "erp.WorkOrderOperation", models.PROTECT, null=True, related_name="sessions", verbose_name=_("operation")
    )
    report = models.ForeignKey(
        ProductionReport, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("report")
    )

    class Meta:
        verbose_name = _("work session")
        verbose_name_plural = _("work sessions")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee"], condition=Q(finished_at__isnull=True), name="erp_worksession_one_open"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="erp_worksession_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee} @ {self.work_order}"
