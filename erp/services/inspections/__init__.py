"""Inspections: opened when goods arrive or by hand, results entered, goods decided on."""

from erp.services.inspections.deciding import decide_inspection, decide_with_concession
from erp.services.inspections.opening import cancel_inspection, create_inspection
from erp.services.inspections.results import (
    enter_results,
    finish_inspection,
    finish_with_results,
    reopen_inspection,
)
from erp.services.inspections.scanning import decide_on_all, scan_finding, undo_defect, undo_finding

__all__ = [
    "cancel_inspection",
    "create_inspection",
    "decide_inspection",
    "decide_on_all",
    "decide_with_concession",
    "enter_results",
    "finish_inspection",
    "finish_with_results",
    "reopen_inspection",
    "scan_finding",
    "undo_defect",
    "undo_finding",
]
