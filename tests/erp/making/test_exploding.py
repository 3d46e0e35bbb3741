"""Material of orders through skipped levels and phantoms, and the steps copied from the routing."""

from decimal import Decimal

import pytest

from core.operations import perform
from erp.errors.making import LevelsInCircle
from erp.models import BomLine, PlanningSettings, WorkOrder
from erp.services import work_orders
from masterdata.models import Item
from tests.factories import erp_make, masterdata

D = Decimal
SKIP = {"is_level_skipped": True}


def needs(order: WorkOrder) -> list[tuple[str, Decimal, str]]:
    return [(one.item.code, one.required_quantity, one.path) for one in order.materials.order_by("line_no")]


@pytest.fixture
def product(factory) -> Item:
    """The worked example of HARD_RULES §4: P = 2 S (skipped) + 1 A, S = 3 B + 1 A."""
    a, b = masterdata.item("A"), masterdata.item("B")
    s = erp_make.made("S")
    erp_make.bom(s, (b, "3"), (a, "1"))
    p = erp_make.made("P")
    erp_make.bom(p, (s, "2", SKIP), (a, "1"))
    return p


def test_golden_stock_of_the_skipped_item_is_used_first(product) -> None:
    erp_make.stock(Item.objects.get(code="S"), "4", "20")

    order = erp_make.work_order(product, "10")

    assert needs(order) == [("S", D(4), ""), ("B", D(48), "S"), ("A", D(16), "S"), ("A", D(10), "")]
    # a second order finds nothing left: the four are spoken for
    assert needs(erp_make.work_order(product, "1")) == [("B", D(6), "S"), ("A", D(2), "S"), ("A", D(1), "")]


def test_golden_without_netting_everything_explodes(product) -> None:
    PlanningSettings.objects.update_or_create(singleton=True, defaults={"net_phantoms": False})
    erp_make.stock(Item.objects.get(code="S"), "4", "20")

    order = erp_make.work_order(product, "10")

    assert needs(order) == [("B", D(60), "S"), ("A", D(20), "S"), ("A", D(10), "")]


def test_a_phantom_is_skipped_wherever_it_is_used_and_sub_assemblies_inside_it_are_kept(product) -> None:
    kit = erp_make.made("KIT", is_phantom=True)
    erp_make.bom(kit, (product, "1"), (Item.objects.get(code="B"), "2", {"fixed_scrap_quantity": D(5)}))
    top = erp_make.made("TOP")
    erp_make.bom(top, (kit, "2", {"operation_no": 20}))

    order = erp_make.work_order(top, "3")

    assert needs(order) == [("P", D(6), "KIT"), ("B", D(17), "KIT")]
    assert {one.operation_no for one in order.materials.all()} == {20}
    changed = perform(
        work_orders.reschedule_work_order,
        actor=None,
        work_order_id=order.pk,
        start_date=order.start_date,
        due_date=order.due_date,
        quantity=D(1),
    )
    assert needs(changed) == [("P", D(2), "KIT"), ("B", D(9), "KIT")]


def test_a_circle_of_skipped_levels_is_refused(product) -> None:
    s = Item.objects.get(code="S")
    BomLine.objects.filter(bom__item=s, component__code="B").update(component=s, is_level_skipped=True)
    with pytest.raises(LevelsInCircle):
        erp_make.work_order(product, "1")


def test_steps_are_copied_from_the_released_routing_with_minutes_for_the_whole_order(product) -> None:
    saw = erp_make.work_center("SAW")
    erp_make.routing(product, (saw, "2", {"setup_minutes": D(30)}), (saw, "6", {"base_quantity": D(4)}))

    order = erp_make.work_order(product, "10")

    steps = [(one.number, one.setup_minutes, one.run_minutes, one.state) for one in order.operations.all()]
    assert steps == [(10, D(30), D(20), "waiting"), (20, D(0), D(15), "waiting")]
    perform(
        work_orders.reschedule_work_order,
        actor=None,
        work_order_id=order.pk,
        start_date=order.start_date,
        due_date=order.due_date,
        quantity=D(20),
    )
    assert [one.run_minutes for one in order.operations.order_by("number")] == [D(40), D(30)]
