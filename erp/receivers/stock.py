"""Reactions of stock to what sales announces, and to goods that arrived."""

from typing import Any

from core.clock import moment
from core.operations import perform
from crm.states import QuotationState
from erp.selectors.demand import has_open_demand, waiting_demands
from erp.selectors.project_stock import arrivals_wait
from erp.services import project_stock, promised_orders, reservations, returns, sales_demand, shipments, work_orders
from erp.services.work_orders.backflush_queue import waiting_orders


def record_demand_on_sales_order_confirmed(order: Any, actor: Any, at: Any, **_: Any) -> None:
    reached = promised_orders.lock_promised(order=order, actor=actor, at=at)
    known = reservations.hand_over_hold(order=order, actor=actor, at=at)
    promised_orders.keep_order(order=order, reached=reached, known=known, actor=actor, at=at)


def move_demand_on_sales_order_changed(order: Any, actor: Any, at: Any, **_: Any) -> None:
    sales_demand.record_order_demand(order=order, keeps_promises=True, actor=actor, at=at)


def end_holds_on_quotation_withdrawn(quotation: Any, actor: Any, at: Any, **_: Any) -> None:
    if quotation.state != QuotationState.ACCEPTED:
        reservations.end_holds(quotation_ids=[quotation.pk], actor=actor, at=at)


def end_demand_on_sales_order_cancelled(order: Any, actor: Any, at: Any, **_: Any) -> None:
    sales_demand.end_order_demand(order=order, actor=actor, at=at)


def end_demand_on_sales_order_closed(order: Any, actor: Any, at: Any, **_: Any) -> None:
    if has_open_demand("crm.salesorder", order.pk):
        sales_demand.end_order_demand(order=order, actor=actor, at=at)


def make_pick_list_on_delivery_request_released(request: Any, actor: Any, at: Any, **_: Any) -> None:
    shipments.create_shipment_for_request(request=request, actor=actor, at=at)


def cancel_pick_lists_on_delivery_request_cancelled(request: Any, actor: Any, at: Any, **_: Any) -> None:
    shipments.cancel_open_shipments(request=request, actor=actor, at=at)


def cancel_pick_lists_on_delivery_request_closed(request: Any, actor: Any, at: Any, **_: Any) -> None:
    shipments.cancel_open_shipments(request=request, actor=actor, at=at)


def expect_goods_on_return_request_approved(request: Any, actor: Any, at: Any, **_: Any) -> None:
    returns.create_return_receipt(request=request, actor=actor, at=at)


def stop_expecting_on_return_request_cancelled(request: Any, actor: Any, at: Any, **_: Any) -> None:
    returns.cancel_expected_returns(request=request, actor=actor, at=at)


def reserve_arrived_goods(payload: dict[str, Any]) -> None:
    """Carry out the outbox event ``erp.stock_arrived``: keep what arrived for the order lines and projects it came for,
    then for the demands that wait for it, and post again what backflushing could not."""
    if arrivals_wait(payload["item_ids"]):
        perform(project_stock.settle_arrivals, actor=None, item_ids=payload["item_ids"])
    waiting = waiting_demands(moment(), payload["item_ids"])[:200]
    demand_ids = list(waiting.values_list("pk", flat=True))
    if demand_ids:
        perform(reservations.reserve_demands, actor=None, demand_ids=demand_ids)
    for work_order_id in waiting_orders(payload["item_ids"]):
        perform(work_orders.retry_backflush, actor=None, work_order_id=work_order_id)
