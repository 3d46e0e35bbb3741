"""Planning rules of items, bills and settings from the database to the plan."""

import datetime as dt
import subprocess
import sys
from decimal import Decimal

import pytest

from core.clock import today
from core.errors import InvalidInput
from core.operations import perform
from crm import ports
from crm.ports import PromiseRequest
from crm.services.sales_orders import cancel_sales_order
from erp.models import BomLine, BomSubstitute, Demand, PlanningSettings, Supply, SupplyAdvice
from erp.selectors.kit_check import KitQuestion, check_orders
from erp.selectors.peg_uses import uses_of_supply
from erp.selectors.pegging import pegs_of_line
from erp.selectors.plan import planned_orders
from erp.selectors.plan_inputs import read_snapshot
from erp.services import planning
from erp.services.demand import DemandRow, set_demand
from erp.services.supply import ExpectedSupply, set_expected
from masterdata.models import Item
from tests.factories import crm, erp_make, masterdata

D = Decimal


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


def order_for(item: Item, quantity: str, due: dt.date):
    return crm.confirmed_order(None, crm.line(item, quantity, ship_date=due))


def quantities() -> list[tuple[str, Decimal]]:
    rows = planned_orders().order_by("item__code", "due_date", "sequence")
    return [(one.item.code, one.quantity) for one in rows]


def test_each_order_of_an_item_made_to_order_has_supply_of_its_own(factory) -> None:
    top = erp_make.made("TOP", order_policy="make_to_order", min_lot=D(50))
    erp_make.bom(top, (masterdata.item("PART", lead_time_days=3), "1"))
    first, second = order_for(top, "3", factory + days(40)), order_for(top, "4", factory + days(50))
    orders = [one for one in erp_make.plan() if one.item == top]
    assert [(one.quantity, one.is_for_one_order) for one in orders] == [(D(3), True), (D(4), True)]

    perform(planning.firm_planned_orders, actor=None, identities=[orders[1].identity])
    perform(cancel_sales_order, actor=None, order_id=first.pk, reason="test")
    erp_make.plan()

    supply = Supply.objects.get()
    assert supply.order_line == second.lines.get()
    assert quantities() == [("PART", D(4))]
    third = order_for(top, "4", factory + days(45))
    erp_make.plan()
    [own] = planned_orders().filter(item=top)
    assert own.demands == [Demand.objects.get(source_line_id=third.lines.get().pk).pk]  # the other's is not shared


def test_a_purchase_for_one_order_line_is_not_taken_by_another(factory) -> None:
    part = masterdata.item("PART", order_policy="make_to_order", lead_time_days=3)
    first, second = order_for(part, "3", factory + days(40)), order_for(part, "4", factory + days(50))
    orders = erp_make.plan()

    perform(planning.firm_planned_orders, actor=None, identities=[orders[1].identity])
    third = order_for(part, "4", factory + days(45))
    erp_make.plan()

    assert Supply.objects.get().order_line == second.lines.get()
    wanted = [Demand.objects.get(source_line_id=one.lines.get().pk).pk for one in (first, third)]
    assert [one.demands for one in planned_orders().order_by("due_date")] == [[pk] for pk in wanted]
    assert not SupplyAdvice.objects.exists()


def test_a_piece_to_be_repaired_is_not_its_own_supply(factory) -> None:
    top = erp_make.made("TOP")
    erp_make.bom(top, (masterdata.item("PART", lead_time_days=3), "1"))
    again = erp_make.released_work_order(top, "2", kind="rework", due_date=factory + days(10))
    supply = Supply.objects.get(source_id=again.pk)
    order_for(top, "3", factory + days(40))
    erp_make.plan()
    assert quantities() == [("PART", D(3)), ("TOP", D(3))]  # nobody makes another for it
    assert {one.target for one in uses_of_supply(supply).rows()} <= {"stock"}
    assert supply.pk not in read_snapshot(today()).supply_ids

    erp_make.stock(top, "2")
    erp_make.plan()
    assert quantities() == [("PART", D(1)), ("TOP", D(1))]  # two lie there, go in and come out again
    assert [one.quantity for one in uses_of_supply(supply).served()] == [D(2)]


def test_what_is_made_to_order_of_something_made_to_order_belongs_to_its_order_line(factory) -> None:
    top = erp_make.made("TOP", order_policy="make_to_order")
    sub = erp_make.made("SUB", order_policy="make_to_order")
    erp_make.bom(sub, (masterdata.item("PART"), "1"))
    erp_make.bom(top, (sub, "2"))
    order = order_for(top, "3", factory + days(40))
    [planned] = [one for one in erp_make.plan() if one.item == sub]

    perform(planning.firm_planned_orders, actor=None, identities=[planned.identity])
    erp_make.plan()

    assert Supply.objects.get().order_line == order.lines.get()
    assert quantities() == [("PART", D(6)), ("TOP", D(3))]
    assert not SupplyAdvice.objects.exists()


