import pytest

from masterdata.selectors.search import find_items, find_partners
from tests.factories import core
from tests.factories import masterdata as make


@pytest.fixture
def motor(db):
    make.item("PUMP-1", name="Pump")
    return make.item(
        "MOT-42",
        name="Stepper motor",
        name_zh="步进电机",
        specification="NEMA 17",
        drawing_number="DRW-0815",
        barcodes=[{"barcode": "6901234567892", "uom": make.uom("BOX")}],
        aliases=[{"kind": "old", "code": "OLD-7"}],
    )


@pytest.mark.parametrize(
    "text",
    [
        "mot-42",
        "mot",
        "stepper",
        "步进",
        "bjdj",
        "bujin",
        "nema 17",
        "motor nema",
        "0815",
        "6901234567892",
        "old-7",
        " Stepper ",
    ],
)
def test_find_items_by_anything(motor, text):
    assert find_items(text) == [motor]


@pytest.mark.parametrize("text", ["", "  ", "motor pump", "690123", "xyz"])
def test_find_items_finds_nothing_else(motor, text):
    assert find_items(text) == []


def test_exact_hits_come_first_and_say_so(motor):
    make.item("XMOT-42", name="mot-42 spare")
    found = find_items("mot-42")
    assert [one.code for one in found] == ["MOT-42", "XMOT-42"]
    assert [one.rank for one in found] == [0, 3]
    scanned = find_items("6901234567892")[0]
    assert (scanned.rank, scanned.matched_uom_id) == (0, make.uom("BOX").pk)


def test_the_code_of_the_partner_comes_before_that_of_others(motor):
    from core.operations import perform
    from masterdata.services.items import update_item

    ours, theirs = make.customer(), make.customer()
    other = make.item("AAA")
    perform(
        update_item,
        actor=None,
        item_id=motor.pk,
        aliases=[{"kind": "customer", "partner": ours, "code": "4711"}],
    )
    perform(
        update_item,
        actor=None,
        item_id=other.pk,
        aliases=[{"kind": "customer", "partner": theirs, "code": "4711"}],
    )
    assert [one.code for one in find_items("4711")] == ["AAA", "MOT-42"]
    found = find_items("4711", ours.pk)
    assert [(one.code, one.rank, one.partner_code) for one in found] == [("MOT-42", 0, "4711"), ("AAA", 1, None)]


def test_supplier_codes_are_found(motor):
    make.supplier_item(make.supplier(), motor, supplier_code="S-9")
    assert find_items("s-9")[0] == motor


def test_closed_items_are_left_out_of_entry(motor):
    from core.operations import perform
    from masterdata.services.items import update_item

    perform(update_item, actor=None, item_id=motor.pk, is_active=False)
    assert find_items("mot-42") == []
    assert find_items("mot-42", include_closed=True) == [motor]


def test_find_partners_by_anything_in_scope(db):
    mine, other = core.user(scope="own"), core.user(scope="own")
    partner = make.customer("C-1", name="Contoso", name_zh="康托索", short_name="CTS", owner=mine)
    make.supplier("S-1", name="Steel works")
    for text in ("c-1", "contoso", "康托", "kts", "cts", partner.tax_number, partner.phone, "王芳 contoso"):
        assert find_partners(text) == [partner], text
    assert find_partners("contoso", user=mine) == [partner]
    assert find_partners("contoso", user=other) == []
    assert [one.code for one in find_partners("steel", user=other)] == ["S-1"], "nobody owns it: everybody sees it"
    assert find_partners("contoso", kind="supplier") == []
    assert find_partners(partner.tax_number)[0].rank == 0
