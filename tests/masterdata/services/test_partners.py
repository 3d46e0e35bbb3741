import pytest

from core.errors import InvalidInput, NotFound
from core.operations import perform
from masterdata.errors import DuplicateTaxNumber, InvalidTaxNumber, PossibleDuplicate
from masterdata.models import Partner, PartnerAddress
from masterdata.selectors.duplicates import similar_partners
from masterdata.services import partners
from tests.factories import core
from tests.factories import masterdata as make

USCC = "91310000MA1FL4B85P"


def create(**values):
    defaults = {"name": "Contoso", "currency": make.currency(), "is_customer": True}
    return perform(partners.create_partner, actor=None, **defaults | values)


def right_uscc():
    from stdnum.cn import uscc

    return USCC[:17] + uscc.calc_check_digit(USCC[:17])


def test_create_partner_derives_its_keys(db):
    partner = create(
        name="Shanghai Precision Co., Ltd.",
        name_zh="上海精工机械有限公司",
        tax_number=f" {right_uscc().lower()} ",
        phone="021-5888 1234",
        country="cn",
        addresses=[{"street": "张江路 1 号", "is_default": True}],
        contacts=[{"name": "王芳"}],
        bank_accounts=[{"bank_name": "ICBC", "account_number": "6222"}],
    )
    assert partner.code == "P-00001"
    assert partner.tax_number == right_uscc()
    assert partner.name_key == "shanghaiprecision"
    assert partner.name_zh_key == "上海精工机械"
    assert partner.phone_key == "+862158881234"
    assert "shjgjxyxgs" in partner.pinyin
    assert (partner.addresses.count(), partner.contacts.count(), partner.bank_accounts.count()) == (1, 1, 1)


def test_wrong_check_digit_is_refused_for_china_alone(db):
    number = right_uscc()
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    with pytest.raises(InvalidTaxNumber) as refusal:
        create(tax_number=wrong)
    assert (refusal.value.status, refusal.value.params["field"]) == (422, "tax_number")
    assert create(tax_number=wrong, country="US").pk
    with pytest.raises(InvalidTaxNumber):
        create(name="Person", tax_number="11010519491231002A", kind="person")
    assert create(name="Person", tax_number="11010519491231002X", kind="person").pk
    with pytest.raises(InvalidTaxNumber):
        create(name="Company", tax_number="11010519491231002X")


def test_equal_tax_number_is_always_refused(db):
    first = create(tax_number=right_uscc())
    with pytest.raises(DuplicateTaxNumber) as refusal:
        create(name="Another name", tax_number=right_uscc(), accept_duplicates=True)
    assert refusal.value.params["partner"] == first
    assert Partner.objects.count() == 1


@pytest.mark.parametrize(
    "values",
    [{"name": "CONTOSO, Inc."}, {"name": "Other", "phone": "+86 138 0013 8000"}, {"name": "X", "name_zh": "康托索"}],
)
def test_alike_partners_need_a_confirmation(db, values):
    create(name_zh="康托索有限公司", phone="13800138000")
    with pytest.raises(PossibleDuplicate):
        create(**values)
    assert create(**values, accept_duplicates=True).pk


def test_an_unrelated_change_does_not_ask_again(db):
    create()
    twin = create(accept_duplicates=True)
    changed = perform(partners.update_partner, actor=None, partner_id=twin.pk, note="called")
    assert changed.note == "called"
    create(name="Fabrikam")
    with pytest.raises(PossibleDuplicate):
        perform(partners.update_partner, actor=None, partner_id=twin.pk, name="Fabrikam Ltd")


def test_similar_partners_say_why(db):
    first = create(tax_number=right_uscc(), phone="13800138000")
    [one] = similar_partners(name="contoso", tax_number=right_uscc(), phone="138 0013 8000")
    assert (one.partner, one.is_certain, len(one.reasons)) == (first, True, 3)
    assert similar_partners(name="Fabrikam") == []
    assert similar_partners(name="contoso", exclude=first.pk) == []


def test_scope_of_the_actor_is_obeyed(db):
    make.basics()
    seller = core.user("masterdata.change_partner", scope="own")
    theirs = create(owner=core.user())
    mine = create(name="Mine", owner=seller)
    nobodys = create(name="Nobody")
    address = perform(partners.create_partner_address, actor=None, partner=theirs, street="A")
    for pk in (mine.pk, nobodys.pk):
        assert perform(partners.update_partner, actor=seller, partner_id=pk, note="x").note == "x"
    with pytest.raises(NotFound):
        perform(partners.update_partner, actor=seller, partner_id=theirs.pk, note="x")
    with pytest.raises(NotFound):
        perform(partners.update_partner_address, actor=seller, partner_address_id=address.pk, street="B")


def test_a_new_default_address_takes_over(db):
    partner = make.customer()
    old = partner.addresses.get()
    fresh = perform(partners.create_partner_address, actor=None, partner=partner, street="B", is_default=True)
    assert not PartnerAddress.objects.get(pk=old.pk).is_default
    assert fresh.is_default
    other = perform(
        partners.create_partner_address, actor=None, partner=partner, kind="billing", street="C", is_default=True
    )
    assert other.is_default
    assert PartnerAddress.objects.get(pk=fresh.pk).is_default, "each kind has its default"


def test_wrong_parts_are_refused(db):
    with pytest.raises(InvalidInput):
        create(addresses=[{"street": ""}])
    with pytest.raises(InvalidInput):
        create(bank_accounts=[{"bank_name": "A", "account_number": "1"}, {"bank_name": "B", "account_number": "1"}])
    with pytest.raises(InvalidInput):
        create(email="nonsense")
    assert not Partner.objects.exists()


def test_addresses_in_one_line_follow_language_and_country(db):
    from django.utils import translation

    address = PartnerAddress(
        country="CN", province="上海市", city="上海市", district="浦东新区", street="张江路 1 号", postal_code="201203"
    )
    with translation.override("zh-hans"):
        assert address.one_line() == "上海市上海市浦东新区张江路 1 号 201203"
    with translation.override("en"):
        assert address.one_line() == "张江路 1 号, 浦东新区, 201203 上海市, 上海市, China"
