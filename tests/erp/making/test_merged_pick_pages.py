"""Pages and API of merged picks: who sees what, and the way from choosing orders to posting."""

import re
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from core.operations import perform
from erp.models import MergedPick, PickShare
from erp.services.merged_picks import finish_merged_pick
from finance.selectors.invariants import violations
from tests.factories import core, erp_make, erp_making, masterdata

D = Decimal


@pytest.fixture
def orders(factory):
    part = masterdata.item("PART")
    erp_make.stock(part, "45", "10")
    return erp_making.three_orders(part, "30", "20", "10")


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_each_page_asks_for_its_right(client, orders) -> None:
    pick = erp_making.pick_for(orders)
    pages = {"merged-pick-list": "view", "merged-pick-create": "add"}
    of_one = {"merged-pick-detail": "view", "merged-pick-post": "post", "merged-pick-print": "view"}
    of_one["merged-pick-scan"] = "post"
    urls = {reverse(f"erp:{name}"): right for name, right in pages.items()}
    urls |= {reverse(f"erp:{name}", args=[pick.pk]): right for name, right in of_one.items()}
    for url, verb in urls.items():
        client.logout()
        assert client.get(url).status_code == 302, url
        client.force_login(core.user())
        assert client.get(url).status_code == 403, url
        client.force_login(core.user(f"erp.{verb}_mergedpick"))
        assert client.get(url, {"format": "html"}).status_code == 200, url


def test_material_on_a_merged_pick_is_said_to_be_issued_there_and_not_to_run_out(client, orders) -> None:
    pick = erp_making.pick_for(orders)
    order = orders[0]
    client.force_login(core.superuser())
    there = f"{reverse('erp:merged-pick-list')}?work_order={order.pk}"
    for name in ("work-order-issue", "work-order-issue-sets"):
        page = client.get(reverse(f"erp:{name}", args=[order.pk]))
        assert there in page.content.decode(), name
        assert "the first to run out" not in text(page)
        assert page.context["kit"].possible == 0
    assert [one.pk for one in client.get(there).context["table"].data] == [pick.pk]
    assert "On a merged pick" in text(client.get(order.get_absolute_url()))


def test_from_choosing_orders_to_posting_on_the_pages(client, orders) -> None:
    client.force_login(core.superuser())
    form = {"work_orders": [one.pk for one in orders], "split_rule": "pro_rata"}
    refused = client.post(reverse("erp:merged-pick-create"), form | {"takes_packs": "on"})
    assert "line side" in text(refused)
    client.post(reverse("erp:merged-pick-create"), form)
    pick = MergedPick.objects.get()
    page = client.get(reverse("erp:merged-pick-post", args=[pick.pk]))
    assert "short 15" in text(page)
    suggested = page.context["formset"].forms[0].initial
    assert suggested["quantity"] == D(45)
    rows = {"lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0}
    rows |= {f"lines-0-{name}": value for name, value in suggested.items() if value}
    posted = client.post(reverse("erp:merged-pick-post", args=[pick.pk]), rows)
    assert posted.url == pick.get_absolute_url()
    shown = text(client.get(pick.get_absolute_url()))
    assert all(str(number) in shown for number in (23, 15, 7))
    assert "PART" in text(client.get(reverse("erp:merged-pick-print", args=[pick.pk]), {"format": "html"}))
    order_page = client.get(orders[0].get_absolute_url())
    assert [one["key"] for one in order_page.context["related"]] == ["erp.mergedpicks"]


def test_the_api_makes_posts_and_finishes_a_pick(orders) -> None:
    client = Client()
    client.force_login(core.superuser())
    keys = iter(range(100))

    def call(name, *args, **body):
        headers = {"Idempotency-Key": f"pick-{next(keys)}"}
        url = reverse(f"api:erp-merged-pick-{name}", args=args)
        return client.post(url, body, content_type="application/json", headers=headers)

    made = call("list", work_order_ids=[one.pk for one in orders], split_rule="pro_rata")
    assert made.status_code == 201
    pick = made.json()
    line = pick["lines"][0]
    found = [{"line_id": line["id"], "quantity": "45"}]
    posted = call("post", pick["id"], found=found, version=0)
    stale = call("post", pick["id"], found=found, version=0)
    finished = call("finish", pick["id"])
    again = call("cancel", pick["id"])

    shares = posted.json()["lines"][0]["shares"]
    assert [one["issued_quantity"] for one in shares] == ["23.000000", "15.000000", "7.000000"]
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "stale_version")
    assert (finished.json()["state"], again.status_code) == ("posted", 409)


def test_the_api_scans_for_a_pick(orders) -> None:
    """A scan issues; a code that lies in two places is refused until the place is said; a closed pick takes none."""
    client = Client()
    client.force_login(core.superuser())
    pick = erp_making.pick_for(orders)
    url, keys = reverse("api:erp-merged-pick-scan", args=[pick.pk]), iter(range(100))

    def scan(code, **body):
        headers = {"Idempotency-Key": f"scan-{next(keys)}"}
        return client.post(url, {"code": code} | body, content_type="application/json", headers=headers)

    def issued(answer):
        return sum(D(one["issued_quantity"]) for one in answer.json()["lines"][0]["shares"])

    def refusal(answer):
        return answer.status_code, answer.json()["errors"][0]["code"]

    goods = client.get(reverse("api:erp-merged-pick-goods", args=[pick.pk]), {"code": "PART"}).json()
    assert [(one["on_hand"], one["usual_quantity"]) for one in goods] == [("45.000000", "45.000000")]
    assert (issued(scan("5*PART")), issued(scan("PART", quantity="1"))) == (5, 6)
    assert refusal(scan("NOTHING")) == (422, "unknown_scan")
    shelf = masterdata.location(pick.warehouse, "B-02")
    erp_make.stock(pick.lines.get().item, "3", location_id=shelf.pk)
    assert refusal(scan("PART")) == (422, "several_goods")
    assert issued(scan("PART", location_id=shelf.pk)) == 9
    perform(finish_merged_pick, actor=None, pick_id=pick.pk)
    assert refusal(scan("PART")) == (409, "pick_is_closed")
    assert not violations()


def test_a_pick_is_fetched_with_a_scanner(client, orders) -> None:
    """Scan the goods, type how many; or 5*CODE at once. The page says which order gets how much."""
    client.force_login(core.superuser())
    pick = erp_making.pick_for(orders)
    url = reverse("erp:merged-pick-scan", args=[pick.pk])
    assert b"PART" in client.get(url).content
    assert reverse("erp:merged-pick-scan", args=[pick.pk]).encode() in client.get(pick.get_absolute_url()).content
    wrong = client.post(url, {"code": "NOTHING"})
    assert wrong.status_code == 409 or b"NOTHING" in wrong.content
    chosen = client.post(url, {"code": "PART"})
    assert chosen.status_code == 302
    assert b"Still to fetch" in client.get(chosen.url).content
    query = dict(pair.split("=") for pair in chosen.url.split("?")[1].split("&"))
    done = client.post(url, query | {"quantity": "30"}, follow=True)
    assert orders[0].number in done.content.decode()
    assert PickShare.objects.filter(line__pick=pick).aggregate(s=Sum("issued_quantity"))["s"] == 30
    done = client.post(url, {"code": "5*PART"}, follow=True)
    assert "5 × PART" in done.content.decode()
    assert PickShare.objects.filter(line__pick=pick).aggregate(s=Sum("issued_quantity"))["s"] == 35
    assert not violations()
