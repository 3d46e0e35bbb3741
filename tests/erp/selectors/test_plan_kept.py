"""What the planner keeps of its inputs: after any change it is what reading everything gives, and little is read."""

import dataclasses
import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from core.clock import business_date, moment
from erp.models import BomLine, Demand, Reservation, StockBalance, Supply
from erp.selectors import plan_kept, plan_reading
from erp.selectors.plan_inputs import Snapshot, read_snapshot
from erp.selectors.plan_kept import KeptSources
from erp.selectors.plan_sources import SOURCES
from masterdata.models import Item, SupplierItem, UnitOfMeasure
from tests.factories import core, crm, erp_make, finance, masterdata

D = Decimal


@pytest.fixture
def company(committed, monkeypatch) -> dt.date:
    """Eight products of four parts with stock and orders; sources are kept however small, in blocks of two keys."""
    monkeypatch.setattr(plan_kept, "KEPT_FROM", 0)
    for name, source in SOURCES.items():
        monkeypatch.setitem(SOURCES, name, dataclasses.replace(source, block=2))
    today = dt.date(2026, 3, 2)
    core.company(pinned_date=today)
    finance.open_books(years=[2026])
    erp_make.place()
    parts = [masterdata.item(f"PART{number}", lead_time_days=number) for number in range(4)]
    for number in range(8):
        product = erp_make.made(f"MADE{number}", lead_time_days=2)
        erp_make.bom(product, *((part, str(number + 1)) for part in parts))
        crm.confirmed_order(None, crm.line(product, "5", ship_date=today + dt.timedelta(days=3 + 20 * number)))
    erp_make.stock(parts[0], "7")
    erp_make.stock(Item.objects.get(code="MADE0"), "3")
    erp_make.released_work_order(Item.objects.get(code="MADE1"), "2")
    return today


def everything(snapshot: Snapshot) -> list[Any]:
    parts = [snapshot.item_keys, snapshot.kinds, snapshot.supply_keys, snapshot.lines]
    for name in ("items", "boms", "lines", "substitutes", "demands", "receipts"):
        parts += list(getattr(snapshot.columns, name))
    return [(part.dtype, part.tolist()) for part in parts]


def _ring(dice: random.Random, model: Any) -> Any:
    return dice.choice(list(model.objects.order_by("pk")))


def _change_orders(dice: random.Random, number: int) -> None:
    demand, balance = _ring(dice, Demand), _ring(dice, StockBalance)
    held = Reservation.objects.order_by("pk").first()
    match number % 4:
        case 0:
            Demand.objects.filter(pk=demand.pk).update(open_quantity=demand.quantity * dice.randint(0, 4) / 4)
        case 1:
            StockBalance.objects.filter(pk=balance.pk).update(on_hand=D(dice.randint(50, 90)))
        case 2:
            Supply.objects.update(due_date=business_date(moment()) + dt.timedelta(days=number))
        case 3 if held is not None:
            Reservation.objects.filter(pk=held.pk).update(quantity=held.quantity / 2)


def _change_items(dice: random.Random, number: int) -> None:
    line = _ring(dice, BomLine)
    match number % 6:
        case 0:
            Item.objects.filter(pk=_ring(dice, Item).pk).update(lead_time_days=dice.randint(1, 30))
        case 1:
            BomLine.objects.filter(pk=line.pk).update(quantity=line.quantity + 1)
        case 2:
            masterdata.item(f"NEW{number}", safety_stock=D(number))
        case 3:
            product = erp_make.made(f"PRODUCT{number}")
            erp_make.bom(product, (Item.objects.get(code="PART1"), "3"))
            crm.confirmed_order(None, crm.line(product, "1"))
        case 4:
            part = masterdata.item(f"BOUGHT{number}")
            masterdata.supplier_item(masterdata.supplier(), part, lead_time_days=number + 1, is_preferred=True)
            SupplierItem.objects.filter(pk=_ring(dice, SupplierItem).pk).update(lead_time_days=number + 2)
        case 5:
            UnitOfMeasure.objects.update(decimals=dice.randint(2, 4))


