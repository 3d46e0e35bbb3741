"""The set-up wizard: the first page of an empty database, and of no other."""

import pytest

from core.models import Company, User
from finance.models import Account, FiscalPeriod
from masterdata.models import Warehouse

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "Ningbo Pumps Ltd",
    "name_zh": "宁波泵业有限公司",
    "country": "CN",
    "base_currency": "CNY",
    "time_zone": "Asia/Shanghai",
    "chart": "small_enterprise_cn",
    "first_period": "2026-08-15",
    "revenue_point": "sign_off",
    "warehouse_code": "MAIN",
    "warehouse_name": "Main warehouse",
    "username": "boss",
    "person": "Lin Tao",
    "language": "en",
    "password": "correct horse battery",
}


def test_an_empty_database_opens_with_the_wizard(client):
    assert client.get("/").headers["Location"] == "/setup/"
    assert client.get("/setup/").status_code == 200


def test_the_wizard_opens_the_books(client):
    answer = client.post("/setup/", TYPED)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/imports/")
    company = Company.objects.get()
    assert (company.name_zh, company.base_currency, company.is_demo) == ("宁波泵业有限公司", "CNY", False)
    assert Account.objects.filter(code="1405").exists()
    first = FiscalPeriod.objects.order_by("year", "month").first()
    assert (first.year, first.month) == (2026, 8)
    assert Warehouse.objects.get().code == "MAIN"
    boss = User.objects.get(username="boss")
    assert boss.check_password("correct horse battery")
    assert boss.groups.filter(role__code="administrator").exists()
    assert client.get("/imports/").status_code == 200


@pytest.mark.parametrize(
    ("field", "wrong"), [("tax_number", "91310000MA1FL0000X"), ("password", "short"), ("first_period", "soon")]
)
def test_wrong_input_is_shown_beside_its_field_and_nothing_is_written(client, field, wrong):
    answer = client.post("/setup/", TYPED | {field: wrong})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert "Ningbo Pumps Ltd" in answer.content.decode()
    assert not Company.objects.exists()
    assert not User.objects.exists()


def test_the_wizard_closes_behind_itself(client):
    client.post("/setup/", TYPED)
    client.logout()
    answer = client.post("/setup/", TYPED | {"username": "intruder"})
    assert answer.status_code == 302
    assert not User.objects.filter(username="intruder").exists()


def test_with_a_token_the_wizard_asks_for_it(client, settings):
    settings.SETUP_TOKEN = "s3cret"
    assert client.get("/setup/").status_code == 403
    assert client.get("/setup/?token=s3cret").status_code == 200
    assert client.get("/setup/").status_code == 200
