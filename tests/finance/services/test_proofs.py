"""The running proof of the books: a breach is written down and told once, shown as work, and gone when it is mended."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.notifications.models import Notification
from core.views.work import queues
from erp.models import ItemCost
from finance import tasks
from finance.models import Breach, ProofMark
from finance.selectors import proofs
from tests.factories import erp, masterdata
from tests.factories.core import user_in_role

URL = "/finance/proof/"


@pytest.fixture
def spoilt(books, monkeypatch):
    """Stock whose kept value is wrong by one; ``yield`` gives a function that mends it."""
    monkeypatch.setattr(proofs, "SETTLING", 1)
    erp.place()
    erp.opening(masterdata.item("PART"), "10", "3")
    cost = ItemCost.objects.get()
    ItemCost.objects.update(value=cost.value + 1)
    mend = lambda: ItemCost.objects.update(value=cost.value)  # noqa: E731
    yield mend
    mend()


def test_a_breach_is_told_once_to_those_who_keep_the_books(spoilt):
    manager, administrator = user_in_role("finance_manager", language="zh-hans"), user_in_role("administrator")
    clerk = user_in_role("finance")
    assert tasks.prove_touched() == 2
    assert set(Breach.objects.values_list("code", flat=True)) >= {"stock", "item_value"}
    told = Notification.objects.values_list("user_id", flat=True)
    assert sorted(told) == sorted([manager.pk, administrator.pk] * 2)
    assert tasks.prove_touched() == 0
    assert tasks.prove_all() == 0
    assert Notification.objects.count() == 4
    assert [one["count"] for one in queues(manager) if one["key"] == "finance.breaches"] == [2]
    assert "finance.breaches" not in {one["key"] for one in queues(clerk)}


def test_a_breach_that_is_mended_is_gone_and_told_again_when_it_comes_back(spoilt):
    user_in_role("finance_manager")
    tasks.prove_touched()
    spoilt()
    assert tasks.prove_touched() == 0
    assert not proofs.open_breaches().exists()
    assert Breach.objects.filter(gone_at__isnull=False).count() == 2
    ItemCost.objects.update(value=99)
    assert tasks.prove_all() == 2


def test_what_was_not_touched_since_the_mark_is_left_to_the_night(books, monkeypatch):
    monkeypatch.setattr(proofs, "SETTLING", 1)
    erp.place()
    erp.opening(masterdata.item("PART"), "10", "3")
    high = dict.fromkeys(proofs.APPEND_ONLY, 10**9)
    mark = ProofMark.objects.create(floors=high)
    ProofMark.objects.filter(pk=mark.pk).update(taken_at=timezone.now() - dt.timedelta(hours=1))
    ItemCost.objects.update(value=99)
    assert tasks.prove_touched() == 0
    call_command("invariants", since="10")
    with pytest.raises(CommandError, match="do not hold"):
        call_command("invariants", since="2001-01-01T00:00")
    with pytest.raises(CommandError, match="neither a time"):
        call_command("invariants", since="yesterday")
    assert tasks.prove_all() == 2
    ItemCost.objects.update(value=30)


def test_a_mark_is_taken_when_nothing_is_under_way(books, monkeypatch):
    monkeypatch.setattr("finance.tasks.settled_floors", lambda: {"journal": 7})
    ProofMark.objects.create(floors={"journal": 1})
    ProofMark.objects.update(taken_at=timezone.now() - dt.timedelta(days=9))
    assert tasks.prove_touched() == 0
    assert [one.floors for one in ProofMark.objects.all()] == [{"journal": 7}]


def test_the_page_and_the_api_list_breaches_to_those_who_may_see_them(spoilt, client):
    tasks.prove_touched()
    assert client.get(URL).status_code == 302
    client.force_login(user_in_role("sales"))
    assert client.get(URL).status_code == 403
    client.force_login(user_in_role("finance_manager"))
    page = client.get(URL, {"open": "true"}).content.decode()
    assert "Stock accounts equal the value of the stock" in page
    assert client.get("/api/v1/finance/breaches/", {"q": "item_value"}).json()["results"][0]["gone_at"] is None
