"""Every kind of master data has the same routes."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from masterdata.services.records import RECORDS as KINDS
from tests.factories import core
from tests.factories import masterdata as make
from tests.masterdata import samples

PARTS = {"partner_address": "addresses", "partner_contact": "contacts", "partner_bank_account": "bank_accounts"}
ALL = sorted(KINDS)


def record_of(key):
    return getattr(make.customer(), PARTS[key]).get() if key in PARTS else samples.RECORDS[key]()


def url(key, record=None):
    return f"/api/v1/masterdata/{KINDS[key].plural}/" + (f"{record.pk}/" if record else "")


def as_user(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def boss(db):
    return as_user(core.superuser())


@pytest.mark.parametrize("key", ALL)
def test_reading_asks_for_login_and_right(db, key):
    record = record_of(key)
    for address in (url(key), url(key, record)):
        assert APIClient().get(address).status_code == 401
        assert as_user(core.user()).get(address).status_code == 403
        answer = as_user(core.user(KINDS[key].permission("view"))).get(address)
        assert answer.status_code == 200
    assert answer.json()["id"] == record.pk


@pytest.mark.parametrize("key", ALL)
def test_changing_asks_for_right_and_key(db, key):
    record = record_of(key)
    reader = core.user(KINDS[key].permission("view"))
    writer = core.user(KINDS[key].permission("view"), KINDS[key].permission("change"))
    assert as_user(reader).patch(url(key, record), {}, headers={"Idempotency-Key": "1"}).status_code == 403
    assert as_user(writer).patch(url(key, record), {}).status_code == 400
    assert as_user(writer).patch(url(key, record), {}, headers={"Idempotency-Key": "1"}).status_code == 200


def test_create_read_and_change_an_item(boss):
    body = {
        "code": "API-1",
        "name": "Motor",
        "uom": make.uom().pk,
        "list_price": "12.5",
        "units": [{"uom": make.uom("BOX").pk, "factor": "12"}],
    }
    made = boss.post(url("item"), body, headers={"Idempotency-Key": "a"})
    assert made.status_code == 201, made.json()
    again = boss.post(url("item"), body, headers={"Idempotency-Key": "a"})
    assert again.json()["id"] == made.json()["id"]
    row = made.json()
    assert (row["code"], row["list_price"], row["version"]) == ("API-1", "12.500000", 0)
    assert row["units"][0]["factor"] == "12.0000000000"
    changed = boss.patch(
        f"{url('item')}{row['id']}/",
        {"name_zh": "电机", "version": 0, "units": [{"id": row["units"][0]["id"], "factor": "6"}]},
        headers={"Idempotency-Key": "b"},
    ).json()
    assert (changed["name"], changed["name_zh"], changed["version"]) == ("Motor", "电机", 1)
    assert changed["units"][0]["factor"] == "6.0000000000"
    stale = boss.put(f"{url('item')}{row['id']}/", {"name": "x", "version": 0}, headers={"Idempotency-Key": "c"})
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "stale_version")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"name": "x"}, 422, "uom"),
        ({"name": "x", "uom": 0}, 422, "uom"),
        ({"name": "x", "uom": "PCS", "safety_stock": "-1"}, 422, None),
        ({"name": "x", "uom": "PCS", "safety_stock": "NaN"}, 422, "safety_stock"),
        ({"name": "x", "uom": "PCS", "code": "TAKEN"}, 422, "code"),
        ({"name": "x", "uom": "PCS", "units": [{"factor": "1"}]}, 422, "units.0.uom"),
    ],
)
def test_wrong_input_has_code_and_field(boss, body, status, field):
    make.item("TAKEN")
    if body.get("uom") == "PCS":
        body = body | {"uom": make.uom().pk}
    answer = boss.post(url("item"), body, headers={"Idempotency-Key": "a"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)


def test_refusals_have_code_and_params(boss):
    partner = make.customer(name="Contoso")
    body = {"name": "Contoso", "currency": make.currency().pk, "tax_number": partner.tax_number}
    answer = boss.post(url("partner"), body, headers={"Idempotency-Key": "a"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "duplicate_tax_number")
    alike = boss.post(url("partner"), body | {"tax_number": ""}, headers={"Idempotency-Key": "b"})
    assert (alike.status_code, alike.json()["errors"][0]["code"]) == (409, "possible_duplicate")
    accepted = boss.post(
        url("partner"), body | {"tax_number": "", "accept_duplicates": True}, headers={"Idempotency-Key": "c"}
    )
    assert accepted.status_code == 201


def test_row_scope_covers_partners_their_parts_and_keys_to_them(db):
    partner = make.customer(owner=core.user())
    rights = ("view_partner", "change_partner", "view_partneraddress", "view_pricelist", "add_pricelist")
    seller = as_user(core.user(*(f"masterdata.{right}" for right in rights), scope="own"))
    assert seller.get(url("partner")).json()["results"] == []
    assert seller.get(url("partner", partner)).status_code == 404
    assert seller.get(url("partner_address")).json()["results"] == []
    key = {"Idempotency-Key": "a"}
    assert seller.patch(url("partner", partner), {"note": "x"}, headers=key).status_code == 404
    body = {"partner": partner.pk, "street": "A"}
    assert seller.post(url("partner_address"), body, headers=key).status_code == 422
    book = {"code": "L", "name": "L", "currency": make.currency().pk, "partner": partner.pk}
    assert seller.post(url("price_list"), book, headers=key).status_code == 422


def test_hidden_fields_stay_hidden_and_unchanged(db):
    item = make.item("A", standard_cost=Decimal(7))
    partner = make.customer(credit_limit=Decimal(100))
    rights = ("view_item", "change_item", "view_partner", "change_partner")
    clerk = as_user(core.user(*(f"masterdata.{right}" for right in rights)))
    assert "standard_cost" not in clerk.get(url("item", item)).json()
    assert {"credit_limit", "bank_accounts"}.isdisjoint(clerk.get(url("partner", partner)).json())
    key = {"Idempotency-Key": "a"}
    assert clerk.patch(url("item", item), {"standard_cost": "1", "brand": "B"}, headers=key).status_code == 200
    body = {"credit_limit": "999999", "bank_accounts": []}
    assert clerk.patch(url("partner", partner), body, headers={"Idempotency-Key": "b"}).status_code == 200
    item.refresh_from_db()
    partner.refresh_from_db()
    assert (item.brand, item.standard_cost) == ("B", Decimal(7))
    assert (partner.credit_limit, partner.bank_accounts.count()) == (Decimal(100), 1)


def test_filters_are_an_allow_list(boss):
    make.item("AAA", supply_type="make")
    make.item("BBB")
    rows = boss.get(url("item"), {"supply_type": "make"}).json()["results"]
    assert [row["code"] for row in rows] == ["AAA"]
    assert [row["code"] for row in boss.get(url("item"), {"q": "bbb"}).json()["results"]] == ["BBB"]
    assert boss.get(url("item"), {"colour": "red"}).status_code == 400


def test_coding_rules_are_changed_but_not_made(boss):
    rule = samples.RECORDS["coding_rule"]()
    key = {"Idempotency-Key": "a"}
    assert boss.post(url("coding_rule"), {"target": "x"}, headers=key).status_code == 405
    assert boss.patch(url("coding_rule", rule), {"prefix": "MAT"}, headers=key).json()["prefix"] == "MAT"


def test_holidays_by_the_api(boss):
    calendar = samples.RECORDS["work_calendar"]()
    answer = boss.post(
        f"{url('work_calendar', calendar)}holidays/", {"year": 2024, "country": "CN"}, headers={"Idempotency-Key": "a"}
    )
    assert answer.status_code == 200
    assert calendar.days.filter(date__year=2024).exists()
