"""Planning: the regenerative run, its results, and turning planned orders into real ones."""

from erp.services.planning.firming import FirmedOrder, firm_planned_orders
from erp.services.planning.requesting import request_shortages
from erp.services.planning.running import Kept, run_plan
from erp.services.planning.settings import configure_planning

__all__ = ["FirmedOrder", "Kept", "configure_planning", "firm_planned_orders", "request_shortages", "run_plan"]
