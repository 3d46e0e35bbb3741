"""Sheet metal of the demo company: from one sheet the guard and the belt cover are cut together, at a piece wage."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from core.operations import perform
from erp.models import WorkCenter
from erp.services import boms, routings, schedules, work_orders
from erp.states.demand import ScheduleDirection, ScheduleRule
from erp.states.engineering import BomLineKind, OutputCost
from finance.demo.days import add_working_days
from masterdata.models import Item, Partner
from masterdata.selectors.currencies import base_currency
from masterdata.services import items as item_services

D = Decimal
Do = Callable[..., Any]

GUARD, COVER, SHEET = "GD-16", "CV-16", "SH-2"
SHEET_SUPPLIER, SHEET_PRICE = "S-CAST", D("168")
HALF = D("0.5")
"""One guard takes half a sheet; the cover of the belt is cut from the same piece."""
SHARE = D(35)
"""Per cent of the joint cost that the cover bears."""
ORDERS = ((16, "8"), (37, "10"), (57, "8"))
"""Working days after the start and pieces of the guards that are made."""


def write_sheet_parts(start: dt.date) -> None:
    """Release the joint bill of material of the two parts, and how they are made."""
    by_code = {row.code: row for row in Item.objects.filter(code__in=[GUARD, COVER, SHEET])}
    first = start.replace(month=1, day=1)
    joint = {"component_id": by_code[COVER].pk, "quantity": D(1), "line_kind": BomLineKind.CO_PRODUCT}
    bom = perform(
        boms.create_bom,
        actor=None,
        item_id=by_code[GUARD].pk,
        valid_from=first,
        revision="A",
        lines=[
            {"component_id": by_code[SHEET].pk, "quantity": HALF, "scrap_percent": D(4)},
            joint | {"cost_method": OutputCost.PERCENT, "cost_percent": SHARE},
        ],
        note="护罩与皮带罩套裁，一板两件",
    )
    perform(boms.release_bom, actor=None, bom_id=bom.pk)
    center = WorkCenter.objects.get(code="WC-ASM")
    routing = perform(
        routings.create_routing,
        actor=None,
        item_id=by_code[GUARD].pk,
        revision="A",
        valid_from=first,
        operations=[
            {
                "name": "Cut and bend",
                "name_zh": "套裁与折弯",
                "work_center_id": center.pk,
                "setup_minutes": D(20),
                "run_minutes": D(12),
                "is_count_point": True,
            }
        ],
    )
    perform(routings.release_routing, actor=None, routing_id=routing.pk)
    perform(
        item_services.create_supplier_item,
        actor=None,
        partner=Partner.objects.get(code=SHEET_SUPPLIER),
        item=by_code[SHEET],
        supplier_code="SPCC-2.0",
        price=SHEET_PRICE,
        currency=base_currency(),
        lead_time_days=5,
        is_preferred=True,
    )


class Cutting:
    """Does what the planner does about sheet parts and the load of the shop; ``do`` performs as one of the people."""

    def __init__(self, do: Do, items: Mapping[str, Item]) -> None:
        self.do, self.items = do, items

    def live(self, day: dt.date, number: int) -> None:
        """Order guards with their covers on the days for it; the sheets are bought by the plan."""
        for when, quantity in ORDERS:
            if when == number:
                self.order(day, D(quantity))

    def order(self, day: dt.date, quantity: Decimal) -> Any:
        return self.do(
            "zhao",
            work_orders.create_work_order,
            item_id=self.items[GUARD].pk,
            quantity=quantity,
            start_date=day,
            due_date=add_working_days(day, 4),
            note="套裁批次",
        )

    def leave_open(self) -> None:
        """The plan of capacity that is in force, and another one that looks at it from the due dates."""
        plan = self.do("zhao", schedules.create_schedule_plan, note="本周排程，按优先级正排")
        if plan:
            self.do("zhao", schedules.accept_schedule_plan, plan_id=plan.pk)
        self.do(
            "zhao",
            schedules.create_schedule_plan,
            direction=ScheduleDirection.BACKWARD,
            rule=ScheduleRule.EARLIEST_DUE,
            waits_for_material=False,
            note="倒排模拟：不等料，看最晚开工",
        )
