"""Planners firm the same planned order at the same time: one work order, the others are refused."""

import datetime as dt
from decimal import Decimal

import pytest

from core.clock import today
from erp.models import PlannedOrder, WorkOrder
from tests.factories import crm, erp_make, masterdata
from tests.races.runners import run_together

PROCESSES = 4


def firm_at_once(identity: str) -> list[str]:
    """Let every process firm the planned order; return what they met."""
    return run_together([("firm", {"identities": [identity]})] * PROCESSES, PROCESSES, locks_off=False)


@pytest.fixture
def planned(committed) -> str:
    erp_make.place()
    top = erp_make.made("TOP")
    erp_make.bom(top, (masterdata.item("PART"), "1"))
    crm.confirmed_order(None, crm.line(top, "3", ship_date=today() + dt.timedelta(days=60)))
    erp_make.plan()
    return PlannedOrder.objects.get(item=top).identity


def test_one_planned_order_becomes_one_work_order(planned) -> None:
    assert sorted(firm_at_once(planned)) == ["done"] + ["planned_order_gone"] * (PROCESSES - 1)
    assert WorkOrder.objects.get().quantity == Decimal(3)


def test_without_taking_the_row_it_would_become_several(planned, monkeypatch) -> None:
    """The control: reading the orders instead of deleting them lets every process make one."""
    from erp.services.planning import firming

    def only_read(run, wanted):
        rows = PlannedOrder.objects.filter(slot=run.slot, item_id=wanted[0][0]).select_related("item")
        return list(rows)

    monkeypatch.setattr(firming, "_take", only_read)

    assert firm_at_once(planned) == ["done"] * PROCESSES
    assert WorkOrder.objects.count() == PROCESSES
