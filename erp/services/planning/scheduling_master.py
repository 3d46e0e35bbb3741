"""Firming quantities in the master schedule."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.errors import InvalidInput
from core.operations import operation
from erp.errors.demand import InsideFrozenFence
from erp.models import PlannedOrder
from erp.models.forecasts import bucket_start
from erp.selectors.forecasts import demand_rules
from erp.selectors.master_schedule import frozen_until
from erp.selectors.plan import planned_orders
from erp.services.planning.firming import Firmed, FirmedOrder, firm_planned_orders
from erp.services.planning_events import request_plan
from erp.services.work_orders.planning import create_work_order
from erp.signals import planned_order_firmed
from erp.states.demand import ForecastBucketSize
from masterdata.errors import NoWorkCalendar
from masterdata.models import Item
from masterdata.selectors.calendars import working_day_on_or_before
from masterdata.services.entry import check_quantity, require_open

AT_ONCE = 50
LAST_WORKDAY = dt.timedelta(days=4)


@operation(permission="erp.firm_plannedorder")
def firm_master_schedule(*, cells: Sequence[Mapping[str, Any]], actor: Any, at: dt.datetime) -> Firmed:
    """Firm a quantity of an item in a week: rows of item_id, date (any day of the week), quantity (stock unit).

    The first planned order of the week is firmed with this quantity; where the planner planned nothing, an order for
    the end of the week is made (a work order, or one for purchasing). The planner plans the rest anew.

    Raises:
        InsideFrozenFence: the week begins within the frozen days of the company or of the item.
        PlanIsBehind, PlannedOrderGone, NoBom: as in `firm_planned_orders`.
        InvalidInput: a quantity is not above zero, or there are none or too many.
    """
    if not 0 < len(cells) <= AT_ONCE:
        raise InvalidInput(message=_("Between 1 and %(count)s quantities at once.") % {"count": AT_ONCE}, field="cells")
    items = Item.objects.select_related("uom").in_bulk({cell["item_id"] for cell in cells})
    rules, today = demand_rules(), business_date(at)
    for cell in cells:
        item = items.get(cell["item_id"])
        if item is None or cell["quantity"] is None or cell["quantity"] <= 0:
            raise InvalidInput(message=_("Type the quantity of an order; it is above zero."), field="quantity")
        start = bucket_start(cell["date"], ForecastBucketSize.WEEK)
        fence = frozen_until(item, today, rules)
        if start <= fence:
            raise InsideFrozenFence(item=item, date=start, fence=fence)
    planned = _first_planned(cells)
    made, announced = [], 0
    for cell in cells:
        item, start = items[cell["item_id"]], bucket_start(cell["date"], ForecastBucketSize.WEEK)
        order = planned.get((item.pk, start))
        if order is not None:
            done = firm_planned_orders(identities=[order.identity], quantity=cell["quantity"], actor=actor, at=at)
            made += done.work_order_ids
            announced += done.announced
        elif item.supply_type == Item.SupplyType.MAKE:
            due = end_of_week(start)
            made.append(
                create_work_order(item_id=item.pk, quantity=cell["quantity"], due_date=due, actor=actor, at=at).pk
            )
        else:
            _announce(item, cell["quantity"], end_of_week(start), actor=actor, at=at)
            announced += 1
    return Firmed(made, announced)


def _first_planned(cells: Sequence[Mapping[str, Any]]) -> dict[tuple[int, dt.date], PlannedOrder]:
    """The first planned order of each item and week."""
    found: dict[tuple[int, dt.date], PlannedOrder] = {}
    rows = planned_orders().filter(item_id__in={cell["item_id"] for cell in cells})
    for order in rows.order_by("item_id", "due_date", "sequence"):
        found.setdefault((order.item_id, bucket_start(order.due_date, ForecastBucketSize.WEEK)), order)
    return found


def end_of_week(start: dt.date) -> dt.date:
    """Return the last working day of a week, its Friday at the latest."""
    try:
        return max(start, working_day_on_or_before(start + LAST_WORKDAY))
    except NoWorkCalendar:
        return start + LAST_WORKDAY


def _announce(item: Item, quantity: Decimal, due: dt.date, *, actor: Any, at: dt.datetime) -> None:
    require_open(item)
    check_quantity(item.uom, quantity)
    order = FirmedOrder(
        item_id=item.pk,
        quantity=quantity,
        due_date=due,
        start_date=min(due, business_date(at)),
        supply_type=item.supply_type,
        demand_ids=(),
        reference=f"{item.code} {due.isoformat()} MPS",
    )
    planned_order_firmed.send(sender=PlannedOrder, order=order, actor=actor, at=at)
    request_plan(reason="firmed", item_ids=[item.pk], actor=actor, at=at)
