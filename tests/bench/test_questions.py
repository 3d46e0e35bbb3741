"""What sellers and planners ask of a plan of 10,000 items: promises, why and in parts, pegging both ways."""

import datetime as dt
import os
import random
from decimal import Decimal

import pytest

from core.clock import business_date, moment
from core.memory import hold_memory
from core.operations import perform
from crm.ports import PromiseRequest
from crm.selectors.promises import promises_of
from erp.models import Demand, Supply
from erp.providers.stock import promise
from erp.selectors.outlooks import available_to_promise
from erp.selectors.peg_uses import uses_of_supply
from erp.selectors.pegging import pegs_of
from erp.services.demand import DemandRow, set_demand
from erp.services.planning import run_plan
from masterdata.models import Item
from tests.bench import questions
from tests.bench.limits import measure
from tests.bench.mrp_problem import generate
from tests.bench.mrp_tables import fill
from tests.factories import crm, erp

D = Decimal
LEVELS = [500, 2_000, 3_500, 4_000]
LINES, ORDERS, OF_EACH = 20, 10, 100
DEMANDS = ORDERS * OF_EACH

SIZES = {"10k": (10_000, 5.0, 2), "T": (100_000, 8.34, 10)}
"""Of the dense plans: items, bill lines an item, demands an end item."""

CHOSEN = os.environ.get("QUESTIONS_SIZES", "10k").split(",")


def _orders(tops: list[int]) -> None:
    """Confirmed orders of customers, due within the next two hundred days."""
    dice, known = random.Random(5), Item.objects.in_bulk(tops)
    for _order in range(ORDERS):
        lines = [
            crm.line(
                known[dice.choice(tops)],
                str(dice.randint(1, 20)),
                ship_date=erp.TODAY + dt.timedelta(days=dice.randint(5, 200)),
            )
            for _line in range(OF_EACH)
        ]
        crm.confirmed_order(None, *lines)


def _forecasts(tops: list[int]) -> None:
    """Fifty of every product expected by a day within the next two hundred days, beyond what is ordered."""
    dice, many = random.Random(7), D(50)
    rows = [DemandRow(pk, pk, many, many, erp.TODAY + dt.timedelta(days=dice.randint(5, 200))) for pk in tops]
    perform(set_demand, actor=None, source_label="erp.forecastline", source_id=1, kind="forecast", rows=rows)


def say(what: str, figures: questions.Figures) -> None:
    print(f"{what:<44}{figures}")


def test_questions(committed):
    erp.place()
    ids = questions.items(sum(LEVELS), sum(LEVELS[:-1]))
    questions.boms(ids, LEVELS, 6)
    questions.stock(ids, 60)
    questions.receipts(ids[LEVELS[0] :], 200, 90)
    tops = ids[: LEVELS[0]]
    _orders(tops)
    questions.analyse(committed.owner_url)
    run = run_plan()
    print(f"\n{len(ids)} items in {len(LEVELS)} levels, {DEMANDS} demands, {run.orders} planned orders")
    print(questions.HEADS)
    dice = random.Random(6)
    wanted = [PromiseRequest(pk, D(2), erp.TODAY + dt.timedelta(days=30)) for pk in dice.sample(tops, LINES)]
    figures, answers = questions.measured(promise, wanted, times=9)
    say(f"promise of {LINES} lines, 2 of each (CTP)", figures)
    assert len(answers) == LINES
    few = wanted
    there = [pk for pk, quantity in available_to_promise(tops).items() if quantity >= 2][:LINES]
    wanted = [PromiseRequest(pk, D(2), erp.TODAY) for pk in there]
    figures, answers = questions.measured(promise, wanted, times=9)
    say(f"promise of {LINES} made items that are there (ATP)", figures)
    assert [one.short_quantity for one in answers] == [0] * LINES
    large = [PromiseRequest(pk, D(500), erp.TODAY) for pk in dice.sample(tops, LINES)]
    figures, answers = questions.measured(promise, large, times=9)
    say(f"promise of {LINES} lines, 500 of each (CTP)", figures)
    assert all(one.promise_date and one.bottleneck for one in answers)
    figures, answers = questions.measured(promise, large[:1], parts_of=0, times=9)
    say("one line in parts, with the reason (CTP)", figures)
    assert answers[0].parts
    bought = [PromiseRequest(pk, D(5), erp.TODAY) for pk in dice.sample(ids[-LEVELS[-1] :], LINES)]
    say(f"promise of {LINES} bought items (ATP)", questions.measured(promise, bought, times=9)[0])
    draft = crm.quotation(None, *(crm.line(Item.objects.get(pk=pk), "2") for pk in tops[:LINES]))
    lines = list(draft.lines.select_related("item__uom", "uom").order_by("line_no"))
    say(f"quotation of {LINES} stored lines", questions.measured(promises_of, draft, lines, times=9)[0])

    _forecasts(tops)
    questions.analyse(committed.owner_url)
    run_plan(anew=True)
    for what, asked in (("2 of each (CTP)", few), ("500 of each (CTP)", large), ("bought items (ATP)", bought)):
        say(f"with forecasts of all products: {what}", questions.measured(promise, asked, times=9)[0])

    for demand in Demand.objects.filter(kind="sales").order_by("-open_quantity", "-due_date")[:3]:
        figures, pegs = questions.measured(pegs_of, "crm.salesorder", source_line_id=demand.source_line_id, times=9)
        say(f"order line down: {len(pegs.rows())} nodes", figures)
        assert pegs.roots
    for supply in Supply.objects.filter(item_id__in=ids[-LEVELS[-1] :]).order_by("pk")[:2]:
        figures, uses = questions.measured(uses_of_supply, supply, times=9)
        say(f"purchase up: {len(uses.rows())} nodes, {len(uses.served())} demands", figures)
    print(measure(committed.owner_url))


@pytest.mark.parametrize("size", CHOSEN)
def test_questions_of_a_dense_plan(committed, size: str) -> None:
    """A year of planned orders of all items, a dozen (of T: forty) of each, all of them for orders."""
    hold_memory()
    first = fill(generate(*SIZES[size], seed=1), committed.owner_url)
    run = run_plan()
    questions.analyse(committed.owner_url)
    print(f"\n{size}: {run.orders} planned orders\n{questions.HEADS}")
    dice, day = random.Random(1), business_date(moment()) + dt.timedelta(days=30)
    for quantity in (2, 50):
        wanted = [PromiseRequest(first + dice.randrange(2_000), D(quantity), day) for _line in range(LINES)]
        figures, answers = questions.measured(promise, wanted, times=9 if size == "10k" else 3)
        say(f"{size}: promise of {LINES} lines, {quantity} of each (CTP)", figures)
        assert all(one.promise_date for one in answers)
    print(measure(committed.owner_url))
