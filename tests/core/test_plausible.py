"""What arrives at the door of the operations: nonsense is a sentence and never an error of the program."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidInput
from core.operations import perform
from core.plausible import require_plausible
from core.services.preferences import choose_language
from core.typed import is_key, number_typed
from erp.services import boms, work_orders
from tests.factories import erp, erp_make, masterdata
from tests.factories.core import superuser

D = Decimal


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (dt.date.max, "between 1900-01-01 and 2199-12-31"),
        (dt.date.min, "between 1900-01-01 and 2199-12-31"),
        (dt.datetime(9999, 12, 31, tzinfo=dt.UTC), "between"),
        (10**30, "too large"),
        (D("1e30"), "too large"),
        (D("NaN"), "too large"),
        (D("-Infinity"), "too large"),
        ("a\0b", "cannot be stored"),
    ],
)
def test_what_no_row_can_hold_is_named_with_its_field(value, says):
    with pytest.raises(InvalidInput, match=says) as refusal:
        require_plausible({"lines": [{"quantity": D(1), "odd": value}]})
    assert refusal.value.params["field"] == "lines.0.odd"


def test_what_rows_can_hold_passes():
    require_plausible({"valid_to": dt.date.max, "ids": {1, 2**62}, "price": D("-12.5"), "text": "ok", "flag": True})


@pytest.mark.parametrize(
    ("text", "is_one"), [("12", True), ("", False), ("²", False), ("9" * 30, False), (None, False)]
)
def test_keys_are_told_from_what_only_looks_like_one(text, is_one):
    assert is_key(text) is is_one


def test_a_record_that_is_not_there_is_a_sentence_wherever_it_is_found(db):
    """Also where the service asks for the row without looking whether it is there."""
    erp.place()
    day = {"due_date": erp.TODAY}
    with pytest.raises(InvalidInput, match="Item: there is no such record"):
        perform(work_orders.create_work_order, actor=None, item_id=987654321, quantity=D(1), **day)
    with pytest.raises(InvalidInput, match="no such record"):
        perform(boms.create_bom, actor=None, item_id=0, valid_from=erp.TODAY, lines=[])


def test_the_api_answers_with_the_sentence(db, client):
    erp.place()
    client.force_login(superuser())
    body = {"item_id": 987654321, "quantity": "5", "due_date": erp.TODAY.isoformat()}
    answer = client.post(
        "/api/v1/erp/work-orders/", body, content_type="application/json", headers={"Idempotency-Key": "x"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "invalid_input")


def test_a_lead_time_that_no_calendar_has_is_refused_where_it_is_typed(db):
    """A number of days that the plan would count with, beyond all calendars."""
    erp.place()
    with pytest.raises(InvalidInput, match="at most 3650"):
        erp_make.made("SLOW", lead_time_days=100_000)
    item = masterdata.item("STEEL")
    with pytest.raises(InvalidInput, match="at most 3650"):
        masterdata.supplier_item(masterdata.supplier("MILL"), item, lead_time_days=2_000_000_000)


def test_a_one_time_key_that_cannot_be_kept_is_refused(db):
    boss = superuser()
    for key in ("a\0b", "k" * 300):
        with pytest.raises(InvalidInput):
            perform(choose_language, actor=boss, key=key, language="en")


@pytest.mark.parametrize("asked", ["-1", "0", "²", "1e9", "9" * 400])
def test_a_list_has_a_page_whatever_number_of_rows_is_asked_for(db, client, asked):
    erp.place()
    client.force_login(superuser())
    for page in ("/erp/kit-check/", "/masterdata/items/"):
        assert client.get(page, {"per_page": asked}).status_code == 200


def test_numbers_are_told_from_what_only_looks_like_one():
    assert number_typed(" -12.50 ") == D("-12.50")
    assert [number_typed(text) for text in ("", "1e400", "NaN", "-Infinity", "1/0", "9" * 19)] == [None] * 6


def test_what_there_is_not_is_named_wherever_it_is_asked_for(db, client):
    """A kind of document that is none, an item that is not there."""
    erp.place()
    client.force_login(superuser())
    assert client.post("/approvals/abc/1/request/").status_code == 404
    assert client.post("/erp/items/987654321/cost/propose/").status_code == 404


def test_a_scan_that_no_column_can_hold_is_a_sentence(db, client):
    """The selector asks the database for it, which refuses the question itself."""
    erp.place()
    client.force_login(superuser())
    answer = client.post("/erp/inspections/scan/", {"code": "a\0b"})
    assert answer.status_code == 422
    assert "cannot be stored" in answer.content.decode()
