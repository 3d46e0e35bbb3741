"""Stock that belongs to projects and order lines: what arrives for them, what comes free, moving it."""

from erp.services.project_stock.arrivals import (
    Arrived,
    give_up_bound,
    lock_waiting,
    set_arrived,
    settle,
    settle_arrivals,
)
from erp.services.project_stock.moving import move_project_stock

__all__ = [
    "Arrived",
    "give_up_bound",
    "lock_waiting",
    "move_project_stock",
    "set_arrived",
    "settle",
    "settle_arrivals",
]
