from decimal import Decimal

import pytest

from masterdata.errors import UnitNotConvertible
from masterdata.selectors.units import (
    from_stock_quantity,
    to_stock_quantities,
    to_stock_quantity,
    unit_factors,
    units_of,
)
from tests.factories import masterdata as make


@pytest.fixture
def wire(db):
    return make.item(uom="KG", units=[{"uom": make.uom("ROLL"), "factor": Decimal("12.3456")}])


def test_to_stock_quantity_rounds_half_up_to_the_stock_unit(wire):
    assert to_stock_quantity(wire, make.uom("ROLL"), Decimal(1)) == Decimal("12.346")
    assert to_stock_quantity(wire, make.uom("KG"), Decimal("1.5")) == Decimal("1.500")
    assert from_stock_quantity(wire, make.uom("ROLL"), Decimal("24.6912")) == Decimal(2)


def test_a_unit_the_item_does_not_have_is_refused(wire):
    with pytest.raises(UnitNotConvertible) as refusal:
        to_stock_quantity(wire, make.uom("BOX"), Decimal(1))
    assert wire.code in str(refusal.value)


def test_many_rows_in_one_query(wire, django_assert_num_queries):
    roll, kg = make.uom("ROLL"), make.uom("KG")
    rows = [(wire, roll, Decimal(2)), (wire, None, Decimal("0.5")), (wire, kg, Decimal(1))] * 10
    wire.uom  # noqa: B018  read before counting
    with django_assert_num_queries(2):
        assert to_stock_quantities(rows)[:3] == [Decimal("24.691"), Decimal("0.500"), Decimal("1.000")]
    with pytest.raises(UnitNotConvertible):
        to_stock_quantities([(wire, make.uom("BOX"), Decimal(1))])


def test_units_of_begins_with_the_stock_unit(wire):
    assert [(unit.code, factor) for unit, factor in units_of(wire)] == [
        ("KG", Decimal(1)),
        ("ROLL", Decimal("12.3456")),
    ]
    assert unit_factors([wire.pk]) == {
        (wire.pk, wire.uom_id): Decimal(1),
        (wire.pk, make.uom("ROLL").pk): Decimal("12.3456"),
    }
