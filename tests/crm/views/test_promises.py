"""The promise of a quotation's line: why, and offered in parts."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.operations import perform
from crm.errors import ForeignLine, NotEditable, SplitDoesNotAddUp
from crm.services.quotation_splits import split_quotation_line
from crm.services.quotations import send_quotation
from masterdata.selectors.calendars import add_working_days
from tests.factories import core, crm, erp, erp_make, masterdata

pytestmark = pytest.mark.django_db
D = Decimal
_keys = itertools.count(1)


@pytest.fixture
def quotation(db):
    """Twenty P wanted at once: five can be assembled in two days, the rest waits for C."""
    erp.place()
    product, sub, part = (
        erp_make.made("P", lead_time_days=2),
        erp_make.made("S", lead_time_days=3),
        masterdata.item("C", lead_time_days=7),
    )
    erp_make.bom(product, (sub, "2"))
    erp_make.bom(sub, (part, "3"))
    erp.opening(sub, "10")
    return crm.quotation(None, crm.line(product, "20", "150", ship_date=erp.TODAY), crm.line(None, "1"))


def day(number: int) -> dt.date:
    return add_working_days(erp.TODAY, number)


def parts(*rows: tuple[str, int]) -> list[dict]:
    return [{"quantity": D(quantity), "ship_date": day(number)} for quantity, number in rows]


def test_the_page_says_why_and_offers_the_split(quotation):
    client = Client()
    client.force_login(core.superuser())
    line = quotation.lines.get(item__code="P")
    page = client.get(reverse("crm:quotation-promise", args=[quotation.pk, line.pk]))
    assert [step.item_code for step, _text in page.context["steps"]] == ["P", "S", "C"]
    assert [(part.quantity, part.date) for part in page.context["answer"].parts] == [(5, day(2)), (15, day(12))]
    assert "C is bought in 7 days" in page.content.decode()
    assert page.context["may_split"]
    posted = {"quantity": ["5", "15"], "ship_date": [day(2).isoformat(), day(12).isoformat()], "version": "0"}
    done = client.post(reverse("crm:quotation-split", args=[quotation.pk, line.pk]), posted)
    assert done.url == quotation.get_absolute_url()
    rows = [(one.quantity, one.ship_date) for one in quotation.lines.filter(item__code="P").order_by("line_no")]
    assert rows == [(5, day(2)), (15, day(12))]
    assert {one.price for one in quotation.lines.filter(item__code="P")} == {D(150)}
    assert "C" in client.get(quotation.get_absolute_url()).content.decode()
    bad = client.post(reverse("crm:quotation-split", args=[quotation.pk, line.pk]), posted | {"ship_date": ["x", "y"]})
    assert bad.status_code == 422
    assert client.get(reverse("crm:quotation-promise", args=[quotation.pk, 0])).status_code == 404


def test_a_split_adds_up_belongs_to_the_draft_and_changes_nothing_else(quotation):
    line = quotation.lines.get(item__code="P")
    before = quotation.net_amount

    def split(*rows: tuple[str, int], line_id: int = line.pk):
        return perform(split_quotation_line, actor=None, quotation_id=quotation.pk, line_id=line_id, parts=parts(*rows))

    for wrong in ([("20", 2)], [("5", 2), ("14", 12)], [("0", 2), ("20", 12)]):
        with pytest.raises(SplitDoesNotAddUp):
            split(*wrong)
    with pytest.raises(ForeignLine):
        split(("5", 2), ("15", 12), line_id=0)
    assert split(("5", 2), ("15", 12)).net_amount == before
    perform(send_quotation, actor=None, quotation_id=quotation.pk)
    with pytest.raises(NotEditable):
        split(("5", 2), ("15", 12))


def test_the_grid_names_the_bottleneck_while_typing(quotation):
    client = Client()
    client.force_login(core.superuser())
    page = client.get(reverse("crm:quotation-edit", args=[quotation.pk]))
    assert "C is bought in 7 days" in page.content.decode()


def test_the_api_answers_and_splits(quotation):
    client = Client()
    client.force_login(core.superuser())
    line = quotation.lines.get(item__code="P")
    url = reverse("api:crm-quotation-promises", args=[quotation.pk])
    [first, second] = client.get(url, {"parts_of": line.pk}).json()
    assert (first["line"], first["promise_date"], first["why"][-1]["item_code"]) == (line.pk, str(day(12)), "C")
    assert [one["quantity"] for one in first["parts"]] == ["5.000000", "15.000000"]
    assert second["parts"] == []
    body = {
        "line_id": line.pk,
        "parts": [{"quantity": one["quantity"], "ship_date": one["date"]} for one in first["parts"]],
    }
    done = client.post(
        reverse("api:crm-quotation-split-line", args=[quotation.pk]),
        body,
        content_type="application/json",
        headers={"Idempotency-Key": f"split-{next(_keys)}"},
    )
    assert done.status_code == 200, done.content
    assert [one["quantity"] for one in done.json()["lines"] if one["item"] == line.item_id] == ["5.000000", "15.000000"]
