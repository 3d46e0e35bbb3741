"""Merged picks: what goes to whom, at which cost, and what is refused."""

from decimal import Decimal

import pytest

from core.clock import today
from core.operations import perform
from erp.engines.sharing import handed_out, pro_rata, whole_packs
from erp.errors import OverIssue, ShortStock
from erp.errors.making import FoundTooMuch, MaterialOnPick, NothingToPick, OrdersDiffer, PickIsClosed
from erp.models import Demand, PickShare, StockBalance, StockMove, WorkOrder
from erp.selectors.work_orders import material_supply
from erp.services import merged_picks, reservations, work_orders
from erp.states.making import MergedPickState
from finance.selectors.invariants import violations
from masterdata.models import ItemUnit
from tests.erp.services.work_order_steps import fresh, issue, on_hand
from tests.factories import erp_make, erp_making, masterdata

D = Decimal


def shares(pick) -> list[tuple[Decimal, Decimal, Decimal]]:
    rows = PickShare.objects.filter(line__pick=pick).order_by("rank")
    return [(one.planned_quantity, one.issued_quantity, one.dropped_quantity) for one in rows]


def costs(orders) -> list[Decimal]:
    return [fresh(one).material_cost for one in orders]


@pytest.fixture
def orders(factory) -> list[WorkOrder]:
    """The worked example of HARD_RULES §5: needs 30, 20 and 10; there are 40 at 10.00 and 5 at 12.00."""
    part = masterdata.item("PART")
    erp_make.stock(part, "40", "10")
    erp_make.stock(part, "5", "12")
    return erp_making.three_orders(part, "30", "20", "10")


@pytest.mark.parametrize(
    ("rule", "quantities", "values"),
    [
        ("pro_rata", [D(23), D(15), D(7)], [D("235.11"), D("153.33"), D("71.56")]),
        ("priority", [D(30), D(15), D(0)], [D("306.67"), D("153.33"), D(0)]),
    ],
)
def test_golden_too_little_is_shared_out_by_the_rule_and_no_cent_is_lost(orders, rule, quantities, values) -> None:
    pick = erp_making.pick_for(orders, split_rule=rule)

    posted = erp_making.post(pick, "45")

    assert posted.state == MergedPickState.OPEN
    assert [issued for _planned, issued, _dropped in shares(pick)] == quantities
    assert costs(orders) == values
    assert sum(costs(orders)) == D(460)
    moves = StockMove.objects.filter(kind="issue").order_by("id")
    assert [(move.source_id, move.quantity) for move in moves] == [
        (order.pk, quantity) for order, quantity in zip(orders, quantities, strict=True) if quantity
    ]
    assert not violations()


def test_golden_the_rest_of_whole_packs_goes_to_the_line_side(orders) -> None:
    part = orders[0].materials.get().item
    erp_make.stock(part, "55", "10")
    ItemUnit.objects.create(item=part, uom=masterdata.uom("BOX"), factor=D(25))
    pick = erp_making.pick_for(orders, takes_packs=True, line_side_id=erp_making.line_side().pk)

    with pytest.raises(FoundTooMuch):
        erp_making.post(pick, "76")
    posted = erp_making.post(pick, "75")

    assert posted.state == MergedPickState.POSTED
    assert [one.issued_quantity for one in PickShare.objects.order_by("rank")] == [D(30), D(20), D(10)]
    surplus = StockMove.objects.get(kind="transfer")
    assert (surplus.quantity, surplus.to_location.kind, surplus.source_number) == (D(15), "line_side", pick.number)
    assert pick.lines.get().to_line_side == D(15)
    assert on_hand("PART") == D(40)
    assert not violations()


def test_what_is_on_an_open_pick_is_spoken_for_until_it_is_closed(orders) -> None:
    first = orders[0]
    pick = erp_making.pick_for(orders[:2])

    with pytest.raises(NothingToPick):
        erp_making.pick_for(orders[:2])
    with pytest.raises(MaterialOnPick):
        issue(first, "1")
    with pytest.raises(MaterialOnPick):
        perform(
            work_orders.reschedule_work_order,
            actor=None,
            work_order_id=first.pk,
            start_date=first.start_date,
            due_date=first.due_date,
            quantity=D(5),
        )
    other = erp_making.pick_for(orders)
    assert shares(other) == [(D(10), D(0), D(0))]
    erp_making.post(pick, "40")
    finished = perform(merged_picks.finish_merged_pick, actor=None, pick_id=pick.pk)
    assert (finished.state, shares(pick)) == ("posted", [(D(30), D(30), D(0)), (D(20), D(10), D(10))])
    with pytest.raises(OverIssue):
        issue(first, "1")
    issue(orders[1], "5")


def test_an_order_that_ends_leaves_the_pick(orders) -> None:
    pick = erp_making.pick_for(orders)
    perform(work_orders.cancel_work_order, actor=None, work_order_id=orders[0].pk)

    assert shares(pick) == [(D(30), D(0), D(30)), (D(20), D(0), D(0)), (D(10), D(0), D(0))]
    posted = erp_making.post(pick, "30")
    assert posted.state == MergedPickState.POSTED
    assert costs(orders[1:]) == [D("204.44"), D("102.22")]
    with pytest.raises(PickIsClosed):
        erp_making.post(pick, "1")


def test_a_pick_refuses_foreign_orders_and_short_stock_without_side_effects(orders) -> None:
    elsewhere = masterdata.warehouse("OTHER")
    product = orders[0].item
    far = erp_make.released_work_order(product, "1", warehouse_id=elsewhere.pk)
    with pytest.raises(OrdersDiffer):
        erp_making.pick_for([orders[0], far])
    pick = erp_making.pick_for(orders)
    with pytest.raises(ShortStock):
        erp_making.post(pick, "46")
    assert [issued for _planned, issued, _dropped in shares(pick)] == [D(0)] * 3
    assert not StockMove.objects.filter(kind="issue").exists()
    cancelled = perform(merged_picks.cancel_merged_pick, actor=None, pick_id=pick.pk)
    assert cancelled.state == MergedPickState.CANCELLED
    issue(orders[0], "30")


def test_sharing_out_keeps_steps_needs_and_the_sum() -> None:
    assert pro_rata(D(45), [D(30), D(20), D(10)], 0) == [D(23), D(15), D(7)]
    assert pro_rata(D("1.00"), [D(1), D(1), D(1)], 2) == [D("0.34"), D("0.33"), D("0.33")]
    assert pro_rata(D(70), [D(30), D(20)], 0) == [D(30), D(20)]
    parts, rest = handed_out([("a", D(40)), ("b", D(10))], [D(23), D(15), D(7)])
    assert parts == [[("a", D(23))], [("a", D(15))], [("a", D(2)), ("b", D(5))]]
    assert rest == [("b", D(5))]
    assert (whole_packs(D(60), D(25)), whole_packs(D(50), D(25)), whole_packs(D(7), D(0))) == (D(75), D(50), D(7))


def test_goods_kept_for_an_order_go_to_it(orders) -> None:
    part = orders[0].materials.get().item
    last = Demand.objects.get(source_id=orders[2].pk)
    perform(reservations.reserve_demands, actor=None, demand_ids=[last.pk])
    assert StockBalance.objects.get(item=part).reserved == D(10)
    assert [one.free for one in material_supply(orders[0], today())] == [D(35)]
    assert [one.free for one in material_supply(orders[2], today())] == [D(45)]
    pick = erp_making.pick_for(orders)

    erp_making.post(pick, "45")

    assert [issued for _planned, issued, _dropped in shares(pick)] == [D(30), D(5), D(10)]
    assert on_hand("PART") == D(0)