def test_orders_consume_the_forecast_of_their_month_and_of_the_one_before(factory) -> None:
    item = masterdata.item("PART", forecast_backward_periods=1)
    months = [dt.date(2026, 4, 1), dt.date(2026, 5, 1), dt.date(2026, 6, 1)]
    rows = [DemandRow(number, item.pk, D(100), D(100), day) for number, day in enumerate(months, 9_000_001)]
    perform(set_demand, actor=None, source_label="crm.salesorder", source_id=9_999, kind="forecast", rows=rows)
    order_for(item, "60", dt.date(2026, 4, 20))
    order_for(item, "130", dt.date(2026, 5, 20))

    erp_make.plan()

    found = [(one.need_date, one.quantity) for one in planned_orders().order_by("need_date")]
    assert found == [
        (dt.date(2026, 4, 1), D(10)),
        (dt.date(2026, 4, 20), D(60)),
        (dt.date(2026, 5, 20), D(130)),
        (dt.date(2026, 6, 1), D(100)),
    ]


def test_phantoms_and_skipped_levels_are_replaced_by_their_components_and_pegged_through(factory) -> None:
    top, sub, pack = erp_make.made("TOP"), erp_make.made("SUB"), erp_make.made("PACK", is_phantom=True)
    bolt, film = masterdata.item("BOLT"), masterdata.item("FILM")
    erp_make.bom(sub, (bolt, "3"))
    erp_make.bom(pack, (film, "2"))
    bill = erp_make.bom(top, (sub, "2"), (pack, "1"))
    BomLine.objects.filter(bom=bill, component=sub).update(is_level_skipped=True)
    erp_make.stock(sub, "4")
    order = order_for(top, "10", factory + days(40))

    erp_make.plan()

    assert quantities() == [("BOLT", D(48)), ("FILM", D(20)), ("TOP", D(10))]
    rows = pegs_of_line(order.lines.get().pk).rows()
    assert {node.item.code for node in rows} == {"TOP", "SUB", "PACK", "BOLT", "FILM"}


def test_a_substitute_from_surplus_stock_covers_what_is_short(factory) -> None:
    top, main, other = erp_make.made("TOP"), masterdata.item("MAIN"), masterdata.item("OTHER")
    bill = erp_make.bom(top, (main, "1"))
    BomSubstitute.objects.create(bom_line=BomLine.objects.get(bom=bill), item=other, ratio=2)
    erp_make.stock(other, "7")
    order_for(top, "5", factory + days(40))

    erp_make.plan()

    assert quantities() == [("MAIN", D(2)), ("TOP", D(5))]


def test_yield_frozen_days_and_lots_of_one_size(factory) -> None:
    top, part = erp_make.made("TOP", yield_percent=D(80)), masterdata.item("PART", lot_policy="fixed", fixed_lot=D(40))
    late = masterdata.item("LATE", fence_days=14)
    erp_make.bom(top, (part, "1"))
    order_for(top, "60", factory + days(40))
    order_for(late, "1", factory + days(3))

    erp_make.plan()

    assert [(code, quantity) for code, quantity in quantities() if code == "PART"] == [("PART", D(40)), ("PART", D(40))]
    [order] = planned_orders().filter(item=late)
    assert order.is_fenced
    assert order.start_date >= factory + days(14)


def test_a_purchase_near_the_shortage_is_to_be_raised(factory) -> None:
    item = masterdata.item("PART")
    order_for(item, "8", factory + days(30))
    perform(
        set_expected,
        actor=None,
        source_label="crm.salesorder",
        source_id=1,
        kind="purchase",
        rows=[ExpectedSupply(1, item.pk, D(5), factory + days(29))],
    )
    perform(
        planning.configure_planning,
        actor=None,
        scrap_convention="usage",
        reschedule_days=30,
        dampener_days=3,
        default_lead_days=0,
        increase_days=2,
    )

    assert erp_make.plan() == []

    advice = SupplyAdvice.objects.get()
    assert (advice.kind, advice.surplus_quantity) == ("increase", D(3))


def test_web_pages_do_not_load_the_compiler() -> None:
    code = "import config.urls, sys; sys.exit('numba' in sys.modules)"
    setup = "import django; django.setup(); "
    assert subprocess.run([sys.executable, "-c", setup + code], check=False).returncode == 0


def test_lines_of_a_group_are_replaced_together(factory) -> None:
    top, left, right = erp_make.made("TOP"), masterdata.item("LEFT"), masterdata.item("RIGHT")
    new_left, new_right = masterdata.item("NEW-LEFT"), masterdata.item("NEW-RIGHT")
    bill = erp_make.bom(top, (left, "1"), (right, "2"))
    BomLine.objects.filter(bom=bill).update(substitute_group="SIDES")
    for main, other in ((left, new_left), (right, new_right)):
        BomSubstitute.objects.create(bom_line=BomLine.objects.get(bom=bill, component=main), item=other)
    erp_make.stock(right, "20")
    erp_make.stock(new_left, "9")
    erp_make.stock(new_right, "7")
    order_for(top, "5", factory + days(40))

    erp_make.plan()

    assert quantities() == [("LEFT", D(2)), ("TOP", D(5))]  # three of five take both new sides


