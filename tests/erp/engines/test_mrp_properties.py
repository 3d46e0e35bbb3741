"""What must hold for every plan, whatever the problem."""

from collections import defaultdict
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from erp.engines import mrp
from erp.engines.mrp import lots

DAYS = st.integers(min_value=-5, max_value=40)
PIECES = st.integers(min_value=0, max_value=60).map(lambda pieces: pieces * mrp.MICRO)
SOME = st.integers(min_value=1, max_value=60).map(lambda pieces: pieces * mrp.MICRO)


@st.composite
def items(draw) -> mrp.Item:
    return mrp.Item(
        free_stock=draw(PIECES),
        safety_stock=draw(st.just(0) | PIECES),
        lead_days=draw(st.integers(0, 7)),
        min_lot=draw(st.just(0) | SOME),
        lot_multiple=draw(st.just(0) | SOME),
        max_lot=draw(st.just(0) | SOME),
        explodes=True,
    )


@st.composite
def problems(draw) -> mrp.Problem:
    count = draw(st.integers(1, 7))
    at = st.integers(0, count - 1)
    boms = []
    for parent in range(count - 1):
        below = draw(st.lists(st.integers(parent + 1, count - 1), unique=True, max_size=3))
        lines = [mrp.BomLine(component, draw(SOME), draw(st.sampled_from([0, 50_000]))) for component in below]
        boms.append(mrp.Bom(parent, draw(SOME), lines))
    return mrp.Problem(
        today=0,
        items=[draw(items()) for _ in range(count)],
        boms=boms,
        demands=[mrp.Demand(key, draw(at), draw(DAYS), draw(PIECES)) for key in range(draw(st.integers(0, 8)))],
        receipts=[mrp.Receipt(key, draw(at), draw(DAYS), draw(SOME)) for key in range(draw(st.integers(0, 5)))],
        rules=mrp.Rules(reschedule_days=draw(st.sampled_from([0, 10])), yield_scrap=draw(st.booleans())),
        calendar=mrp.WorkingDays(-60, [day % 7 < 5 for day in range(120)]),
    )


def needed(problem: mrp.Problem, plan: mrp.Plan) -> dict[int, list[tuple[int, int]]]:
    """Per item the (day, quantity) of demands and of the components of planned orders."""
    needs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for demand in problem.demands:
        needs[demand.item].append((demand.day, demand.quantity))
    for order in plan.all_orders():
        for need in order.components:
            needs[need.item].append((need.day, need.quantity))
    return needs


@settings(max_examples=300, deadline=None)
@given(problems())
def test_supply_covers_every_need_and_the_safety_stock_on_its_day(problem: mrp.Problem) -> None:
    plan = mrp.make_plan(problem)

    needs = needed(problem, plan)
    for number, item in enumerate(problem.items):
        window = max(problem.rules.reschedule_days, item.lead_days)
        days = {day for day, _quantity in needs[number]} | {0}
        for day in days:
            stock = item.free_stock - (item.safety_stock if day >= 0 else 0)
            receipts = sum(
                one.quantity for one in problem.receipts if one.item == number and one.day <= max(day, 0) + window
            )
            planned = sum(order.quantity for order in plan.orders[number] if order.need <= day)
            wanted = sum(quantity for when, quantity in needs[number] if when <= day)
            assert stock + receipts + planned >= wanted


@settings(max_examples=200, deadline=None)
@given(problems())
def test_nothing_is_planned_that_nobody_needs(problem: mrp.Problem) -> None:
    """Without its last lot, an item is short: what is over is less than one lot."""
    plan = mrp.make_plan(problem)

    needs = needed(problem, plan)
    for number, item in enumerate(problem.items):
        if not plan.orders[number]:
            continue
        last = plan.orders[number][-1]
        planned = sum(order.quantity for order in plan.orders[number]) - last.quantity
        wanted = sum(quantity for when, quantity in needs[number] if when <= last.need) + item.safety_stock
        due = sum(one.quantity for one in problem.receipts if one.item == number and one.day <= max(last.need, 0))
        assert item.free_stock + due + planned < wanted


