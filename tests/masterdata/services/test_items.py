from decimal import Decimal

import pytest

from core.errors import InvalidInput, MissingRight, StaleVersion
from core.models import AuditEvent
from core.operations import perform
from masterdata import ports
from masterdata.errors import CircularParent, NotASupplier, StockUnitAgain, StockUnitFixed, UnknownRow
from masterdata.models import Item, SupplierItem
from masterdata.services import items
from tests.factories import core
from tests.factories import masterdata as make


def create(actor=None, **values):
    return perform(items.create_item, actor=actor, **{"name": "Motor", "uom": make.uom()} | values)


def change(item, actor=None, **values):
    return perform(items.update_item, actor=actor, item_id=item.pk, **values)


def test_create_item_with_its_grids(db):
    item = create(
        code=" M-1 ",
        name_zh="电机",
        units=[{"uom": make.uom("BOX"), "factor": Decimal(12)}],
        barcodes=[{"barcode": "123"}],
        aliases=[{"kind": "old", "code": "OLD"}],
    )
    assert (item.code, item.pinyin, item.version) == ("M-1", "dianji dj", 0)
    assert [(one.uom.code, one.factor) for one in item.units.all()] == [("BOX", Decimal(12))]
    assert item.units.get().history.count() == 1
    assert item.history.count() == 1
    assert [one.code for one in item.aliases.all()] == ["OLD"]


def test_an_empty_code_is_taken_from_the_coding_rule_past_typed_ones(db):
    create(code="I-000001")
    assert [create().code, create().code] == ["I-000002", "I-000003"]


def test_rights_are_asked(db):
    make.basics()
    clerk = core.user("masterdata.add_item")
    item = create(clerk, code="A")
    event = AuditEvent.objects.get(object_label="masterdata.item", object_id=str(item.pk))
    assert event.actor == clerk
    assert item.history.get().history_user == clerk
    with pytest.raises(MissingRight):
        change(item, clerk, name="B")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"supply_type": "steal"}, "supply_type"),
        ({"safety_stock": Decimal(-1)}, None),
        ({"min_lot": Decimal(10), "max_lot": Decimal(5)}, None),
        ({"uom_id": None}, "uom"),
        ({"code": "TAKEN"}, "code"),
    ],
)
def test_wrong_values_are_refused_and_nothing_is_written(db, values, field):
    make.item("TAKEN")
    with pytest.raises(InvalidInput) as refusal:
        create(**values)
    assert refusal.value.params["field"] == field
    assert Item.objects.count() == 1


@pytest.mark.parametrize(
    "grids",
    [
        {"units": [{"uom": "BOX", "factor": Decimal(0)}]},
        {"units": [{"uom": "BOX", "factor": Decimal(2)}, {"uom": "BOX", "factor": Decimal(3)}]},
        {"barcodes": [{"barcode": "1"}, {"barcode": "1"}]},
        {"barcodes": [{"barcode": ""}]},
        {"aliases": [{"kind": "customer", "code": "X"}]},
    ],
)
def test_wrong_rows_of_grids_are_refused_kindly(db, grids):
    rows = {
        name: [row | ({"uom": make.uom(row["uom"])} if "uom" in row else {}) for row in grids[name]] for name in grids
    }
    with pytest.raises(InvalidInput):
        create(code="A", **rows)
    assert not Item.objects.exists()


def test_the_stock_unit_is_no_other_unit(db):
    with pytest.raises(StockUnitAgain):
        create(code="A", units=[{"uom": make.uom(), "factor": Decimal(1)}])


def test_update_changes_only_what_is_given_and_counts_versions(db):
    item = create(code="A", brand="ACME", units=[{"uom": make.uom("BOX"), "factor": Decimal(12)}])
    changed = change(item, version=0, name_zh="电机")
    assert (changed.brand, changed.pinyin, changed.version) == ("ACME", "dianji dj", 1)
    assert change(item, name_zh="电机").version == 1, "nothing changed"
    assert item.units.count() == 1
    with pytest.raises(StaleVersion):
        change(item, version=0, name="C")


def test_update_of_a_grid_removes_changes_and_adds(db):
    box, roll = make.uom("BOX"), make.uom("ROLL")
    item = create(code="A", units=[{"uom": box, "factor": Decimal(12)}, {"uom": roll, "factor": Decimal(5)}])
    first, second = item.units.order_by("id")
    change(
        item,
        units=[{"id": second.pk, "uom": box, "factor": Decimal(6)}, {"uom": make.uom("SET"), "factor": Decimal(2)}],
    )
    assert [(one.uom.code, one.factor) for one in item.units.order_by("id")] == [
        ("BOX", Decimal(6)),
        ("SET", Decimal(2)),
    ]
    assert second.history.count() == 2
    with pytest.raises(UnknownRow):
        change(item, units=[{"id": first.pk, "uom": box, "factor": Decimal(1)}])


def test_stock_unit_and_tracking_are_fixed_once_there_are_moves(db, monkeypatch):
    item = create(code="A")
    monkeypatch.setattr(ports.items_with_moves, "_provider", set)
    for values in ({"uom": make.uom("KG")}, {"tracking": "lot"}):
        with pytest.raises(StockUnitFixed):
            change(item, **values)
    assert change(item, name="Still free").name == "Still free"
    monkeypatch.undo()
    assert change(item, tracking="lot").tracking == "lot"


def test_a_category_never_lies_below_itself(db):
    top = make.category("TOP")
    below = make.category("BELOW", parent=top)
    lowest = make.category("LOWEST", parent=below)
    with pytest.raises(CircularParent):
        perform(items.update_item_category, actor=None, item_category_id=top.pk, parent=lowest)


def test_catalogue_knows_one_preferred_supplier_of_an_item(db):
    item, one, other = make.item(), make.supplier(), make.supplier()
    first = make.supplier_item(one, item, is_preferred=True)
    make.supplier_item(other, item, is_preferred=True)
    assert not SupplierItem.objects.get(pk=first.pk).is_preferred
    with pytest.raises(InvalidInput):
        make.supplier_item(one, item)
    with pytest.raises(NotASupplier):
        make.supplier_item(make.customer(), item)


def test_create_many_items_in_few_statements(db, django_assert_max_num_queries):
    uom, box = make.uom(), make.uom("BOX")
    rows = [
        {
            "code": f"M{n}",
            "name": "Motor",
            "name_zh": "电机",
            "uom": uom,
            "units": [{"uom": box, "factor": Decimal(n + 1)}],
        }
        for n in range(50)
    ]
    with django_assert_max_num_queries(16):
        keys = perform(items.create_many_items, actor=None, rows=rows)
    made = Item.objects.in_bulk(keys)
    assert [made[key].code for key in keys] == [f"M{n}" for n in range(50)]
    assert {one.pinyin for one in made.values()} == {"dianji dj"}
    assert made[keys[4]].units.get().factor == 5
    assert made[keys[0]].history.count() == 1
    with pytest.raises(InvalidInput):
        perform(items.create_many_items, actor=None, rows=[{"code": "N", "name": "", "uom": uom}])
    with pytest.raises(InvalidInput):
        perform(items.create_many_items, actor=None, rows=[{"code": "M1", "name": "x", "uom": uom}])
