"""Engineering changes on the screen, on paper and over the API."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from erp.models import Bom, EngineeringChange
from tests.erp.api.test_make_api import call
from tests.erp.services.test_engineering_changes import create, day, parts, replace
from tests.erp.views.test_engineering_pages import browser, grids
from tests.erp.views.test_make_pages import text
from tests.factories import erp_make

__all__ = ["browser", "call", "day", "parts"]

pytestmark = pytest.mark.django_db


def test_a_change_is_written_edited_released_and_printed(browser, parts, day) -> None:
    erp_make.released_work_order(parts["TOP"], "10", start_date=day, due_date=day + dt.timedelta(days=3))
    line = {
        "item": parts["TOP"].pk,
        "action": "change_component",
        "component": parts["OLD"].pk,
        "replacement": parts["NEW"].pk,
        "disposition": "scrap",
    }
    header = {"title": "Stronger", "reason_code": "quality", "effective_date": day.isoformat()}

    browser.post(reverse("erp:engineering-change-create"), grids(header, lines=[line]))
    change = EngineeringChange.objects.get()
    edit = reverse("erp:engineering-change-edit", args=[change.pk])
    form = browser.get(edit).content.decode()
    emptied = {"item": parts["TOP"].pk, "action": "change_weights", "conversion_weight": "-"}
    lines = [line | {"quantity": "3"}, emptied]
    browser.post(edit, grids(header | {"version": "0", "cause": "It breaks"}, lines=lines))
    again = browser.get(edit).content.decode()
    before = text(browser.get(change.get_absolute_url()))
    browser.post(reverse("erp:engineering-change-release", args=[change.pk]), {"version": "1"})
    after = text(browser.get(change.get_absolute_url()))
    paper = browser.get(reverse("erp:engineering-change-print", args=[change.pk]), {"format": "html"})

    assert 'value="OLD' in form
    assert [one.is_conversion_as_material for one in change.lines.order_by("line_no")] == [False, True]
    assert re.search(r'name="lines-1-conversion_weight" value="-"', again)
    assert form.index('name="lines-0-substitute_group"') < form.index('name="lines-0-note"')
    assert "It breaks" in before
    assert f"Quality problem · Effective from {day}" in before  # which change it is stands below its number
    assert re.search(r"OLD .{0,20}Dropped", before)
    assert "Scrap" in before
    assert "Material list made anew" in after
    assert "NEW: 0 → 30" in after.replace(".000000", "")
    assert "Stronger" in paper.content.decode()
    assert Bom.objects.count() == 2


def test_a_draft_that_does_not_fit_says_so_on_its_page(browser, parts, day) -> None:
    change = create(day, replace(parts, component_id=parts["NEW"].pk, replacement_id=parts["SUB"].pk))

    page = browser.get(change.get_absolute_url())

    assert page.status_code == 200
    assert "what it names is not there" in text(page)


@pytest.mark.parametrize("url", ["erp:engineering-change-list", "erp:engineering-change-create"])
def test_pages_ask_for_their_right(signed_in, factory, url: str) -> None:
    right = "erp.view_engineeringchange" if url.endswith("list") else "erp.add_engineeringchange"
    assert signed_in("erp.view_bom").get(reverse(url)).status_code == 403
    assert signed_in(right).get(reverse(url)).status_code == 200


def test_a_change_over_the_api(call, parts, day) -> None:
    body = {"title": "Stronger", "reason_code": "quality", "effective_date": day.isoformat()}
    line = {"item_id": parts["TOP"].pk, "action": "drop_component", "component_id": parts["OLD"].pk}

    made = call("engineering-change-list", lines=[line], **body)
    released = call("engineering-change-release", made.json()["id"], version=0)
    cost = call("rolled-up-cost-detail", parts["TOP"].pk, method="get", date=day.isoformat())

    assert made.status_code == 201
    assert released.json()["state"] == "released"
    tree = call("structure-detail", parts["TOP"].pk, method="get", date=day.isoformat(), quantity="2").json()
    assert [(one["item"], one["depth"]) for one in tree["parts"]] == [(parts["TOP"].pk, 0), (parts["KEEP"].pk, 1)]
    used = call("structure-detail", parts["KEEP"].pk, method="get", date=day.isoformat()).json()["uses"]
    assert [one["item"] for one in used] == [parts["TOP"].pk]
    after, before = Bom.objects.filter(item=parts["TOP"]).order_by("-pk")[:2]
    rows = call("bom-comparison-detail", after.pk, method="get", other=before.pk).json()
    assert [(one["kind"], one["item"]) for one in rows if one["kind"] != "same"] == [("dropped", parts["OLD"].pk)]
    assert [part["item"] for part in cost.json()["parts"]] == [parts["KEEP"].pk]
    assert cost.json()["missing"] == [parts["KEEP"].pk]
