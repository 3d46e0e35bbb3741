import pytest
from django.urls import reverse

from core.contributions import Panel, _registry
from masterdata.models import PartnerAddress
from tests.factories import core
from tests.factories import masterdata as make

EDIT = ("masterdata.view_partner", "masterdata.change_partner")
PARTS = {
    "partner-address": {"kind": "shipping", "country": "CN", "street": "New street 1", "is_active": "on"},
    "partner-contact": {"name": "Li Na", "is_active": "on"},
    "partner-bank-account": {"bank_name": "ICBC", "account_number": "999", "is_active": "on"},
}


@pytest.fixture
def boss(db):
    return core.superuser()


@pytest.mark.parametrize("slug", PARTS)
def test_parts_are_added_and_changed_from_the_page(client, boss, slug):
    partner = make.customer(addresses=[], contacts=[], bank_accounts=[])
    client.force_login(boss)
    create = reverse(f"masterdata:{slug}-create", args=[partner.pk])
    assert client.get(create).status_code == 200
    answer = client.post(create, PARTS[slug])
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.url.startswith(partner.get_absolute_url() + "#")
    related = {"partner-address": "addresses", "partner-contact": "contacts"}.get(slug, "bank_accounts")
    row = getattr(partner, related).get()
    edit = reverse(f"masterdata:{slug}-edit", args=[row.pk])
    assert client.get(edit).status_code == 200
    assert client.post(edit, PARTS[slug] | {"is_active": ""}).status_code == 302
    row.refresh_from_db()
    assert not row.is_active


@pytest.mark.parametrize("slug", PARTS)
def test_parts_ask_for_login_right_and_scope(client, db, slug):
    partner = make.customer(owner=core.user())
    related = {"partner-address": "addresses", "partner-contact": "contacts"}.get(slug, "bank_accounts")
    right = "masterdata.change_partnerbankaccount" if slug == "partner-bank-account" else "masterdata.change_partner"
    for url in (
        reverse(f"masterdata:{slug}-create", args=[partner.pk]),
        reverse(f"masterdata:{slug}-edit", args=[getattr(partner, related).get().pk]),
    ):
        client.logout()
        assert client.get(url).status_code == 302
        client.force_login(core.user())
        assert client.get(url).status_code == 403
        client.force_login(core.user(right, scope="own"))
        assert client.get(url).status_code == 404
        assert client.post(url, PARTS[slug]).status_code == 404
        client.force_login(core.user(right))
        assert client.get(url).status_code == 200


def test_bank_accounts_and_credit_limit_need_their_rights(client, db):
    from decimal import Decimal

    partner = make.customer(
        credit_limit=Decimal(123456), bank_accounts=[{"bank_name": "ICBC", "account_number": "62229999"}]
    )
    page = partner.get_absolute_url()
    client.force_login(core.user(*EDIT))
    text = client.get(page).content
    assert b"62229999" not in text
    assert b"123,456" not in text
    client.force_login(core.user(*EDIT, "masterdata.view_partnerbankaccount", "masterdata.view_credit_terms"))
    text = client.get(page).content
    assert b"62229999" in text
    assert b"123,456" in text


def test_the_page_says_what_is_missing(client, boss):
    client.force_login(boss)
    complete, bare = make.customer(), make.customer(payment_term=None)
    assert client.get(complete.get_absolute_url()).context["gaps"] == []
    gaps = client.get(bare.get_absolute_url()).context["gaps"]
    assert [missing for _step, missing in gaps] == [["payment terms"]]


def test_panels_of_other_apps_stand_on_the_page(client, boss, monkeypatch):
    panel = Panel(
        "masterdata.partner",
        "sample",
        "Sample panel",
        "masterdata.view_partner",
        "masterdata/item/_prices.html",
        lambda partner, user: {"lines": []},
    )
    monkeypatch.setitem(_registry, Panel, _registry[Panel] | {("masterdata.partner", "sample"): panel})
    client.force_login(boss)
    assert b'id="panel-sample"' in client.get(make.customer().get_absolute_url()).content


def test_prices_stand_on_the_item_and_offers_on_the_supplier(client, boss):
    item = make.item()
    supplier = make.supplier()
    make.supplier_item(supplier, item, "12.5")
    book = make.price_list({"item": item, "price": "20"})
    client.force_login(boss)
    text = client.get(item.get_absolute_url()).content.decode()
    for wanted in (book.code, "20.00"):
        assert wanted in text
    assert item.code in client.get(supplier.get_absolute_url()).content.decode()


def test_a_partner_out_of_scope_is_not_there(client, db):
    partner = make.customer(owner=core.user())
    client.force_login(core.user(*EDIT, scope="own"))
    assert client.get(partner.get_absolute_url()).status_code == 404
    assert client.get(reverse("masterdata:partner-edit", args=[partner.pk])).status_code == 404


def test_saving_one_of_two_alike_needs_the_box(client, boss):
    make.customer(name="Contoso Ltd")
    client.force_login(boss)
    from tests.masterdata import samples

    posted = {"code": "", "name": "contoso"} | samples.typed("partner")
    url = reverse("masterdata:partner-create")
    answer = client.post(url, posted)
    assert answer.status_code == 409
    assert b"accept_duplicates" in answer.content
    assert client.post(url, posted | {"accept_duplicates": "1"}).status_code == 302
    assert PartnerAddress.objects.count() == 1
