"""Stocktakes: planned, started on a snapshot of the books, counted, reviewed, posted."""

from erp.services.stocktakes.counting import enter_counted, finish_counting, scan_count, undo_count_scan
from erp.services.stocktakes.planning import cancel_stocktake, create_stocktake, start_stocktake, update_stocktake
from erp.services.stocktakes.reversing import reverse_stocktake
from erp.services.stocktakes.reviewing import explain_differences, post_stocktake, request_recount

__all__ = [
    "cancel_stocktake",
    "create_stocktake",
    "enter_counted",
    "explain_differences",
    "finish_counting",
    "post_stocktake",
    "request_recount",
    "reverse_stocktake",
    "scan_count",
    "start_stocktake",
    "undo_count_scan",
    "update_stocktake",
]
