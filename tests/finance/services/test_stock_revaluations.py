"""Stock brought to another cost by decision: the difference is booked, the reason stands on it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import InvalidInput, InvalidTransition, StaleVersion
from core.operations import perform
from erp import errors
from erp.models import ItemCost, StockRevaluation, ValueEntry
from erp.services import revaluations
from finance.selectors.invariants import violations
from masterdata.models import Item, ItemCategory
from tests.factories import erp, masterdata
from tests.factories.core import make_user, superuser
from tests.factories.finance import balances

D = Decimal
PAGES = ("erp.view_stockrevaluation", "masterdata.view_cost")


@pytest.fixture
def goods(books) -> Item:
    erp.place()
    item = masterdata.item("A")
    erp.opening(item, "60", "10")
    erp.opening(item, "40", "11")
    return item


def drafted(item, unit_cost="9", **fields) -> StockRevaluation:
    lines = [{"item_id": item.pk, "unit_cost": D(unit_cost)}]
    return perform(revaluations.create_stock_revaluation, actor=None, lines=lines, cause="Damp", **fields)


def posted(item, unit_cost="9") -> StockRevaluation:
    draft = drafted(item, unit_cost)
    return perform(revaluations.post_stock_revaluation, actor=None, revaluation_id=draft.pk)


def test_stock_is_written_down_to_the_new_cost(goods):
    before = balances()
    document = posted(goods)
    line = document.lines.get()
    assert (line.quantity, line.old_value, line.new_value) == (D(100), D(1040), D(900))
    assert (document.state, document.difference, document.posting_date) == ("posted", D(-140), erp.TODAY)
    assert ItemCost.objects.get(item=goods).value == D(900)
    entries = ValueEntry.objects.filter(source_label="erp.stockrevaluation")
    assert {(entry.kind, entry.counter) for entry in entries} == {("revaluation", "stock_adjustment")}
    after = balances()
    assert after["1405"] - before["1405"] == D(-140)
    assert after["540104"] == D(140)
    assert violations() == []


def test_a_standard_cost_takes_effect_with_and_without_stock(goods):
    category = ItemCategory.objects.create(code="S", name="S", valuation_method="standard")
    fresh = masterdata.item("B")
    Item.objects.filter(pk=fresh.pk).update(category=category, standard_cost=5)
    posted(fresh, "6")
    assert ItemCost.objects.get(item=fresh).standard_cost == D(6)
    assert not ValueEntry.objects.filter(item=fresh).exists()


@pytest.mark.parametrize("method", ["moving_average", "fifo", "standard"])
def test_it_finds_what_lay_there_on_its_day_and_nothing_is_posted_before_it(goods, method):
    """Dated before the goods it would give value to empty shelves; an issue dated before it would take of its value."""
    category = ItemCategory.objects.create(code="M", name="M", valuation_method=method)
    item = masterdata.item("C", standard_cost=D(10))
    Item.objects.filter(pk=item.pk).update(category=category)
    row = {"item_id": item.pk, "quantity": D(10), "unit_cost": D(10)}
    erp.posted(erp.draft("misc_receipt", row), date=erp.TODAY - dt.timedelta(days=5))
    early = drafted(item, "50", date=erp.TODAY - dt.timedelta(days=7))
    with pytest.raises(errors.MovedSince):
        perform(revaluations.post_stock_revaluation, actor=None, revaluation_id=early.pk)
    draft = drafted(item, "50", date=erp.TODAY - dt.timedelta(days=3))
    perform(revaluations.post_stock_revaluation, actor=None, revaluation_id=draft.pk)
    issue = erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(9)})
    with pytest.raises(errors.RevaluedSince):
        erp.posted(issue, date=erp.TODAY - dt.timedelta(days=4))
    erp.posted(issue, date=erp.TODAY - dt.timedelta(days=2))
    assert ItemCost.objects.get(item=item).value == D(50)


@pytest.mark.parametrize("method", ["moving_average", "fifo", "standard"])
def test_it_is_undone_to_the_cent_while_nothing_came_after(goods, method):
    category = ItemCategory.objects.create(code="M", name="M", valuation_method=method)
    item = masterdata.item("C", standard_cost=D("3.33"))
    Item.objects.filter(pk=item.pk).update(category=category)
    erp.opening(item, "7", "3.33")
    erp.opening(item, "6", "3.57")
    before, cost = balances(), ItemCost.objects.get(item=item)
    document = posted(item, "2.19")
    undone = perform(revaluations.reverse_stock_revaluation, actor=None, revaluation_id=document.pk, reason="Dry again")
    after = ItemCost.objects.get(item=item)
    assert (undone.state, balances()) == ("reversed", before)
    assert (after.value, after.standard_cost) == (cost.value, cost.standard_cost)
    assert violations() == []
    with pytest.raises(InvalidTransition):
        perform(revaluations.reverse_stock_revaluation, actor=None, revaluation_id=document.pk)


def test_what_came_after_is_named(goods):
    first = posted(goods, "9")
    second = posted(goods, "8")
    with pytest.raises(errors.RevaluationFollowed, match=second.number):
        perform(revaluations.reverse_stock_revaluation, actor=None, revaluation_id=first.pk)
    issue = erp.posted(erp.draft("misc_issue", {"item_id": goods.pk, "quantity": D(9)}))
    with pytest.raises(errors.RevaluationFollowed, match=issue.number):
        perform(revaluations.reverse_stock_revaluation, actor=None, revaluation_id=second.pk)
    ItemCategory.objects.create(code="S", name="S", valuation_method="standard")
    fresh = masterdata.item("B")
    Item.objects.filter(pk=fresh.pk).update(category=ItemCategory.objects.get(code="S"), standard_cost=5)
    set_to_six, set_to_seven = posted(fresh, "6"), posted(fresh, "7")
    with pytest.raises(errors.RevaluationFollowed, match=set_to_seven.number):
        perform(revaluations.reverse_stock_revaluation, actor=None, revaluation_id=set_to_six.pk)
    perform(revaluations.reverse_stock_revaluation, actor=None, revaluation_id=set_to_seven.pk)
    assert ItemCost.objects.get(item=fresh).standard_cost == 6


def test_refusals(goods):
    for lines, refusal in (
        ([], errors.NothingToRevalue),
        ([{"item_id": 0, "unit_cost": D(1)}], InvalidInput),
        ([{"item_id": goods.pk, "unit_cost": D(-1)}], InvalidInput),
        ([{"item_id": goods.pk, "unit_cost": "NaN"}], InvalidInput),
        ([{"item_id": goods.pk, "unit_cost": D(1)}] * 2, InvalidInput),
    ):
        with pytest.raises(refusal):
            perform(revaluations.create_stock_revaluation, actor=None, lines=lines, cause="Damp")
    with pytest.raises(errors.RevaluationReasonMissing):
        perform(
            revaluations.create_stock_revaluation,
            actor=None,
            lines=[{"item_id": goods.pk, "unit_cost": D(1)}],
            cause=" ",
        )
    with pytest.raises(errors.FuturePosting):
        drafted(goods, date=erp.TODAY + dt.timedelta(days=1))
    draft = drafted(goods)
    with pytest.raises(StaleVersion):
        perform(revaluations.post_stock_revaluation, actor=None, revaluation_id=draft.pk, version=7)
    perform(revaluations.post_stock_revaluation, actor=None, revaluation_id=draft.pk)
    for service in (revaluations.post_stock_revaluation, revaluations.cancel_stock_revaluation):
        with pytest.raises(InvalidTransition):
            perform(service, actor=None, revaluation_id=draft.pk)


def test_pages_from_the_form_to_the_booked_difference(client, goods):
    client.force_login(superuser("boss"))
    rows = {"lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0, "lines-0-item": goods.pk, "lines-0-unit_cost": "9.5"}
    answer = client.post(reverse("erp:stock-revaluation-create"), {"cause": "Damp"} | rows)
    document = StockRevaluation.objects.get()
    assert answer.url == document.get_absolute_url()
    assert "What it would change now" in client.get(answer.url).content.decode()
    edit = reverse("erp:stock-revaluation-edit", args=[document.pk])
    assert client.get(edit).status_code == 200
    client.post(edit, {"cause": "Very damp", "version": 0} | rows | {"lines-0-unit_cost": "9"})
    client.post(reverse("erp:stock-revaluation-post", args=[document.pk]), {"version": 1})
    document.refresh_from_db()
    assert (document.state, document.reason, document.difference) == ("posted", "Very damp", D(-140))
    assert document.number in client.get(reverse("erp:stock-revaluation-list")).content.decode()


def test_rights(client, goods):
    document = posted(goods)
    url = document.get_absolute_url()
    assert client.get(url).status_code == 302
    client.force_login(make_user("stranger"))
    assert client.get(url).status_code == 403
    client.force_login(make_user("blind", rights=[PAGES[0], "erp.add_stockrevaluation"]))
    assert "1,040" not in client.get(url).content.decode()
    assert client.get(reverse("erp:stock-revaluation-create")).status_code == 403
    client.force_login(make_user("accountant", rights=PAGES))
    assert "1,040" in client.get(url).content.decode()


def test_api(client, goods):
    client.force_login(superuser("boss"))
    body = {"cause": "Damp", "lines": [{"item_id": goods.pk, "unit_cost": "9"}]}
    options = {"content_type": "application/json", "headers": {"Idempotency-Key": "k1"}}
    made = client.post(reverse("api:erp-stock-revaluation-list"), body, **options)
    assert made.status_code == 201, made.content
    options["headers"] = {"Idempotency-Key": "k2"}
    done = client.post(reverse("api:erp-stock-revaluation-post", args=[made.json()["id"]]), {}, **options)
    assert (done.json()["state"], done.json()["difference"]) == ("posted", "-140.0000")
