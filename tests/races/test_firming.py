"""Two planners firm the same planned order at the same time: one work order, one refusal."""

import datetime as dt
import multiprocessing
from decimal import Decimal

import pytest
from django.db import connection, connections

from core.operations import perform
from erp.errors import PlannedOrderGone
from erp.models import PlannedOrder, WorkOrder
from erp.services import planning
from tests.factories import crm, erp_make, masterdata
from tests.races.runners import own_connections

PROCESSES = 6


def _firm(identity: str, barrier, results) -> None:
    own_connections()
    connection.ensure_connection()
    barrier.wait()
    try:
        perform(planning.firm_planned_orders, actor=None, identities=[identity])
        results.put("made")
    except PlannedOrderGone:
        results.put("gone")
    finally:
        connections.close_all()


def _all_at_once(identity: str) -> list[str]:
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(PROCESSES), context.Queue()
    connections.close_all()
    workers = [context.Process(target=_firm, args=(identity, barrier, results)) for _one in range(PROCESSES)]
    for worker in workers:
        worker.start()
    answers = sorted(results.get(timeout=60) for _one in workers)
    for worker in workers:
        worker.join(timeout=60)
    return answers


@pytest.fixture
def planned(committed) -> str:
    erp_make.place()
    top = erp_make.made("TOP")
    erp_make.bom(top, (masterdata.item("PART"), "1"))
    from core.clock import today

    crm.confirmed_order(None, crm.line(top, "3", ship_date=today() + dt.timedelta(days=60)))
    erp_make.plan()
    return PlannedOrder.objects.get(item=top).identity


def test_one_planned_order_becomes_one_work_order(planned) -> None:
    assert _all_at_once(planned) == ["gone"] * (PROCESSES - 1) + ["made"]
    assert WorkOrder.objects.get().quantity == Decimal(3)


def test_without_taking_the_row_it_would_become_several(planned, monkeypatch) -> None:
    """The control: reading the orders instead of deleting them lets every process make one."""
    from erp.services.planning import firming

    def only_read(run, wanted):
        rows = PlannedOrder.objects.filter(slot=run.slot, item_id=wanted[0][0]).select_related("item")
        return list(rows)

    monkeypatch.setattr(firming, "_take", only_read)

    assert _all_at_once(planned) == ["made"] * PROCESSES
    assert WorkOrder.objects.count() == PROCESSES
