import pytest
from django.urls import reverse

from masterdata.models import Item, Partner
from tests.factories import core
from tests.factories import masterdata as make

ITEMS, PARTNERS = reverse("masterdata:item-lookup"), reverse("masterdata:partner-lookup")


@pytest.fixture
def boss(db):
    return core.superuser()


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("item-lookup", "masterdata.view_item"),
        ("partner-lookup", "masterdata.view_partner"),
        ("partner-duplicates", "masterdata.view_partner"),
        ("item-quick", "masterdata.add_item"),
        ("partner-quick", "masterdata.add_partner"),
    ],
)
def test_lookups_ask_for_login_and_right(db, client, name, right):
    url = reverse(f"masterdata:{name}")
    assert client.get(url).status_code == 302
    client.force_login(core.user())
    assert client.get(url).status_code == 403
    client.force_login(core.user(right))
    assert client.get(url).status_code == 200


def test_item_lookup_names_unit_and_exactness(client, boss):
    item = make.item("A-1", specification="NEMA", barcodes=[{"barcode": "690", "uom": make.uom("BOX")}])
    make.item("A-12", is_sold=False)
    client.force_login(boss)
    first, second = client.get(ITEMS, {"q": "a-1"}).json()["results"]
    assert (first["id"], first["exact"], first["hint"], first["fill"]) == (item.pk, True, "NEMA", {"uom": item.uom_id})
    assert (second["code"], second["exact"]) == ("A-12", False)
    assert [one["code"] for one in client.get(ITEMS, {"q": "a-1", "for": "sold"}).json()["results"]] == ["A-1"]
    [scanned] = client.get(ITEMS, {"q": "690"}).json()["results"]
    assert scanned["uom_id"] == make.uom("BOX").pk
    assert client.get(ITEMS, {"q": ""}).json() == {"results": []}


def test_partner_lookup_obeys_kind_and_scope(client, db):
    seller = core.user("masterdata.view_partner", scope="own")
    mine = make.customer("C-1", name="Contoso one", owner=seller)
    make.customer("C-2", name="Contoso two", owner=core.user())
    make.supplier("S-1", name="Contoso steel")
    client.force_login(seller)
    found = client.get(PARTNERS, {"q": "contoso", "kind": "customer"}).json()["results"]
    assert [one["id"] for one in found] == [mine.pk]
    assert found[0]["fill"] == {"currency": mine.currency_id, "payment_term": mine.payment_term_id}


def test_partner_lookup_shows_who_is_closed_only_when_asked(client, boss):
    make.customer("C-1", name="Contoso", is_active=False)
    client.force_login(boss)
    assert client.get(PARTNERS, {"q": "contoso"}).json()["results"] == []
    [found] = client.get(PARTNERS, {"q": "contoso", "closed": "1"}).json()["results"]
    assert (found["code"], "closed" in found["hint"]) == ("C-1", True)


def test_duplicates_are_shown_while_typing(client, boss):
    make.customer(name="Contoso Ltd")
    client.force_login(boss)
    url = reverse("masterdata:partner-duplicates")
    assert b"accept_duplicates" in client.get(url, {"name": "CONTOSO"}).content
    assert b"accept_duplicates" not in client.get(url, {"name": "Fabrikam"}).content
    assert b"accept_duplicates" not in client.get(url).content


def test_quick_partner_answers_the_search_field(client, boss):
    make.customer(name="Contoso Ltd")
    client.force_login(boss)
    url = reverse("masterdata:partner-quick")
    assert b"Fabrikam" in client.get(url, {"q": "Fabrikam"}).content
    posted = {"name": "Contoso", "is_customer": "on", "currency": make.currency().pk}
    alike = client.post(url, posted)
    assert alike.status_code == 409
    assert b"accept_duplicates" in alike.content
    made = client.post(url, posted | {"accept_duplicates": "1"})
    assert made.status_code == 204
    assert f'"id": {Partner.objects.latest("pk").pk}' in made.headers["HX-Trigger"]


def test_quick_item_keeps_what_was_typed(client, boss):
    client.force_login(boss)
    url = reverse("masterdata:item-quick")
    wrong = client.post(url, {"name": "Motor", "supply_type": "buy"})
    assert wrong.status_code == 422
    assert b"Motor" in wrong.content
    posted = {"name": "Motor", "uom": make.uom().pk, "supply_type": "buy"}
    assert client.post(url, posted).status_code == 204
    assert Item.objects.get().name == "Motor"
