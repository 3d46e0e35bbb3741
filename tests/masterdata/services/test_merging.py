"""Merging duplicate partners: who stands for whom, what is refused, what search and pages show, how it is undone."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.errors import StaleVersion
from core.models.audit import AuditEvent
from core.operations import perform
from masterdata.errors import (
    ClosedForEntry,
    DifferentTaxNumbers,
    DuplicateTaxNumber,
    MergedAway,
    MergeIntoItself,
    NotMerged,
)
from masterdata.models import Partner
from masterdata.selectors.merging import is_family, keys_of_family
from masterdata.selectors.search import find_partners
from masterdata.services.entry import require_open
from masterdata.services.merging import merge_partners, unmerge_partner
from tests.factories import masterdata as make
from tests.factories.core import make_user, superuser

ONE, OTHER = "91310000607290688B", "91110000100003962T"


def merge(duplicate, kept, **fields):
    return perform(merge_partners, actor=None, partner_id=duplicate.pk, kept_id=kept.pk, **fields)


@pytest.fixture
def pair(db):
    duplicate = make.supplier("ACME2", name="Acme Trading", tax_number="")
    return duplicate, make.customer("ACME", name="Acme", tax_number="")


def test_merging_closes_the_duplicate_and_gives_the_kept_one_its_roles(pair):
    duplicate, kept = pair
    Partner.objects.filter(pk=duplicate.pk).update(tax_number=ONE)
    done = merge(duplicate, kept, reason="Same company")
    assert (done.merged_into, done.is_active, done.version) == (kept, False, duplicate.version + 1)
    kept.refresh_from_db()
    assert kept.tax_number == done.tax_number == ONE
    assert (kept.is_customer, kept.is_supplier, kept.is_active) == (True, True, True)
    assert set(keys_of_family(kept.pk)) == {kept.pk, duplicate.pk}
    assert is_family(done, kept)
    with pytest.raises(MergedAway):
        require_open(done)
    assert AuditEvent.objects.filter(object_label="masterdata.partner", reason="Same company").exists()


def test_those_merged_before_follow(pair):
    duplicate, kept = pair
    first = make.customer("ACME3", tax_number="")
    merge(first, duplicate)
    merge(duplicate, kept)
    assert set(Partner.objects.filter(merged_into=kept)) == {first, duplicate}


def test_what_is_no_duplicate_is_refused(pair):
    duplicate, kept = pair
    with pytest.raises(MergeIntoItself):
        merge(kept, kept)
    with pytest.raises(StaleVersion):
        merge(duplicate, kept, version=duplicate.version + 1)
    with pytest.raises(NotMerged):
        perform(unmerge_partner, actor=None, partner_id=duplicate.pk)
    Partner.objects.filter(pk=duplicate.pk).update(tax_number=ONE)
    Partner.objects.filter(pk=kept.pk).update(tax_number=OTHER)
    with pytest.raises(DifferentTaxNumbers):
        merge(duplicate, kept)
    Partner.objects.filter(pk=kept.pk).update(tax_number="", is_active=False)
    with pytest.raises(ClosedForEntry):
        merge(duplicate, kept)
    Partner.objects.filter(pk=kept.pk).update(is_active=True)
    merge(duplicate, kept)
    for one, two in ((duplicate, make.customer("C9")), (make.customer("C8"), duplicate)):
        with pytest.raises(MergedAway):
            merge(one, two)


def test_undoing_lets_it_stand_for_itself_again(pair):
    duplicate, kept = pair
    Partner.objects.filter(pk=duplicate.pk).update(tax_number=ONE)
    merge(duplicate, kept)
    Partner.objects.filter(pk=kept.pk).update(tax_number=OTHER)
    third = make.customer("C7", tax_number="")
    Partner.objects.filter(pk=third.pk).update(tax_number=ONE)
    with pytest.raises(DuplicateTaxNumber):
        perform(unmerge_partner, actor=None, partner_id=duplicate.pk)
    Partner.objects.filter(pk=third.pk).update(tax_number="")
    Partner.objects.filter(pk=kept.pk).update(tax_number=ONE)
    undone = perform(unmerge_partner, actor=None, partner_id=duplicate.pk)
    assert (undone.merged_into, undone.is_active, undone.tax_number) == (None, True, "")
    require_open(undone)


def test_the_search_finds_the_kept_one_by_the_names_of_both(pair):
    duplicate, kept = pair
    Partner.objects.filter(pk=duplicate.pk).update(phone="021-5555")
    merge(duplicate, kept)
    for text in ("ACME2", "trading", "021-5555"):
        assert find_partners(text) == [kept], text
        assert set(find_partners(text, include_closed=True, include_merged=True)) == {kept, duplicate}


def test_by_page_and_api_with_the_right(pair, client):
    duplicate, kept = pair
    clerk, boss = make_user("clerk"), superuser("boss")
    page = reverse("masterdata:partner-merge", args=[duplicate.pk])
    client.force_login(clerk)
    assert client.get(page).status_code == 403
    client.force_login(boss)
    assert str(kept) in client.get(page, {"kept": kept.pk}).content.decode()
    Partner.objects.filter(pk=duplicate.pk).update(tax_number=ONE)
    Partner.objects.filter(pk=kept.pk).update(tax_number=OTHER)
    assert "two taxpayers" in client.get(page, {"kept": kept.pk}).content.decode()
    Partner.objects.filter(pk=kept.pk).update(tax_number="")
    answer = client.post(page, {"kept": kept.pk, "reason": "twice", "_key": "one"})
    assert (answer.status_code, answer.url) == (302, kept.get_absolute_url())
    assert str(duplicate) in client.get(answer.url).content.decode()
    client.post(reverse("masterdata:partner-unmerge", args=[duplicate.pk]), {"reason": "no", "_key": "two"})
    assert Partner.objects.get(pk=duplicate.pk).merged_into is None
    api = APIClient()
    api.force_authenticate(boss)
    url = f"/api/v1/masterdata/partners/{duplicate.pk}/"
    made = api.post(f"{url}merge/", {"kept_id": kept.pk}, format="json", headers={"Idempotency-Key": "a"})
    assert (made.status_code, made.json()["merged_into"]) == (200, kept.pk)
    wrong = api.post(f"{url}merge/", {"kept_id": 0}, format="json", headers={"Idempotency-Key": "b"})
    assert wrong.status_code == 422
    assert api.post(f"{url}unmerge/", {}, format="json", headers={"Idempotency-Key": "c"}).status_code == 200
