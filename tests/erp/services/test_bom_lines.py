"""Outputs, substitutes, fixed scrap and skipped levels on bills of material: what is stored, what is refused."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.errors import InvalidInput
from core.operations import perform
from erp.errors import BomContainsItself, BomIsEmpty
from erp.errors.engineering import GroupNotReplaced, MixedShares, NotMade, SharesAboveWhole, SubstituteExpired
from erp.models import Bom, BomLine, BomSubstitute
from erp.selectors.bom_uses import uses_above
from erp.selectors.boms import bom_tree, outputs_of, released_boms
from erp.services import boms
from tests.factories import core, erp_make, masterdata

pytestmark = pytest.mark.django_db
D = Decimal
DAY = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def today(db) -> dt.date:
    core.company(pinned_date=DAY)
    return DAY


def line(item, quantity: str = "1", **more) -> dict:
    return {"component_id": item.pk, "quantity": D(quantity)} | more


def create(item, *lines: dict, **fields) -> Bom:
    return perform(boms.create_bom, actor=None, item_id=item.pk, lines=list(lines), **{"valid_from": DAY} | fields)


def test_everything_a_line_says_is_stored_copied_and_kept_by_the_import() -> None:
    top, sub = erp_make.made("TOP"), erp_make.made("SUB")
    part, other, chip, waste = (masterdata.item(code) for code in ("PART", "OTHER", "CHIP", "WASTE"))
    lines = [
        line(
            part,
            "2",
            fixed_scrap_quantity=D(3),
            issue_method="backflush",
            operation_no=20,
            substitutes=[{"item_id": other.pk, "ratio": D("1.5"), "valid_to": DAY + dt.timedelta(days=30)}],
        ),
        line(sub, "1", is_level_skipped=True),
        line(chip, "0.5", line_kind="co_product", material_weight=D("0.5"), conversion_weight=D(1)),
        line(waste, "0.2", line_kind="by_product", fixed_amount=D(20)),
    ]
    bom = create(top, *lines, material_weight=D(2))

    copy = perform(boms.copy_bom, actor=None, bom_id=bom.pk)
    perform(boms.release_bom, actor=None, bom_id=bom.pk)
    same = perform(boms.import_bom, actor=None, item_id=top.pk, lines=lines, valid_from=DAY)

    assert same == bom
    assert (copy.material_weight, copy.lines.count()) == (D(2), 4)
    for stored in (bom, copy):
        first, skipped, co, by = stored.lines.order_by("line_no")
        assert (first.fixed_scrap_quantity, first.issue_method, first.operation_no) == (D(3), "backflush", 20)
        assert [(one.item, one.ratio, one.rank) for one in first.substitutes.all()] == [(other, D("1.5"), 1)]
        assert skipped.is_level_skipped
        assert (co.cost_method, co.material_weight, co.conversion_weight) == ("weight", D("0.5"), D(1))
        assert (by.cost_method, by.fixed_amount) == ("fixed_amount", D(20))


def test_outputs_are_no_components_to_those_who_read_a_bill() -> None:
    top, part, waste = erp_make.made("TOP"), masterdata.item("PART"), masterdata.item("WASTE")
    bom = erp_make.bom(top, (part, "2"), (waste, "1", {"line_kind": "by_product"}))

    [component] = released_boms([top.pk], DAY)[top.pk].lines.all()
    order = erp_make.work_order(top, "3")

    assert component.component == part
    assert [one.component for one in outputs_of(bom, DAY)] == [waste]
    assert [node.item for node in bom_tree(top, DAY).flat()] == [top, part]
    assert not uses_above(waste, DAY)
    assert [row.item for row in order.materials.all()] == [part]


def test_create_bom_refuses_impossible_lines() -> None:
    top, sub = erp_make.made("TOP"), erp_make.made("SUB")
    part, other, co = (masterdata.item(code) for code in ("PART", "OTHER", "CO"))
    expired = {"item_id": other.pk, "valid_to": DAY}
    fixed = {"line_kind": "by_product", "fixed_amount": D(1)}
    for lines, refusal in (
        ([line(part, fixed_scrap_quantity=D(-1))], InvalidInput),
        ([line(part, is_level_skipped=True)], NotMade),
        ([line(part), line(co, line_kind="co_product", scrap_percent=D(2))], InvalidInput),
        ([line(part), line(co, line_kind="by_product", cost_method="weight")], InvalidInput),
        ([line(part), line(co, line_kind="by_product", fixed_amount=D(-1))], InvalidInput),
        ([line(part, substitutes=[{"item_id": part.pk}])], InvalidInput),
        ([line(part, substitutes=[{"item_id": other.pk}, {"item_id": other.pk}])], InvalidInput),
        ([line(part, substitutes=[{"item_id": other.pk, "ratio": D(0)}])], InvalidInput),
        ([line(part, substitutes=[expired])], SubstituteExpired),
        ([line(part, substitutes=[{"item_id": other.pk, "rank": 1}, {"item_id": co.pk, "rank": 1}])], InvalidInput),
        ([line(part, substitute_group="G"), line(sub, substitute_group="G")], GroupNotReplaced),
        ([line(part), line(co, **fixed), line(co, line_kind="co_product", cost_method="weight")], InvalidInput),
    ):
        with pytest.raises(refusal):
            create(top, *lines)
    assert not Bom.objects.exists()


def test_the_shares_of_co_products_leave_the_main_product_something() -> None:
    top, part, one, two = erp_make.made("TOP"), *(masterdata.item(code) for code in ("PART", "ONE", "TWO"))

    def shares(*outputs: dict) -> Bom:
        return create(top, line(part), *outputs)

    def share(item, percent: str) -> dict:
        return line(item, line_kind="co_product", cost_method="percent", cost_percent=D(percent))

    with pytest.raises(SharesAboveWhole) as refused:
        shares(share(one, "60"), share(two, "40.5"))
    with pytest.raises(MixedShares):
        shares(share(one, "60"), line(two, line_kind="co_product"))

    assert "100.5 %" in str(refused.value)
    assert shares(share(one, "60"), share(two, "40")).lines.count() == 3


def test_release_names_the_circle_that_a_substitute_would_close() -> None:
    top, sub = erp_make.made("TOP"), erp_make.made("SUB")
    part = masterdata.item("PART")
    erp_make.bom(sub, (top, "1"))

    with pytest.raises(BomContainsItself) as refused:
        erp_make.bom(top, (part, "1", {"substitutes": [{"item_id": sub.pk}]}))

    assert refused.value.params["path"] == "TOP → SUB → TOP"


def test_a_bill_of_outputs_alone_is_not_released() -> None:
    top, co = erp_make.made("TOP"), masterdata.item("CO")

    with pytest.raises(BomIsEmpty):
        erp_make.bom(top, (co, "1", {"line_kind": "co_product"}))


@pytest.mark.parametrize(
    ("model", "changes", "constraint"),
    [
        (BomLine, {"fixed_scrap_quantity": D(-1)}, "erp_bomline_scrap"),
        (BomLine, {"cost_method": "percent"}, "erp_bomline_output"),
        (BomLine, {"cost_percent": D(101)}, "erp_bomline_shares"),
        (BomSubstitute, {"ratio": D(0)}, "erp_bomsubstitute_ratio"),
    ],
)
def test_the_database_refuses_as_well(model, changes: dict, constraint: str) -> None:
    top, part, other = erp_make.made("TOP"), masterdata.item("PART"), masterdata.item("OTHER")
    create(top, line(part, substitutes=[{"item_id": other.pk}]))

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.update(**changes)