def is_rest_of_many(plan: mrp.Plan, order: mrp.Order) -> bool:
    """A maximum that asks for more lots than SPLITS is a slip of the pen: the last of them takes the rest."""
    return sum(one.need == order.need for one in plan.orders[order.item]) >= lots.SPLITS


@settings(max_examples=200, deadline=None)
@given(problems())
def test_orders_obey_lots_calendar_and_lead_time(problem: mrp.Problem) -> None:
    plan = mrp.make_plan(problem)

    for order in plan.all_orders():
        item, calendar = problem.items[order.item], problem.calendar
        multiple = max(item.lot_multiple, mrp.MICRO)
        cap = max(item.max_lot // multiple * multiple, multiple) if item.max_lot else None
        assert order.quantity > 0
        assert order.quantity % multiple == 0
        assert order.quantity >= item.min_lot or order.quantity == cap
        assert cap is None or order.quantity <= cap or is_rest_of_many(plan, order)
        assert order.due <= order.need
        assert order.due == calendar.on_or_before(order.due)
        assert calendar.later(order.start, item.lead_days) == order.due
        assert order.past_due == (order.start < problem.today)
        assert order.finish >= max(problem.today, order.due)
        assert all(need.day == order.start for need in order.components)


@settings(max_examples=200, deadline=None)
@given(problems())
def test_same_input_same_output(problem: mrp.Problem) -> None:
    def shape(plan: mrp.Plan) -> list[tuple]:
        return [
            (one.item, one.sequence, one.due, one.start, one.quantity, one.finish, one.tops)
            for one in plan.all_orders()
        ]

    first, second = mrp.make_plan(problem), mrp.make_plan(problem)

    assert shape(first) == shape(second)
    assert first.advice == second.advice
    assert first.verdicts == second.verdicts


@settings(max_examples=200, deadline=None)
@given(problems())
def test_identities_are_unique_and_in_order(problem: mrp.Problem) -> None:
    for orders in mrp.make_plan(problem).orders:
        keys = [(order.due, order.sequence) for order in orders]
        assert keys == sorted(set(keys))


@settings(max_examples=200, deadline=None)
@given(problems())
def test_a_verdict_is_never_before_the_day_and_late_ones_say_why(problem: mrp.Problem) -> None:
    plan = mrp.make_plan(problem)

    for demand, verdict in zip(problem.demands, plan.verdicts, strict=True):
        if demand.quantity == 0:
            assert verdict is None
            continue
        assert verdict is not None
        assert verdict.day >= demand.day
        assert (verdict.reason == "on_time") == (verdict.day == demand.day)
        assert (verdict.item is None) == (verdict.reason == "on_time")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 50)), st.lists(st.integers(0, 50)))
def test_pegs_share_out_exactly_what_there_is(needs: list[int], supplies: list[int]) -> None:
    edges = mrp.peg(needs, supplies)

    given_to = defaultdict(int)
    taken_from = defaultdict(int)
    for edge in edges:
        assert edge.quantity > 0
        given_to[edge.need] += edge.quantity
        taken_from[edge.supply] += edge.quantity
    assert sum(given_to.values()) == min(sum(needs), sum(supplies))
    assert all(given_to[number] <= needs[number] for number in given_to)
    assert all(taken_from[number] <= supplies[number] for number in taken_from)
    assert all((a.need, a.supply) < (b.need, b.supply) for a, b in pairwise(edges))


@settings(max_examples=200, deadline=None)
@given(st.integers(-20, 20), st.integers(0, 10), st.lists(st.booleans(), max_size=15))
def test_counting_working_days_forth_and_back(day: int, count: int, working: list[bool]) -> None:
    calendar = mrp.WorkingDays(-7, working)

    later = calendar.later(day, count)

    assert calendar.earlier(later, count) == calendar.on_or_after(day)
    assert later >= calendar.on_or_after(day) + count
    assert calendar.on_or_before(day) <= day <= calendar.on_or_after(day)
