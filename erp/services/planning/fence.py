"""The automatic fence: planned orders that must start soon are firmed without a click."""

import datetime as dt

import structlog

from core.clock import business_date, company, moment
from core.errors import DomainError
from core.operations import perform
from erp.models import CurrentRun
from erp.selectors.plan import listed_orders
from erp.services.planning.firming import AT_ONCE, firm_planned_orders

log = structlog.get_logger(__name__)


def firm_inside_fence() -> int:
    """Firm what starts within the company's fence and return how many orders that were; 0 days: nothing.

    Called by the planner after a run. Orders that cannot be made (no bill of material) stay planned.
    """
    own = company()
    if own is None or not own.auto_firm_days:
        return 0
    fence = business_date(moment()) + dt.timedelta(days=own.auto_firm_days)
    done = 0
    for portion in _portions(fence):
        try:
            perform(firm_planned_orders, actor=None, identities=portion)
        except DomainError as refusal:  # the plan moved on meanwhile, or a period is closed: the next run tries again
            log.warning("auto_firm_refused", code=refusal.code, reason=str(refusal))
            break
        done += len(portion)
    return done


def _portions(fence: dt.date) -> list[list[str]]:
    current = CurrentRun.objects.select_related("run").first()
    if current is None:
        return []
    orders = listed_orders(current.run, fence).order_by("start_date", "item_id", "sequence")
    names = [order.identity for order in orders if not order.is_without_bom]
    return [names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE)]
