"""The worked valuation cases under tests/golden/costing, posted move by move under each method they name."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest

from core.clock import forget_company
from core.models import Company
from core.operations import perform
from erp.models import ItemCost, ValueEntry
from erp.services.valuation.month_average import run_month_average

from .test_layers import item_of

CASES = Path(__file__).resolve().parents[2] / "golden" / "costing"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
READ = {
    name: tuple(json.loads((CASES / name / part).read_text()) for part in ("problem.json", "expected.json"))
    for name in NAMES
}
ALL = [(name, method) for name in NAMES for method in READ[name][1]]


def amounts(texts):
    return [Decimal(text) for text in texts]


def test_each_case_names_its_source_and_each_method_its_standard_and_its_sums():
    """A figure that cannot be recomputed from the page is no golden figure; every method has a case of a book."""
    of_books = set()
    for name, (problem, expected) in READ.items():
        assert problem["source"], name
        assert problem["standard"].keys() == problem["worked"].keys() == expected.keys(), name
        of_books |= set() if problem["source"].startswith("HARD_RULES") else expected.keys()
    assert of_books == {"fifo", "moving_average", "month_average", "standard"}


@pytest.mark.parametrize(("name", "method"), ALL)
def test_worked_case(store, name, method):
    problem, expected = READ[name][0], READ[name][1][method]
    Company.objects.update(base_decimals=problem.get("decimals", 2))
    forget_company()
    item = item_of(store, method, standard_cost=Decimal(problem.get("standard_cost", "0")))
    issued = []
    for kind, day, quantity, *amount in problem["steps"]:
        date = dt.date.fromisoformat(day)
        if kind == "receipt":
            store.receive(item, quantity, amount[0], date=date)
        else:
            issued += store.issue(item, quantity, date=date).moves

    def costs():
        return [-sum((entry.amount for entry in one.entries.all()), Decimal(0)) for one in issued]

    if "provisional" in expected:
        assert costs() == amounts(expected["provisional"])
    if method == "month_average":
        perform(run_month_average, actor=None, month=dt.date.fromisoformat(problem["run"]))
        count = ValueEntry.objects.count()
        perform(run_month_average, actor=None, month=dt.date.fromisoformat(problem["run"]))
        assert ValueEntry.objects.count() == count
    assert costs() == amounts(expected["issues"])
    variances = ValueEntry.objects.filter(kind="variance").order_by("id").values_list("amount", flat=True)
    assert list(variances) == amounts(expected.get("variances", []))
    cost = ItemCost.objects.get(item=item)
    assert [cost.quantity, cost.value] == amounts(expected["closing"])
