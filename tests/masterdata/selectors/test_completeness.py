import pytest

from core.operations import perform
from masterdata.errors import ClosedForEntry, MergedAway, PartnerIncomplete, QuantityTooFine
from masterdata.models import Partner
from masterdata.selectors.completeness import PURPOSES, missing_for
from masterdata.services.entry import check_quantity, require_complete, require_open
from masterdata.services.partners import update_partner
from tests.factories import masterdata as make


def bare(**fields):
    parts = {"addresses": [], "contacts": [], "bank_accounts": []}
    return make.partner(**parts | {"phone": "", "tax_number": "", "payment_term": None} | fields)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_complete_partner_lacks_nothing(db, purpose):
    assert missing_for(make.partner(is_customer=True, is_supplier=True), purpose) == []


@pytest.mark.parametrize(
    ("purpose", "count"), [("quote", 2), ("order", 4), ("invoice", 3), ("purchase", 3), ("pay", 2)]
)
def test_an_empty_partner_lacks_everything_of_the_step(db, purpose, count):
    assert len(missing_for(bare(), purpose)) == count


def test_only_chinese_companies_need_a_tax_number(db):
    address = [{"kind": "billing", "street": "Main Street 1"}]
    assert len(missing_for(bare(is_customer=True, addresses=address), "invoice")) == 1
    assert missing_for(bare(is_customer=True, addresses=address, country="US"), "invoice") == []
    assert missing_for(bare(is_customer=True, addresses=address, kind="person"), "invoice") == []


def test_closed_parts_do_not_count(db):
    partner = bare(is_supplier=True, bank_accounts=[{"bank_name": "A", "account_number": "1", "is_active": False}])
    assert len(missing_for(partner, "pay")) == 1


def test_require_complete_names_what_is_missing(db):
    with pytest.raises(PartnerIncomplete) as refusal:
        require_complete(bare(is_customer=True, phone="021 5888 1234"), "order")
    assert refusal.value.status == 409
    assert len(refusal.value.params["missing"]) == 2


def test_require_open_refuses_closed_and_merged_records(db):
    partner, survivor = make.customer(), make.customer()
    require_open(partner, None)
    closed = perform(update_partner, actor=None, partner_id=partner.pk, is_active=False)
    with pytest.raises(ClosedForEntry):
        require_open(closed)
    with pytest.raises(ClosedForEntry):
        require_complete(closed, "quote")
    with pytest.raises(PartnerIncomplete):  # who is closed is still invoiced: only what is missing is refused
        require_complete(Partner.objects.get(pk=bare(is_customer=True, is_active=False).pk), "invoice")
    Partner.objects.filter(pk=partner.pk).update(merged_into=survivor)
    with pytest.raises(MergedAway) as refusal:
        require_open(Partner.objects.get(pk=partner.pk))
    assert survivor.code in str(refusal.value)


def test_check_quantity_refuses_half_a_piece(db):
    from decimal import Decimal

    check_quantity(make.uom("KG"), Decimal("0.125"))
    check_quantity(make.uom("PCS"), Decimal("2.000"))
    with pytest.raises(QuantityTooFine):
        check_quantity(make.uom("PCS"), Decimal("0.5"))
