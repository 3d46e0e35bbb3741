"""Pages and API of stocktakes: who sees what, the way from plan to posting, what a blind count hides."""

from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from erp.models import Stocktake
from tests.factories import core, erp, erp_counts, masterdata

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    erp.place()
    made = masterdata.item("MOTOR")
    erp.opening(made, "10", "7")
    return made


RIGHTS = {"stocktake-list": "view", "count-plan": "view", "stocktake-create": "add", "stocktake-create-due": "add"}
OF_ONE = {
    "stocktake-detail": "view",
    "stocktake-lines": "view",
    "stocktake-edit": "change",
    "stocktake-count": "count",
    "stocktake-scan": "count",
    "stocktake-review": "review",
    "stocktake-print": "view",
    "stocktake-print-result": "view",
}


def test_each_page_asks_for_its_right(client, item):
    stocktake = erp_counts.started()
    urls = {reverse(f"erp:{name}"): right for name, right in RIGHTS.items()}
    urls |= {reverse(f"erp:{name}", args=[stocktake.pk]): right for name, right in OF_ONE.items()}
    for url, verb in urls.items():
        client.logout()
        assert client.get(url).status_code == 302, url
        client.force_login(core.user())
        assert client.get(url).status_code == 403, url
        client.force_login(core.user(f"erp.{verb}_stocktake"))
        assert client.get(url, {"format": "html"}).status_code == 200, url


def test_from_plan_to_posting_on_the_pages(client, item):
    boss = core.superuser("boss")
    client.force_login(boss)
    form = {
        "kind": "cycle",
        "warehouse": erp.place().pk,
        "is_blind": "on",
        "tolerance_percent": "0",
        "counters": [boss.pk],
    }
    answer = client.post(reverse("erp:stocktake-create"), form)
    stocktake = Stocktake.objects.get()
    assert answer.url == stocktake.get_absolute_url()

    def go(name, **data):
        return client.post(reverse(f"erp:stocktake-{name}", args=[stocktake.pk]), data)

    go("start")
    line = stocktake.lines.get()
    empty = {"lines-TOTAL_FORMS": "0", "lines-INITIAL_FORMS": "0"}
    go("count", **{f"line-{line.pk}": "9"}, **empty)
    assert "MOTOR" in client.get(reverse("erp:stocktake-lines", args=[stocktake.pk])).content.decode()
    go("finish")
    refused = go("post")
    assert refused.status_code == 422
    assert "say why" in refused.content.decode()
    go("recount", again=[line.pk])
    go("finish-empty")
    page = client.get(stocktake.get_absolute_url()).content.decode()
    assert "-10" in page
    go("review", **{f"reason-{line.pk}": "lost", f"note-{line.pk}": "Gone"})
    printed = client.get(
        reverse("erp:stocktake-print-result", args=[stocktake.pk]), {"format": "html", "language": "zh"}
    )
    assert "盘盈盘亏表" in printed.content.decode()
    go("post")
    stocktake.refresh_from_db()
    assert stocktake.state == "posted"
    assert client.get(reverse("erp:count-plan")).status_code == 200


def test_scanning_a_bin_leads_to_its_screen_and_goods_are_counted(client, item):
    stocktake = erp_counts.started()
    client.force_login(core.user("erp.count_stocktake"))
    url = reverse("erp:stocktake-scan-code", args=[stocktake.pk])
    shelf = erp.shelf()
    answer = client.post(url, {"code": shelf.code}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].endswith(f"?place={shelf.pk}")
    answer = client.post(f"{url}?place={shelf.pk}", {"code": "4*MOTOR"}, headers={"HX-Request": "true"})
    assert "4" in answer.headers["HX-Trigger"]
    assert stocktake.lines.get().counted_quantity == 4
    undo = reverse("erp:stocktake-scan-undo", args=[stocktake.pk])
    client.post(f"{undo}?place={shelf.pk}", headers={"HX-Request": "true"})
    assert stocktake.lines.get().counted_quantity is None
    wrong = client.post(f"{url}?place={shelf.pk}", {"code": "NOBODY"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422


def test_a_blind_count_hides_the_books_everywhere(client, item):
    erp.opening(item, "113", "7")
    stocktake = erp_counts.started()
    counter = core.user("erp.count_stocktake", "erp.view_stocktake", "core.export_data")
    client.force_login(counter)
    pages = ["stocktake-count", "stocktake-lines", "stocktake-print", "stocktake-detail"]
    pages = [reverse(f"erp:{name}", args=[stocktake.pk]) for name in pages]
    pages.append(f"{reverse('erp:stocktake-scan', args=[stocktake.pk])}?place={erp.shelf().pk}")
    for url in pages:
        assert ">123" not in client.get(url, {"format": "html"} if "print" in url else None).content.decode(), url
    exported = client.get(pages[1], {"export": "csv"})
    assert "123" not in b"".join(exported.streaming_content).decode()
    shown = api(counter).get(f"/api/v1/erp/stocktakes/{stocktake.pk}/").json()["lines"][0]
    assert not {"book_quantity", "difference", "amount"} & shown.keys()
    boss = api(core.superuser("boss")).get(f"/api/v1/erp/stocktakes/{stocktake.pk}/").json()["lines"][0]
    assert D(boss["book_quantity"]) == 123


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_the_whole_way_by_the_api(item):
    client = api(core.superuser("boss"))

    def send(path, body=None):
        key = f"{path}{body}"
        return client.post(f"/api/v1/erp/stocktakes/{path}", body or {}, headers={"Idempotency-Key": key[:200]})

    made = send("", {"kind": "cycle", "warehouse_id": erp.place().pk})
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    line = send(f"{pk}/start/").json()["lines"][0]
    send(f"{pk}/scan/", {"code": "MOTOR", "location_id": line["location"], "quantity": "3"})
    send(f"{pk}/undo/")
    send(f"{pk}/count/", {"lines": [{"line_id": line["id"], "quantity": "9"}]})
    assert send(f"{pk}/finish/").json()["state"] == "review"
    assert send(f"{pk}/recount/").json()["state"] == "counting"
    send(f"{pk}/count/", {"lines": [{"line_id": line["id"], "quantity": "9"}], "found": []})
    send(f"{pk}/finish/", {"uncounted_as_zero": False})
    assert send(f"{pk}/post/").json()["errors"][0]["code"] == "difference_reason_missing"
    send(f"{pk}/explain/", {"lines": [{"line_id": line["id"], "reason_code": "lost"}]})
    posted = send(f"{pk}/post/", {"date": erp.TODAY.isoformat()})
    assert (posted.status_code, posted.json()["state"], posted.json()["lines"][0]["amount"]) == (
        200,
        "posted",
        "-7.0000",
    )
    assert client.get("/api/v1/erp/stocktakes/", {"state": "posted"}).json()["results"]
