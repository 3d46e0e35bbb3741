"""Planning: the regenerative run, its results, and turning planned orders into real ones."""

from erp.services.planning.firming import FirmedOrder, firm_planned_orders
from erp.services.planning.running import run_plan
from erp.services.planning.settings import configure_planning

__all__ = ["FirmedOrder", "configure_planning", "firm_planned_orders", "run_plan"]
