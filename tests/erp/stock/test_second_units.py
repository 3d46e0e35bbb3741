"""The second quantity of goods kept in two units: exact in every move, nothing left where nothing lies."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.operations import perform
from erp.errors import SecondQuantityTooMuch
from erp.models import StockBalance, StockMove
from erp.services import returns
from erp.services.stock.inputs import MoveInput
from erp.services.stock.locking import LockedStock
from erp.services.stock.second_units import second_quantities
from finance.selectors.invariants import STOCK, violations
from masterdata.models import Item, Location, UnitOfMeasure
from tests.factories import erp, masterdata

D = Decimal
OUTSIDE, PLACES = 9, (1, 2, 3)
ITEM = Item(pk=1, second_uom=UnitOfMeasure(pk=2, code="KGM", decimals=3), second_factor=D("4.5"))
WEIGHTS = st.integers(1, 60_000).map(lambda grams: D(grams) / 1000)
MOVES = st.lists(
    st.tuples(
        st.sampled_from((OUTSIDE, *PLACES)),
        st.sampled_from((OUTSIDE, *PLACES)),
        st.integers(1, 9).map(D),
        st.none() | WEIGHTS,
    ).filter(lambda move: move[0] != move[1]),
    min_size=1,
    max_size=7,
)
LYING = st.tuples(*[st.just((D(0), D(0))) | st.tuples(st.integers(1, 9).map(D), WEIGHTS)] * len(PLACES))


@given(lying=LYING, moves=MOVES)
def test_an_empty_place_holds_nothing_and_nothing_is_lost(lying, moves):
    inputs = [MoveInput(ITEM.pk, start, end, pieces, second_quantity=kg) for start, end, pieces, kg in moves]
    places = {pk: Location(pk=pk, kind=Location.Kind.STORAGE) for pk in PLACES}
    places[OUTSIDE] = Location(pk=OUTSIDE, kind=Location.Kind.SUPPLIER)
    there = {(ITEM.pk, pk, None, None): goods for pk, goods in zip(PLACES, lying, strict=True)}
    balances = {key: StockBalance(on_hand=pieces, second_on_hand=kg) for key, (pieces, kg) in there.items()}
    stock = LockedStock(places, {}, {}, balances, {})
    after = {key: list(goods) for key, goods in there.items()}
    for move in inputs:
        for key, sign in ((move.from_key, -1), (move.to_key, 1)):
            if key in after:
                after[key][0] += sign * move.quantity
    assume(all(pieces >= 0 for pieces, _kg in after.values()))
    try:
        seconds = second_quantities(inputs, stock, {ITEM.pk: ITEM})
    except SecondQuantityTooMuch:
        return
    for move, second in zip(inputs, seconds, strict=True):
        assert second == round(second, 3) >= 0
        for key, sign in ((move.from_key, -1), (move.to_key, 1)):
            if key in after:
                after[key][1] += sign * second
    assert all(kg == 0 if not pieces else kg >= 0 for pieces, kg in after.values())


@pytest.fixture
def fish(db):
    erp.place()
    kg = UnitOfMeasure.objects.create(code="KGM", name="kilogram", decimals=3)
    made = masterdata.item("FISH", second_uom=kg, second_factor=D("4.5"))
    erp.opening(made, "3", "7", second_quantity=D("13.001"))
    return made


def left(item):
    rows = StockBalance.objects.filter(item=item).exclude(on_hand=0, second_on_hand=0)
    return {one.location.code: (one.on_hand, one.second_on_hand) for one in rows.select_related("location")}


def test_goods_that_pass_through_a_place_in_one_document_leave_nothing_there(fish):
    first, second, third = erp.shelf(), *(masterdata.location(erp.place(), code=code) for code in ("MID", "END"))
    row = {"item_id": fish.pk, "quantity": D(3)}
    onward = row | {"location_id": second.pk, "to_location_id": third.pk}
    inward = row | {"location_id": first.pk, "to_location_id": second.pk}
    erp.posted(erp.draft("transfer", onward, inward))
    assert left(fish) == {"END": (D(3), D("13.001"))}
    assert not violations(STOCK)


def test_the_pieces_of_a_return_bring_back_together_what_they_weighed(fish):
    order = erp.confirmed(fish, "3")
    erp.shipped(order)
    erp.opening(fish, "2", "7", second_quantity=D(1))
    for _ in range(3):
        receipt = erp.expected_return(order)
        perform(returns.receive_return, actor=None, receipt_id=receipt.pk)
    back = StockMove.objects.filter(kind="customer_return").order_by("pk").values_list("second_quantity", flat=True)
    assert list(back) == [D("4.334"), D("4.334"), D("4.333")]
    assert not violations(STOCK)
