"""What is wrong with the work orders now, whose customers wait for them, and the warnings that stand."""

from erp.selectors.tracking.findings import Finding, current_findings
from erp.selectors.tracking.hits import lines_waiting_for
from erp.selectors.tracking.warnings import (
    hits_by_warning,
    open_warnings,
    orders_in_production,
    tracking_rules,
    warned_orders,
    warnings,
    warnings_of_order,
    warnings_of_user,
)

__all__ = [
    "Finding",
    "current_findings",
    "hits_by_warning",
    "lines_waiting_for",
    "open_warnings",
    "orders_in_production",
    "tracking_rules",
    "warned_orders",
    "warnings",
    "warnings_of_order",
    "warnings_of_user",
]
