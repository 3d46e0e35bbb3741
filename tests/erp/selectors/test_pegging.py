"""The pegging tree of an order line: which part comes from where, in proportion."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from erp.selectors import peg_branch, pegging
from erp.selectors.pegging import PegNode, pegs_of_line
from erp.services.supply import ExpectedSupply, set_expected
from tests.erp.services.conftest import factory
from tests.factories import crm, erp_make, masterdata

__all__ = ["factory"]

pytestmark = pytest.mark.django_db
D = Decimal


def shape(nodes: list[PegNode]) -> list[tuple]:
    return [(node.depth, node.item.code, node.quantity, node.source) for node in nodes]


def order(item, quantity: str, due: dt.date):
    return crm.confirmed_order(None, crm.line(item, quantity, ship_date=due)).lines.get()


def test_a_line_is_covered_by_reserved_stock_a_work_order_and_a_planned_order(factory) -> None:
    top, part = erp_make.made("TOP", lead_time_days=2), masterdata.item("PART", lead_time_days=3)
    erp_make.bom(top, (part, "2"))
    erp_make.stock(top, "3")
    line = order(top, "10", factory + dt.timedelta(days=20))
    work_order = erp_make.released_work_order(top, "4", due_date=factory + dt.timedelta(days=10))
    erp_make.stock(part, "5")
    erp_make.plan()

    rows = pegs_of_line(line.pk).rows()

    assert shape(rows) == [
        (0, "TOP", D(3), "reserved"),
        (0, "TOP", D(4), "supply"),
        (1, "PART", D(5), "stock"),
        (1, "PART", D(3), "planned"),
        (0, "TOP", D(3), "planned"),
        (1, "PART", D(6), "planned"),
    ]
    assert (rows[1].number, rows[1].url) == (work_order.number, work_order.get_absolute_url())
    assert not any(row.is_late for row in rows)


def test_an_earlier_order_takes_the_stock_and_only_the_share_of_a_lot_is_shown(factory) -> None:
    top, part = erp_make.made("TOP", lot_multiple=D(50), lead_time_days=2), masterdata.item("PART", lead_time_days=3)
    erp_make.bom(top, (part, "3"))
    first = order(top, "10", factory + dt.timedelta(days=60))
    second = order(top, "20", factory + dt.timedelta(days=61))
    erp_make.plan()

    assert shape(pegs_of_line(first.pk).rows()) == [(0, "TOP", D(10), "planned"), (1, "PART", D(30), "planned")]
    assert shape(pegs_of_line(second.pk).rows()) == [(0, "TOP", D(20), "planned"), (1, "PART", D(60), "planned")]


def test_a_lot_for_two_orders_is_divided_into_whole_pieces(factory) -> None:
    """Twenty bolts for a lot of ten: three lie there, the rest is bought. Seven of the lot are for the first order."""
    top, part = erp_make.made("TOP", lot_multiple=D(10), lead_time_days=2), masterdata.item("PART", lead_time_days=3)
    erp_make.bom(top, (part, "2"))
    erp_make.stock(part, "3")
    first = order(top, "7", factory + dt.timedelta(days=60))
    second = order(top, "3", factory + dt.timedelta(days=61))
    erp_make.plan()

    rows = pegs_of_line(first.pk).rows()
    assert shape(rows) == [(0, "TOP", D(7), "planned"), (1, "PART", D(3), "stock"), (1, "PART", D(11), "planned")]
    assert shape(pegs_of_line(second.pk).rows()) == [(0, "TOP", D(3), "planned"), (1, "PART", D(6), "planned")]
    assert not any(row.is_share for row in rows)


def test_late_existing_supply_is_named_with_its_day(factory) -> None:
    part = masterdata.item("PART", lead_time_days=3)
    line = order(part, "5", factory + dt.timedelta(days=10))
    expected = ExpectedSupply(1, part.pk, D(5), factory + dt.timedelta(days=24))
    perform(set_expected, actor=None, source_label="crm.salesorder", source_id=1, kind="purchase", rows=[expected])
    erp_make.plan()

    [node] = pegs_of_line(line.pk).rows()

    assert (node.source, node.available, node.days_late) == ("supply", factory + dt.timedelta(days=24), 14)


def test_what_nothing_covers_yet_says_so(factory) -> None:
    line = order(masterdata.item("PART"), "5", factory + dt.timedelta(days=10))

    assert shape(pegs_of_line(line.pk).rows()) == [(0, "PART", D(5), "none")]


def test_a_line_without_open_demand_has_no_tree(factory) -> None:
    assert pegs_of_line(999) is None


@pytest.fixture
def readings(monkeypatch) -> list[dt.date]:
    """Up to which day planned orders are read, reading by reading; each plan is a large one."""
    found: list[dt.date] = []
    read = peg_branch.read_part

    def noted(items, statement, until=peg_branch.LATEST):
        found.append(until)
        return read(items, statement, until)

    monkeypatch.setattr(peg_branch, "read_part", noted)
    monkeypatch.setattr(peg_branch, "WHOLE", 0)
    monkeypatch.setattr(pegging, "LATENESS", dt.timedelta(days=2))
    return found


def test_what_lies_in_stock_is_pegged_without_what_hangs_below(factory, readings) -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    erp_make.bom(top, (part, "2"))
    line = order(top, "3", factory + dt.timedelta(days=60))
    erp_make.stock(top, "3")
    erp_make.plan()

    assert shape(pegs_of_line(line.pk).rows()) == [(0, "TOP", D(3), "stock")]
    assert readings == [peg_branch.LATEST]


def test_what_a_work_order_is_made_of_is_shown_where_it_covers_everything(factory) -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    erp_make.bom(top, (part, "2"))
    line = order(top, "4", factory + dt.timedelta(days=60))
    erp_make.released_work_order(top, "4", due_date=factory + dt.timedelta(days=10))
    erp_make.stock(part, "8")
    erp_make.plan()

    assert shape(pegs_of_line(line.pk).rows()) == [(0, "TOP", D(4), "supply"), (1, "PART", D(8), "stock")]


def test_later_orders_are_read_only_where_something_waits_for_them(factory, readings, monkeypatch) -> None:
    """An order for an earlier day, made since the plan, takes what was for the first, which takes of the second's."""
    top = erp_make.made("TOP", lead_time_days=2)
    part = masterdata.item("PART", lead_time_days=3, lot_multiple=D(50))
    erp_make.bom(top, (part, "2"))
    lines = [order(top, "10", factory + dt.timedelta(days=days)) for days in (60, 61, 120)]
    erp_make.plan()
    late = order(top, "4", factory + dt.timedelta(days=30))

    trees = [pegs_of_line(line.pk).rows() for line in (*lines, late)]

    alone = whole = peg_branch.LATEST
    near = [line.ship_date + dt.timedelta(days=2) for line in (*lines, late)]
    assert readings == [alone, near[0], *(day for one in near[1:] for day in (alone, one, whole))]
    monkeypatch.setattr(pegging, "read_little", lambda items, until: iter([peg_branch.read_branch(items)]))
    assert trees == [pegs_of_line(line.pk).rows() for line in (*lines, late)]
