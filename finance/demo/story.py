"""The months before today, told day by day: each role does what its desk would show it, through the services."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import structlog
from django.db.models import F, Sum

from core.clock import on_day
from core.errors import DomainError
from core.models import User
from core.operations import perform
from crm.models import DeliveryRequest, SalesOrder
from crm.services import deliveries, quotations, sales_orders
from crm.states import SalesOrderState
from erp.models import WorkOrder
from erp.models.planning import CurrentRun, PlannedOrder
from erp.services import planning, work_orders
from erp.states import WorkOrderState
from erp.states.engineering import IssueMethod
from finance.demo import facts
from finance.demo.abroad import Abroad
from finance.demo.aftersales import AfterSales
from finance.demo.billing import Billing
from finance.demo.bills import Bills
from finance.demo.books import Books
from finance.demo.counting import Counting
from finance.demo.cutting import Cutting
from finance.demo.days import add_working_days, learn_working_days
from finance.demo.dispatch import Dispatch, lying
from finance.demo.for_projects import ForProjects
from finance.demo.importing import Imports
from finance.demo.prospects import Prospects
from finance.demo.purchasing import Purchasing
from finance.demo.quality import Quality
from finance.demo.selling import Selling
from finance.demo.settlement import Settlement
from finance.demo.storing import Storing
from finance.demo.subcontracting import Subcontracting
from finance.demo.tracing import Tracing
from finance.demo.treasury import Treasury
from finance.demo.workshop import Workshop
from masterdata.models import Employee, Item, Partner
from scm.models import PurchaseOrderLine, RequisitionLine
from scm.services import goods_receipts, purchase_orders
from scm.states import PurchaseOrderState, RequisitionState

D = Decimal
log = structlog.get_logger(__name__)
FIRM_AHEAD = 4
"""Planned orders that should start within this many calendar days are firmed."""


class Story:
    """The company's days; ``tell`` lives them in order."""

    def __init__(self, start: dt.date, end: dt.date, say: Callable[[str], None]) -> None:
        learn_working_days()
        self.start, self.end, self.say = start, end, say
        self.people = {user.username: user for user in User.objects.all()}
        self.items = {item.code: item for item in Item.objects.all()}
        self.partners = {partner.code: partner for partner in Partner.objects.all()}
        self.late = {row[0]: row[6] for row in facts.SUPPLIERS}
        self.accepted: dict[int, dt.date] = {}
        self.prospects = Prospects(end, self.do, self.items, self.partners)
        self.quality = Quality(end, self.do, self.people)
        self.subcontracting = Subcontracting(end, self.do, self.items, self.partners)
        self.workshop = Workshop(end, self.do, self.items)
        self.treasury = Treasury(start, end, self.do)
        self.bills = Bills(end, self.do)
        self.counting = Counting(end, self.do, self.people)
        self.books = Books(end, self.do)
        self.tracing = Tracing(self.do)
        self.dispatch = Dispatch(end, self.do)
        self.imports = Imports(end, self.do, self.partners)
        self.billing = Billing(end, self.do)
        self.settlement = Settlement(end, self.do, self.partners)
        self.aftersales = AfterSales(end, self.do)
        self.abroad = Abroad(self.do, self.items, self.partners)
        self.selling = Selling(end, self.do, self.items, self.partners)
        self.purchasing = Purchasing(end, self.do, self.items, self.partners)
        self.storing = Storing(end, self.do, self.items, self.partners)
        self.cutting = Cutting(self.do, self.items)
        self.for_projects = ForProjects(self.do, self.items, self.partners)

    def tell(self) -> None:
        """Live every working day from start to end."""
        day, number = self.start, 0
        while day <= self.end:
            with on_day(day):
                self.live(day, number)
            day = add_working_days(day, 1)
            number += 1
            if number % 16 == 0:
                self.say(f"  … {day.isoformat()}")
        with on_day(self.end):
            self.prospects.leave_open()
            planning.run_plan()
            for desk in self.desks():
                desk.leave_open()
            planning.run_plan()

    def desks(self) -> tuple[Any, ...]:
        """The desks that leave work open at the end; the books last, for they close what the others did."""
        sales = (self.selling, self.aftersales, self.purchasing)
        goods = (self.quality, self.subcontracting, self.workshop, self.cutting, self.counting, self.dispatch)
        money = (self.treasury, self.bills, self.settlement, self.books)
        return (*sales, *goods, self.storing, self.imports, *money)

    def live(self, day: dt.date, number: int) -> None:
        """One day: sales, planning, buying, receiving, making, delivering, invoicing, paying."""
        self.prospects.live(day)
        self.sell(day, number)
        self.selling.live(day, number)
        self.abroad.live(day, number)
        self.for_projects.live(day, number)
        self.billing.collect_deposits()
        quiet = (self.end - day).days <= 2
        if number % 2 == 0 or number < 3:
            self.plan(day)
            self.buy()
        self.purchasing.live(day, number)
        if not quiet:
            self.receive(day)
        self.quality.live(day)
        self.subcontracting.live(day, number)
        self.workshop.live(day, number)
        self.cutting.live(day, number)
        self.make(day)
        self.storing.live(day, number)
        self.deliver(day)
        self.dispatch.live(day)
        self.aftersales.live(day)
        if day.weekday() == 4 and not quiet:
            self.billing.invoice(day)
        self.imports.live(day)
        self.counting.live(day)
        self.bills.live(day)
        self.billing.pay(day)
        self.treasury.live(day)
        self.settlement.live(day)
        self.books.live(day)

    def do(self, who: str, service: Any, **arguments: Any) -> Any:
        """Perform as one of the people ("": the schedule); what is refused that day is left for another one."""
        try:
            return perform(service, actor=self.people[who] if who else None, **arguments)
        except DomainError as refusal:
            if refusal.status == 403:
                raise
            log.info("left_for_another_day", service=service.__name__, code=refusal.code, sentence=str(refusal))
            return None

    def sell(self, day: dt.date, number: int) -> None:
        """Quote the orders of the day; accept and confirm those quoted two days ago."""
        for when, customer, lines, wanted in facts.ORDERS:
            if when == number:
                quotation = self.do(
                    "wang",
                    quotations.create_quotation,
                    partner_id=self.partners[customer].pk,
                    tax_included=False,
                    requested_date=add_working_days(day, wanted),
                    lines=[{"item_id": self.items[code].pk, "quantity": D(quantity)} for code, quantity in lines],
                )
                if quotation and self.do("wang", quotations.send_quotation, quotation_id=quotation.pk):
                    self.accepted[quotation.pk] = add_working_days(day, 2)
        for pk, due in list(self.accepted.items()):
            if due <= day:
                del self.accepted[pk]
                order = self.do("wang", quotations.accept_quotation, quotation_id=pk)
                if order:
                    self.do("wang", sales_orders.confirm_sales_order, order_id=order.pk)

    def plan(self, day: dt.date) -> None:
        """Net all demand; firm what has to start soon."""
        planning.run_plan()
        slot = CurrentRun.objects.select_related("run").get().run.slot
        soon = day + dt.timedelta(days=FIRM_AHEAD)
        rows = PlannedOrder.objects.filter(slot=slot, start_date__lte=soon).order_by("item_id", "due_date")
        identities = [row.identity for row in rows]
        if identities:
            self.do("zhao", planning.firm_planned_orders, identities=identities)

    def buy(self) -> None:
        """Order what the plan asks for, one order a supplier, and approve it."""
        lines = RequisitionLine.objects.filter(
            requisition__state=RequisitionState.APPROVED,
            is_closed=False,
            item__isnull=False,
            ordered_quantity__lt=F("stock_quantity"),
        )
        selections = [{"line_id": line.pk} for line in lines]
        if not selections:
            return
        made = self.do("sun", purchase_orders.create_purchase_orders_from_requisitions, selections=selections)
        for pk in made or ():
            self.do("sun", purchase_orders.approve_purchase_order, order_id=pk)

    def receive(self, day: dt.date) -> None:
        """Take in what is due; some suppliers are late by habit."""
        due = PurchaseOrderLine.objects.filter(
            order__state=PurchaseOrderState.APPROVED,
            order__is_subcontract=False,
            is_closed=False,
            received_quantity__lt=F("stock_quantity"),
        ).select_related("order__partner", "item")
        orders: dict[int, list[dict[str, Any]]] = {}
        for line in due:
            arrives = add_working_days(line.due_date, self.late.get(line.order.partner.code, 0))
            if min(arrives, add_working_days(line.order.document_date, 12)) <= day:
                orders.setdefault(line.order_id, []).append(
                    {
                        "order_line_id": line.pk,
                        "quantity": line.quantity - line.received_quantity,
                        "lot_code": self.tracing.lot_received(line, day),
                    }
                )
        for pk, lines in orders.items():
            self.do("zhou", goods_receipts.receive_goods, order_id=pk, lines=lines)

    def make(self, day: dt.date) -> None:
        """Release and issue what is complete; report and receive what was begun before today."""
        for order in WorkOrder.objects.filter(state=WorkOrderState.IN_PROGRESS).select_related("item"):
            self.finish(order, day)
        waiting = WorkOrder.objects.filter(state__in=[WorkOrderState.DRAFT, WorkOrderState.RELEASED])
        for order in waiting.order_by("start_date", "id"):
            if order.state == WorkOrderState.DRAFT:
                self.do("zhao", work_orders.release_work_order, work_order_id=order.pk)
            materials = list(order.materials.select_related("item"))
            have = self.on_hand({row.item_id for row in materials})
            if materials and all(have.get(row.item_id, D(0)) >= row.required_quantity for row in materials):
                picked = [row for row in materials if row.issue_method == IssueMethod.PICK]
                lines = self.tracing.issue_lines(picked, day)
                self.do("zhou", work_orders.issue_materials, work_order_id=order.pk, lines=lines)

    def finish(self, order: WorkOrder, day: dt.date) -> None:
        hours = D(facts.HOURS[order.item.code]) * order.quantity
        worker = Employee.objects.filter(department__code="PROD").order_by("code")[order.pk % 3]
        reported = self.do(
            "wu",
            work_orders.report_operation,
            work_order_id=order.pk,
            employee_id=worker.pk,
            good_quantity=order.quantity,
            hours=hours,
        )
        if not reported:
            return
        self.tracing.set_aside(order)
        received = self.do(
            "wu",
            work_orders.receive_production,
            work_order_id=order.pk,
            quantity=order.quantity,
            lots=self.tracing.finished(order, day),
        )
        if received:
            self.do("zhao", work_orders.close_work_order, work_order_id=order.pk)

    def on_hand(self, item_ids: set[int]) -> dict[int, Decimal]:
        rows = lying(item_ids).values_list("item_id")
        return dict(rows.annotate(total=Sum(F("on_hand") - F("reserved"))))

    def deliver(self, day: dt.date) -> None:
        """Ask for delivery of what is due and in stock."""
        asked = set(DeliveryRequest.objects.exclude(state="cancelled").values_list("order_id", flat=True))
        orders = SalesOrder.objects.filter(state=SalesOrderState.CONFIRMED, is_history=False).exclude(pk__in=asked)
        for order in orders.prefetch_related("lines"):
            due = order.requested_date or day
            lines = list(order.lines.all())
            have = self.in_stock({line.item_id for line in lines if line.item_id})
            if due - dt.timedelta(days=4) <= day and all(
                have.get(one.item_id or 0, 0) >= one.open_quantity for one in lines
            ):
                request = self.do("wang", deliveries.create_delivery_request, order_id=order.pk)
                if request:
                    self.do("wang", deliveries.release_delivery_request, request_id=request.pk)

    def in_stock(self, item_ids: set[int | None]) -> dict[int, Decimal]:
        return dict(lying(item_ids).values_list("item_id").annotate(total=Sum("on_hand")))
