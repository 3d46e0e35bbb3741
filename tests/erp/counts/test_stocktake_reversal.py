"""A posted count taken back: quantities, values and accounts as before; refused when its goods are gone."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse as reverse_url

from core.clock import on_day
from core.errors import InvalidTransition, MissingRight
from core.operations import perform
from erp.errors import BinIsCounted, FuturePosting, ReversalBeforeCount, ShortStock
from erp.models import StockBalance, StockMove, Stocktake, ValueEntry
from erp.services import stocktakes
from erp.states import StocktakeState
from finance.models import JournalLine
from finance.selectors.invariants import violations
from tests.factories import core, erp, erp_counts, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def counted():
    """Of ten motors at 7 two were missing; to a hundred nuts at 1 three were found."""
    erp.place()
    erp.opening(masterdata.item("MOTOR"), "10", "7")
    erp.opening(masterdata.item("NUT"), "100", "1")
    return erp_counts.posted("8", "103")


def reverse(stocktake, actor=None, **arguments):
    return perform(
        stocktakes.reverse_stocktake, actor=actor, stocktake_id=stocktake.pk, reason="Counted twice", **arguments
    )


def on_hand():
    return {one.item.code: one.on_hand for one in StockBalance.objects.select_related("item")}


def test_the_differences_go_back_at_the_value_they_had(counted):
    erp.opening(masterdata.item("BOLT"), "1")
    erp.posted(
        erp.draft("misc_receipt", {"item_id": counted.lines.first().item_id, "quantity": D(8), "unit_cost": D(9)})
    )
    before = set(JournalLine.objects.values_list("pk", flat=True))
    reverse(counted)
    assert on_hand() == {"MOTOR": 18, "NUT": 100, "BOLT": 1}
    back = ValueEntry.objects.filter(kind="count", move__reverses__isnull=False).order_by("item__code")
    assert [(one.item.code, one.quantity, one.amount) for one in back] == [("MOTOR", 2, D(14)), ("NUT", -3, D(-3))]
    booked = JournalLine.objects.exclude(pk__in=before)
    assert sum(line.amount for line in booked) == 0
    of_counts = JournalLine.objects.filter(account__in=_count_accounts())
    assert sum(line.amount for line in of_counts) == 0
    counted.refresh_from_db()
    assert counted.state == StocktakeState.REVERSED
    assert [one.amount for one in counted.lines.order_by("line_no")] == [D(-14), D(3)]
    assert not violations()


def _count_accounts():
    from finance.models import AccountMapping

    roles = ["count_gain", "count_loss"]
    return AccountMapping.objects.filter(role__in=roles).values("account")


def test_goods_that_are_gone_cannot_be_taken_back(counted):
    nut = counted.lines.order_by("line_no").last().item
    erp.posted(erp.draft("misc_issue", {"item_id": nut.pk, "quantity": D(102)}))
    with pytest.raises(ShortStock, match="NUT"):
        reverse(counted)
    assert on_hand() == {"MOTOR": 8, "NUT": 1}
    assert not violations()


def test_a_place_that_is_counted_again_keeps_still(counted):
    erp_counts.started()
    with pytest.raises(BinIsCounted):
        reverse(counted)


def test_only_posted_counts_and_only_with_the_right(counted):
    with pytest.raises(MissingRight):
        reverse(counted, actor=core.user("erp.view_stocktake", "erp.post_stocktake"))
    reverse(counted)
    with pytest.raises(InvalidTransition):
        reverse(counted)
    with pytest.raises(InvalidTransition):
        reverse(erp_counts.planned())


def test_the_page_and_the_api_take_a_count_back(client, counted):
    boss = core.superuser("boss")
    client.force_login(boss)
    page = client.get(counted.get_absolute_url()).content.decode()
    assert f"/erp/stocktakes/{counted.pk}/reverse/" in page
    url = f"/api/v1/erp/stocktakes/{counted.pk}/reverse/"
    answer = client.post(url, {"reason": "twice"}, headers={"Idempotency-Key": "k"}, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (200, "reversed")
    page = client.get(counted.get_absolute_url()).content.decode()
    assert "taken back" in page
    assert Stocktake.objects.get().history.first().history_user == boss


def test_the_day_is_chosen_in_an_open_period_not_before_the_count(client, counted):
    posted_on = StockMove.objects.filter(source_id=counted.pk, kind="count").latest("pk").moved_on
    later = posted_on + dt.timedelta(days=3)
    with pytest.raises(ReversalBeforeCount), on_day(later):
        reverse(counted, date=posted_on - dt.timedelta(days=1))
    with pytest.raises(FuturePosting):
        reverse(counted, date=later)
    client.force_login(core.superuser("boss"))
    url = reverse_url("erp:stocktake-reverse", args=[counted.pk])
    with on_day(later):
        assert later.isoformat() in client.get(url).content.decode()
        assert client.post(url, {"date": posted_on.isoformat(), "reason": "", "_key": "one"}).status_code == 422
        typed = {"date": posted_on.isoformat(), "reason": "Counted twice", "_key": "two", "version": counted.version}
        assert client.post(url, typed).status_code == 302
    back = StockMove.objects.filter(source_id=counted.pk, reverses__isnull=False)
    assert {move.moved_on for move in back} == {posted_on}
    assert on_hand() == {"MOTOR": 10, "NUT": 100}
    assert not violations()
