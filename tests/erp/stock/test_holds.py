"""Blocked, in inspection, expired, of others: on hand, and not to be used."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import DomainError
from core.operations import perform
from erp.errors import NotUsable, SecondQuantityMissing, SecondQuantityTooMuch, ShortStock, StatusUnchanged
from erp.models import Reservation, StockBalance, StockMove, ValueEntry
from erp.selectors.outlooks import available_to_promise
from erp.services import holds
from finance.selectors.invariants import STOCK, violations
from masterdata.models import Currency, Location, Partner, UnitOfMeasure
from tests.erp.stock.conftest import TODAY

D = Decimal


def _lot(store, item, code="L1", expiry=None):
    from erp.services.stock import LotInput, ensure_lots

    at = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    return ensure_lots([LotInput(item.pk, code, expiry)], at)[item.pk, code]


def block(lot, status="blocked", reason="Dented"):
    return perform(holds.set_lot_status, actor=None, lot_id=lot.pk, status=status, reason=reason)


def test_a_blocked_lot_is_on_hand_and_not_available_until_it_is_released(store):
    item = store.item(tracking="lot")
    lot = _lot(store, item)
    store.receive(item, 10, "50", lot_id=lot.pk)
    block(lot)
    assert StockBalance.objects.get(item=item).on_hand == 10
    assert available_to_promise([item.pk])[item.pk] == 0
    with pytest.raises(NotUsable, match="blocked"):
        store.move(item, 1, store.shelf, store.customer, kind="shipment", lot_id=lot.pk)
    store.move(item, 4, store.shelf, store.rack, kind="transfer", lot_id=lot.pk)
    with pytest.raises(StatusUnchanged):
        block(lot)
    block(lot, "usable", "Checked again")
    lot.refresh_from_db()
    assert (lot.status, lot.status_reason) == ("usable", "Checked again")
    store.move(item, 1, store.shelf, store.customer, kind="shipment", lot_id=lot.pk)


@pytest.mark.parametrize(("status", "reason"), [("gone", "x"), ("blocked", " ")])
def test_a_hold_names_a_known_status_and_says_why(store, status, reason):
    lot = _lot(store, store.item(tracking="lot"))
    with pytest.raises(DomainError):
        block(lot, status, reason)


def test_blocking_a_place_gives_up_what_was_kept_there(store):
    from erp.models import Demand

    item = store.item()
    store.receive(item, 10, "50", target=store.rack)
    balance = StockBalance.objects.get()
    demand = Demand.objects.create(
        kind="sales",
        source_label="crm.salesorder",
        source_id=1,
        source_line_id=1,
        item=item,
        quantity=6,
        open_quantity=6,
        due_date=TODAY,
    )
    Reservation.objects.create(
        demand=demand, balance=balance, quantity=6, created_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    )
    StockBalance.objects.update(reserved=6)
    values = {"location_id": store.rack.pk, "status": "inspection", "reason": "Water"}
    perform(holds.set_place_status, actor=None, **values)
    assert not Reservation.objects.exists()
    assert (StockBalance.objects.get().reserved, Location.objects.get(pk=store.rack.pk).status) == (0, "inspection")
    assert available_to_promise([item.pk])[item.pk] == 0
    with pytest.raises(DomainError, match="usual place"):
        perform(holds.set_place_status, actor=None, location_id=store.shelf.pk, status="blocked", reason="x")


def test_expired_goods_are_scrapped_not_issued(store):
    item = store.item(tracking="lot")
    lot = _lot(store, item, expiry=TODAY - dt.timedelta(days=1))
    store.receive(item, 3, "30", lot_id=lot.pk)
    with pytest.raises(NotUsable, match="expired"):
        store.move(item, 1, store.shelf, store.production, kind="issue", lot_id=lot.pk)
    store.issue(item, 3, lot_id=lot.pk)


def test_goods_of_others_are_counted_not_valued_and_never_ours(store):
    cny = Currency.objects.create(code="CNY", name="Yuan", decimals=2)
    item, owner = store.item(), Partner.objects.create(code="S", name="Supplier", is_supplier=True, currency=cny)
    posted = store.receive(item, 8, owner_id=owner.pk)
    assert posted.entries == []
    store.receive(item, 2, "20")
    rows = set(StockBalance.objects.values_list("owner_id", "on_hand"))
    assert rows == {(owner.pk, D(8)), (None, D(2))}
    assert ValueEntry.objects.count() == 1
    with pytest.raises(ShortStock):
        store.issue(item, 3)
    store.move(item, 5, store.shelf, store.rack, kind="transfer", owner_id=owner.pk)
    assert available_to_promise([item.pk])[item.pk] == 2
    assert not violations(STOCK)


@pytest.fixture
def steel(store):
    kg = UnitOfMeasure.objects.create(code="kg", name="kilogram", decimals=3)
    return store.item("BAR", second_uom=kg, second_factor=D("4.5"))


def seconds():
    return {row.location.code: row.second_on_hand for row in StockBalance.objects.select_related("location")}


def test_the_second_quantity_follows_the_goods_with_its_real_factor(store, steel):
    store.receive(steel, 10, "100", second_quantity=D("47.5"))
    store.move(steel, 4, store.shelf, store.rack, kind="transfer", second_quantity=D("18.2"))
    assert seconds() == {"S1": D("29.3"), "S2": D("18.2")}
    store.issue(steel, 3)
    assert seconds()["S1"] == D("14.65")
    with pytest.raises(SecondQuantityTooMuch, match=r"14\.65"):
        store.issue(steel, 1, second_quantity=D(15))
    store.issue(steel, 3, second_quantity=D(1))
    assert seconds() == {"S1": 0, "S2": D("18.2")}
    assert StockMove.objects.order_by("pk").last().second_quantity == D("14.65")
    store.receive(steel, 2, "20")
    assert seconds()["S1"] == 9
    assert not violations(STOCK)


def test_without_any_measure_the_second_quantity_is_asked_for(store, steel):
    steel.second_factor = None
    steel.save()
    with pytest.raises(SecondQuantityMissing):
        store.receive(steel, 1, "10")
