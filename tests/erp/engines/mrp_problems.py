"""Random planning problems in which every rule occurs."""

from hypothesis import strategies as st

from erp.engines import mrp
from erp.engines.mrp.problem import (
    FIXED_LOT,
    LOT_FOR_LOT,
    MIN_MAX,
    MIXED,
    NEVER,
    ORPHAN,
    PERIOD,
    POOL,
    TO_ORDER,
    TO_STOCK,
)

DAYS = st.integers(-5, 40)
STEPS = st.sampled_from([mrp.MICRO, mrp.MICRO, 1000])
AMOUNTS = st.integers(1, 60_000)


def amount(draw, step: int) -> int:
    """A quantity of up to 60 units, whole where the unit is."""
    thousandths = draw(AMOUNTS)
    return max(1, thousandths // 1000) * mrp.MICRO if step == mrp.MICRO else thousandths * 1000


def maybe(draw, step: int) -> int:
    return draw(st.booleans()) and amount(draw, step)


@st.composite
def items(draw) -> mrp.Item:
    step = draw(STEPS)
    return mrp.Item(
        free_stock=maybe(draw, step),
        safety_stock=maybe(draw, step) if draw(st.booleans()) else 0,
        lead_days=draw(st.integers(0, 7)),
        min_lot=maybe(draw, step),
        lot_multiple=maybe(draw, step),
        max_lot=maybe(draw, step),
        step=step,
        explodes=draw(st.integers(0, 3)) > 0,
        lot_policy=draw(st.sampled_from([LOT_FOR_LOT, FIXED_LOT, PERIOD, MIN_MAX])),
        fixed_lot=amount(draw, step),
        lot_days=draw(st.integers(1, 12)),
        max_stock=amount(draw, step),
        good=draw(st.sampled_from([mrp.MICRO, mrp.MICRO, 900_000, 333_333])),
        fence_days=draw(st.sampled_from([0, 0, 3, 10])),
        order_policy=draw(st.sampled_from([TO_STOCK, TO_STOCK, TO_ORDER, MIXED])),
        is_phantom=draw(st.integers(0, 5)) == 0,
    )


@st.composite
def lines(draw, component: int, count: int) -> mrp.BomLine:
    kind = draw(st.integers(0, 9))
    substitutes = ()
    if kind > 5 and count > 1:
        others = draw(st.lists(st.integers(0, count - 1).filter(lambda n: n != component), max_size=2, unique=True))
        ratio = st.sampled_from([mrp.MICRO, 500_000, 2_000_000, 1_333_333])
        substitutes = tuple(mrp.Substitute(item, draw(ratio), rank) for rank, item in enumerate(others, 1))
    return mrp.BomLine(
        component,
        draw(AMOUNTS) * 1000,
        draw(st.sampled_from([0, 50_000])),
        draw(st.sampled_from([0, 0, 0, 10])),
        draw(st.sampled_from([NEVER, NEVER, NEVER, 20])),
        draw(st.sampled_from([0, 0, 1_500_000])),
        is_skipped=kind == 0,
        is_output=kind == 1,
        substitutes=() if kind == 1 else substitutes,
    )


@st.composite
def everything(draw) -> mrp.Problem:
    """A problem of up to eight items with all rules."""
    count = draw(st.integers(1, 8))
    at = st.integers(0, count - 1)
    made = [draw(items()) for _ in range(count)]
    boms = []
    for parent in range(count - 1):
        below = draw(st.lists(st.integers(parent + 1, count - 1), max_size=4))
        halves = [(0, 15), (15, NEVER)] if draw(st.integers(0, 3)) == 0 else [(draw(st.sampled_from([0, 5])), NEVER)]
        for first, last in halves:
            of_bom = [draw(lines(component, count)) for component in below]
            boms.append(mrp.Bom(parent, draw(AMOUNTS) * 1000, of_bom, first, last))
    boms = draw(st.permutations(boms))
    receipts = [
        mrp.Receipt(key, draw(at), draw(DAYS), amount(draw, mrp.MICRO), draw(st.integers(0, 4)) == 0)
        for key in range(draw(st.integers(0, 7)))
    ]
    demands = [_demand(draw, key, at, made, receipts) for key in range(draw(st.integers(0, 9)))]
    for one in demands:
        one.group = draw(st.sampled_from([None, None, *range(min(2, len(demands)))]))
    for receipt in receipts:
        if made[receipt.item].order_policy != TO_STOCK:
            own = [n for n, one in enumerate(demands) if one.item == receipt.item and one.receipt is None]
            own += [one.group for one in demands if one.group is not None]
            receipt.group = draw(st.sampled_from([POOL, ORPHAN, *own]))
    return mrp.Problem(0, made, list(boms), demands, receipts, _rules(draw), _calendar())


def _demand(draw, key: int, at, made: list[mrp.Item], receipts: list[mrp.Receipt]) -> mrp.Demand:
    item = draw(at)
    step = made[item].step
    material_of = [n for n, one in enumerate(receipts) if one.item < item]
    return mrp.Demand(
        key,
        item,
        draw(DAYS),
        draw(st.integers(0, 9)) > 0 and amount(draw, step),
        draw(st.sampled_from([5, 5, 1, 9])),
        maybe(draw, step),
        draw(st.sampled_from([None, None, *material_of])),
        draw(st.integers(0, 3)) == 0,
    )


def _rules(draw) -> mrp.Rules:
    return mrp.Rules(
        dependent_priority=5,
        yield_scrap=draw(st.booleans()),
        reschedule_days=draw(st.sampled_from([0, 10])),
        dampener_days=draw(st.sampled_from([0, 3])),
        increase_days=draw(st.sampled_from([-1, 0, 5])),
        net_phantoms=draw(st.integers(0, 3)) > 0,
        substitute_partly=draw(st.booleans()),
    )


def _calendar() -> mrp.WorkingDays:
    return mrp.WorkingDays(-60, [day % 7 < 5 for day in range(120)])
