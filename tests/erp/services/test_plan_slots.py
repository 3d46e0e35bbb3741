"""A large plan written by two connections: the same rows, and nothing is current before both have written."""

from decimal import Decimal

import psycopg
import pytest

from core.errors import Busy
from erp.models import CurrentRun, PlannedOrder
from erp.services import planning
from erp.services.planning import running, storing
from tests.erp.services.test_plan_storing import stored
from tests.factories import erp_make, masterdata

D = Decimal


@pytest.fixture
def table(committed, monkeypatch):
    """TABLE = 4 LEG, planned as a large plan is."""
    monkeypatch.setattr(storing, "LISTED", 0)
    monkeypatch.setattr(running, "LARGE", 0)
    erp_make.place()
    table = erp_make.made("TABLE", lead_time_days=2, safety_stock=D(9), max_lot=D(2))
    erp_make.bom(table, (masterdata.item("LEG", lead_time_days=90), "4"))
    return committed


def test_two_connections_write_what_one_does(table, monkeypatch) -> None:
    one = planning.run_plan()
    rows = stored(one.slot, "more_demands", "demands", "is_near")
    monkeypatch.setattr(running, "IN_TWO", 0)

    two = planning.run_plan(anew=True)

    assert two.slot != one.slot
    assert stored(two.slot, "more_demands", "demands", "is_near") == rows != []
    assert two.digest == one.digest


@pytest.mark.parametrize("half", ["plannedrow", "plannedseries"])
def test_a_reader_of_the_oldest_slot_leaves_the_run_as_it_is(table, monkeypatch, half: str) -> None:
    monkeypatch.setattr(running, "IN_TWO", 0)
    first = planning.run_plan()
    with psycopg.connect(table.url) as reader:
        reader.execute(f"SELECT count(*) FROM erp_{half}_{(first.slot + 1) % 4}")
        with pytest.raises(Busy):
            planning.run_plan(anew=True)
    assert CurrentRun.objects.get().run == first
    assert PlannedOrder.objects.filter(slot=first.slot).exists()

    assert planning.run_plan(anew=True).number == first.number + 1