def test_a_co_product_that_is_short_starts_an_order_of_its_main_product(factory) -> None:
    main, beside, raw = erp_make.made("MAIN"), erp_make.made("BESIDE"), masterdata.item("RAW")
    erp_make.bom(main, (raw, "1"), (beside, "0.5", {"line_kind": "co_product"}))
    order_for(beside, "10", factory + days(30))
    order_for(main, "5", factory + days(40))
    assert sorted(one.item.code for one in erp_make.plan()) == ["BESIDE", "MAIN", "RAW"]

    PlanningSettings.objects.update_or_create(singleton=True, defaults={"joint_orders": True})
    erp_make.plan()

    assert quantities() == [("MAIN", D(20)), ("RAW", D(20))]
    [order] = planned_orders().filter(item=main)
    assert Demand.objects.get(pk=order.demands[0]).item == beside
    perform(planning.firm_planned_orders, actor=None, identities=[order.identity])
    erp_make.plan()
    assert quantities() == [("RAW", D(20))]  # what comes out of the work order is supply: no second one


@pytest.mark.parametrize(
    ("company", "line", "starts"), [(False, "always", True), (True, "never", False), (True, "", True)]
)
def test_the_line_of_a_co_product_says_whether_it_starts_an_order(factory, company, line, starts) -> None:
    main, beside, raw = erp_make.made("MAIN"), erp_make.made("BESIDE"), masterdata.item("RAW")
    erp_make.bom(main, (raw, "1"), (beside, "0.5", {"line_kind": "co_product", "starts_order": line}))
    order_for(beside, "10", factory + days(30))
    PlanningSettings.objects.update_or_create(singleton=True, defaults={"joint_orders": company})
    codes = sorted(one.item.code for one in erp_make.plan())
    assert codes == (["MAIN", "RAW"] if starts else ["BESIDE"])


def test_only_a_co_product_starts_an_order(factory) -> None:
    with pytest.raises(InvalidInput, match="only a co-product"):
        erp_make.bom(erp_make.made("MAIN"), (masterdata.item("RAW"), "1", {"starts_order": "always"}))


def test_one_stands_for_a_group_and_two_for_one_in_plan_kit_check_and_promise(factory) -> None:
    """Five of BOTH stand for LEFT and two RIGHT each; of GLUE two parts together, of which one is over in spring."""
    top, left, right, glue = erp_make.made("TOP"), *(masterdata.item(code) for code in ("LEFT", "RIGHT", "GLUE"))
    both, powder, water = (masterdata.item(code) for code in ("BOTH", "POWDER", "WATER"))
    due = factory + days(40)
    parts = [
        {"item_id": powder.pk, "rank": 1},
        {"item_id": water.pk, "rank": 1, "ratio": D(2), "valid_to": due + days(60)},
    ]
    erp_make.bom(
        top,
        (left, "1", {"substitute_group": "SIDES", "substitutes": [{"item_id": both.pk}]}),
        (right, "2", {"substitute_group": "SIDES"}),
        (glue, "1", {"substitute_group": "GLUES", "substitutes": parts}),
    )
    for item, quantity in ((left, "6"), (right, "30"), (both, "5"), (glue, "8"), (powder, "9"), (water, "9")):
        erp_make.stock(item, quantity)
    order = order_for(top, "10", due)

    erp_make.plan()

    assert quantities() == [("TOP", D(10))]
    assert {node.item.code for node in pegs_of_line(order.lines.get().pk).rows()} >= {"TOP", "LEFT", "RIGHT", "GLUE"}
    BomSubstitute.objects.filter(item=water).update(valid_to=factory + days(1))
    erp_make.plan()
    assert quantities() == [("GLUE", D(2)), ("TOP", D(10))]
    [answer] = ports.promise([PromiseRequest(top.pk, D(10), due)])
    assert answer.promise_date <= due

    made = erp_make.released_work_order(top, "10", start_date=factory, due_date=factory)
    other = erp_make.released_work_order(top, "10", start_date=factory, due_date=factory, priority=9)
    checked = check_orders(KitQuestion())  # of BOTH one is left for the other order
    assert [(row.order.pk, row.quantity) for row in checked.rows()] == [(made.pk, 10), (other.pk, 1)]
    takings = [[(one.item.code, one.quantity) for one in line.takings] for line in checked.lines_of(made.pk)]
    assert takings == [
        [("LEFT", D(6)), ("BOTH", D(4))],
        [("RIGHT", D(12))],
        [("GLUE", D(8)), ("POWDER", D(2)), ("WATER", D(4))],
    ]
