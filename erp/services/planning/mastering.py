"""Setting quantities of the master schedule: they become demand, in place of the forecast of the item."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.audit import label_of
from core.clock import business_date
from core.errors import InvalidInput
from core.locks import lock_many
from core.operations import operation
from erp.errors.demand import InsideFrozenFence, NotMasterScheduled
from erp.models import MasterPlan, MasterQuantity
from erp.models.forecasts import bucket_start
from erp.selectors.forecasts import demand_rules
from erp.selectors.master_schedule import frozen_until
from erp.services.demand import DemandRow, set_demand
from erp.services.forecasts.releasing import PRIORITY
from erp.services.planning.scheduling_master import AT_ONCE, end_of_week
from erp.states import DemandKind
from erp.states.demand import ForecastBucketSize
from masterdata.models import Item
from masterdata.services.entry import check_quantity, require_open

Weeks = dict[dt.date, Decimal | None]


@operation(permission="erp.set_masterplan")
def set_master_quantities(*, cells: Sequence[Mapping[str, Any]], actor: Any, at: dt.datetime) -> int:
    """Set what of an item is to be available in a week: rows of item_id, date (any day of it), quantity (stock unit).

    None or 0 takes a quantity away. Each becomes demand due at the end of its week, which orders of customers consume
    as they consume a forecast; up to the last week with a quantity the forecast of the item does not count any more.
    Returns how many weeks were set.

    Raises:
        NotMasterScheduled: the item is not in the master schedule.
        InsideFrozenFence: the week begins within the frozen days of the company or of the item.
        InvalidInput: a quantity is below zero, not in the steps of the unit, an item is unknown, or there are too many.
    """
    if not 0 < len(cells) <= AT_ONCE:
        raise InvalidInput(message=_("Between 1 and %(count)s quantities at once.") % {"count": AT_ONCE}, field="cells")
    items = Item.objects.select_related("uom").in_bulk({cell["item_id"] for cell in cells})
    wanted = _checked(cells, items, business_date(at))
    MasterPlan.objects.bulk_create([MasterPlan(item_id=item_id) for item_id in sorted(wanted)], ignore_conflicts=True)
    known = dict(MasterPlan.objects.filter(item_id__in=wanted).values_list("item_id", "pk"))
    plans = lock_many(MasterPlan, known.values())
    for item_id, weeks in sorted(wanted.items()):
        _write(plans[known[item_id]], weeks, actor=actor, at=at)
    return sum(len(weeks) for weeks in wanted.values())


def _checked(cells: Sequence[Mapping[str, Any]], items: Mapping[int, Item], today: dt.date) -> dict[int, Weeks]:
    rules = demand_rules()
    wanted: dict[int, Weeks] = defaultdict(dict)
    for cell in cells:
        item, quantity = items.get(cell["item_id"]), cell["quantity"]
        if item is None or (quantity is not None and quantity < 0):
            raise InvalidInput(message=_("Type what is to be available; it is not below zero."), field="quantity")
        if not item.is_master_scheduled:
            raise NotMasterScheduled(item=item)
        require_open(item)
        if quantity:
            check_quantity(item.uom, quantity)
        start = bucket_start(cell["date"], ForecastBucketSize.WEEK)
        fence = frozen_until(item, today, rules)
        if start <= fence:
            raise InsideFrozenFence(item=item, date=start, fence=fence)
        wanted[item.pk][start] = quantity or None
    return wanted


def _write(plan: MasterPlan, weeks: Weeks, *, actor: Any, at: dt.datetime) -> None:
    plan.quantities.filter(week__in=weeks).delete()
    MasterQuantity.objects.bulk_create(
        MasterQuantity(
            plan=plan, week=week, quantity=quantity, changed_by=actor if getattr(actor, "pk", None) else None,
            changed_at=at,
        )
        for week, quantity in sorted(weeks.items())
        if quantity
    )  # fmt: skip
    first = bucket_start(business_date(at), ForecastBucketSize.WEEK)
    rows = [
        DemandRow(
            source_line_id=one.pk,
            item_id=plan.item_id,
            quantity=one.quantity,
            open_quantity=one.quantity,
            due_date=end_of_week(one.week),
            priority=PRIORITY,
        )
        for one in plan.quantities.filter(week__gte=first)
    ]
    set_demand(source_label=label_of(plan), source_id=plan.pk, kind=DemandKind.MASTER, rows=rows, actor=actor, at=at)
