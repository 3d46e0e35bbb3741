"""Steps in the life of a work order, and what is left of it in the ledgers."""

from decimal import Decimal

from core.operations import perform
from erp.models import Demand, ProductionReport, StockBalance, Supply, WorkOrder, WorkSession
from erp.services import work_orders
from erp.states import WorkOrderState
from finance.models import AccountMapping
from masterdata.models import Employee, Item
from tests.factories import erp_make, masterdata

D = Decimal


def issue(order: WorkOrder, *quantities: str, service=work_orders.issue_materials, **fields) -> WorkOrder:
    """Issue so much of each material line, in order; "0" leaves a line out."""
    lines = [
        {"material_id": line.pk, "quantity": D(quantity)}
        for line, quantity in zip(order.materials.all(), quantities, strict=True)
        if quantity != "0"
    ]
    return perform(service, actor=None, work_order_id=order.pk, lines=lines, **fields)


def receive(order: WorkOrder, quantity: str, **fields) -> WorkOrder:
    return perform(work_orders.receive_production, actor=None, work_order_id=order.pk, quantity=D(quantity), **fields)


def report(order: WorkOrder, good: str = "0", scrap: str = "0", hours: str = "0", **fields) -> ProductionReport:
    worker = fields.pop("employee", None) or masterdata.employee(labour_rate=D(30))
    return perform(
        work_orders.report_operation,
        actor=None,
        work_order_id=order.pk,
        employee_id=worker.pk,
        good_quantity=D(good),
        scrap_quantity=D(scrap),
        hours=D(hours),
        **fields,
    )


def start(order: WorkOrder, worker: Employee | None = None) -> WorkSession:
    worker = worker or masterdata.employee()
    return perform(work_orders.start_work, actor=None, work_order_id=order.pk, employee_id=worker.pk)


def fresh(order: WorkOrder) -> WorkOrder:
    return WorkOrder.objects.get(pk=order.pk)


def on_hand(code: str) -> Decimal:
    return sum((row.on_hand for row in StockBalance.objects.filter(item__code=code)), D(0))


def open_demand() -> dict[str, Decimal]:
    return {row.item.code: row.open_quantity for row in Demand.objects.filter(kind="work_order", open_quantity__gt=0)}


def open_supply() -> list[tuple[str, Decimal, bool]]:
    return [(row.item.code, row.open_quantity, row.is_firm) for row in Supply.objects.all()]


def in_process() -> str:
    """The account of work in process."""
    return AccountMapping.objects.get(role="wip", category=None).account.code


def in_state(bench: Item, state: str) -> WorkOrder:
    """A work order in a given state."""
    if state == WorkOrderState.DRAFT:
        return erp_make.work_order(bench, "10")
    if state == WorkOrderState.CANCELLED:
        draft = erp_make.work_order(bench, "10")
        return perform(work_orders.cancel_work_order, actor=None, work_order_id=draft.pk)
    if state == WorkOrderState.RELEASED:
        return erp_make.released_work_order(bench, "10")
    order = erp_make.issued_work_order(bench, "10")
    if state == WorkOrderState.IN_PROGRESS:
        return order
    order = receive(order, "10")
    if state == WorkOrderState.COMPLETED:
        return order
    return perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)


def others(*states: str) -> list[str]:
    return [state for state in WorkOrderState.values if state not in states]
