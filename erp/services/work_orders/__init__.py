"""Work orders: planned, released, supplied with material, worked on, received, settled."""

from erp.services.work_orders.backflushing import retry_backflush
from erp.services.work_orders.building import record_as_built, remove_as_built
from erp.services.work_orders.closing import cancel_work_order, close_work_order, complete_work_order
from erp.services.work_orders.history import ClosedWorkOrder, record_closed_work_orders
from erp.services.work_orders.kits import issue_kits, use_substitute
from erp.services.work_orders.materials import issue_extra_materials, issue_materials, return_materials
from erp.services.work_orders.outputs import receive_output
from erp.services.work_orders.over_issues import request_extra_material
from erp.services.work_orders.planning import (
    create_work_order,
    release_work_order,
    reschedule_work_order,
    update_work_order,
)
from erp.services.work_orders.receiving import receive_production, reverse_receipt
from erp.services.work_orders.reporting import report_operation, reverse_report
from erp.services.work_orders.sessions import finish_work, pause_work, start_work
from erp.services.work_orders.splitting import merge_work_orders, split_work_order
from erp.services.work_orders.staging import bring_back_materials, stage_materials, use_up_materials
from erp.services.work_orders.taking_apart import take_apart

__all__ = [
    "ClosedWorkOrder",
    "bring_back_materials",
    "cancel_work_order",
    "close_work_order",
    "complete_work_order",
    "create_work_order",
    "finish_work",
    "issue_extra_materials",
    "issue_kits",
    "issue_materials",
    "merge_work_orders",
    "pause_work",
    "receive_output",
    "receive_production",
    "record_as_built",
    "record_closed_work_orders",
    "release_work_order",
    "remove_as_built",
    "report_operation",
    "request_extra_material",
    "reschedule_work_order",
    "retry_backflush",
    "return_materials",
    "reverse_receipt",
    "reverse_report",
    "split_work_order",
    "stage_materials",
    "start_work",
    "take_apart",
    "update_work_order",
    "use_substitute",
    "use_up_materials",
]