@pytest.mark.parametrize("seed", range(2))
def test_what_is_kept_is_what_reading_everything_gives(company, seed: int, monkeypatch) -> None:
    """The second time by two connections what is kept, by one everything."""
    dice, kept = random.Random(seed), KeptSources()
    read_snapshot(company, kept)
    for number in range(30):
        dice.choice((_change_orders, _change_items))(dice, 12 * number + dice.randint(0, 11))

        with monkeypatch.context() as patch:
            patch.setattr(plan_reading, "LARGE", 0 if seed else plan_reading.LARGE)
            found = read_snapshot(company, kept)
        fresh = read_snapshot(company)

        assert everything(found) == everything(fresh)
        assert found.digest == fresh.digest


def test_only_changed_rows_are_read_again(company, monkeypatch) -> None:
    kept, rows = KeptSources(), []
    read_snapshot(company, kept)
    asked = plan_reading.Source.read

    def counted(*given: Any, **parameters: Any) -> Any:
        found = asked(*given, **parameters)
        rows.append(len(found[0]))
        return found

    monkeypatch.setattr(plan_reading.Source, "read", counted)
    crm.confirmed_order(None, crm.line(Item.objects.get(code="MADE3"), "2"))

    read_snapshot(company, kept)

    supplies = Supply.objects.count()
    assert sorted(rows) in (sorted([1, supplies]), sorted([2, supplies]))  # the demand, maybe with its neighbour


def test_two_connections_see_one_snapshot(company, monkeypatch) -> None:
    """Whatever is committed while they read; what the caller's own transaction changed, one connection reads alone."""
    monkeypatch.setattr(plan_reading, "LARGE", 0)
    before, asked, joined, others = everything(read_snapshot(company)), KeptSources.read, plan_reading._join, []

    def changed_meanwhile(snapshot: str) -> Any:
        """Another process commits before either of the two has read anything."""
        found = joined(snapshot)
        with ThreadPoolExecutor(1) as other:
            other.submit(_change_all).result()
        return found

    def noted(self: KeptSources, name: str, parameters: Any, over: Any = None) -> Any:
        others.append(over)
        return asked(self, name, parameters, over)

    def _change_all() -> None:
        try:
            Item.objects.update(safety_stock=D(50))
            BomLine.objects.update(quantity=D(9))
        finally:
            connection.close()

    monkeypatch.setattr(plan_reading, "_join", changed_meanwhile)
    monkeypatch.setattr(KeptSources, "read", noted)
    assert everything(read_snapshot(company)) == before
    assert len({id(over) for over in others}) == 2
    others.clear()
    with transaction.atomic():
        BomLine.objects.update(quantity=D(7))
        assert set(read_snapshot(company).columns.lines.quantity.tolist()) == {7_000_000}
        assert others == [None] * len(SOURCES)


def test_one_connection_reads_when_no_other_is_to_be_had(company, monkeypatch) -> None:
    expected = everything(read_snapshot(company))
    monkeypatch.setattr(plan_reading, "LARGE", 0)
    monkeypatch.setattr(plan_reading, "EXPORT", "SELECT '00000000-00000000-1' WHERE %s >= 0")

    assert everything(read_snapshot(company)) == expected


def test_another_day_reads_dated_sources_anew(company) -> None:
    kept, later = KeptSources(), company + dt.timedelta(days=40)
    read_snapshot(company, kept)

    assert everything(read_snapshot(later, kept)) == everything(read_snapshot(later))


def test_inside_a_transaction_of_the_caller_nothing_is_kept(company) -> None:
    """Rows that one transaction changes twice carry its own number both times."""
    kept, item = KeptSources(), Item.objects.get(code="PART2")
    read_snapshot(company, kept)
    with transaction.atomic():
        for days in (11, 12):
            Item.objects.filter(pk=item.pk).update(lead_time_days=days)
            found = read_snapshot(company, kept)
            assert found.columns.items.lead_days[np.searchsorted(found.item_keys, item.pk)] == days
        connection.set_rollback(True)
    assert everything(read_snapshot(company, kept)) == everything(read_snapshot(company))
