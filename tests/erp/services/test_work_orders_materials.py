"""Material of work orders: issued, returned, at which cost."""

from decimal import Decimal

import pytest

from core.errors import InvalidInput, MissingRight
from core.operations import perform
from erp.errors import (
    NotInProduction,
    OverIssue,
    OverReturn,
    QuantityNotPositive,
    ShortStock,
)
from erp.models import (
    ItemCost,
    StockMove,
    ValueEntry,
)
from erp.services import work_orders
from erp.states import WorkOrderState
from masterdata.models import Item
from tests.erp.services.work_order_steps import (
    fresh,
    in_process,
    in_state,
    issue,
    on_hand,
    open_demand,
    others,
    receive,
    report,
    start,
)
from tests.factories import core, erp_make, finance, masterdata

D = Decimal


def test_issue_takes_material_from_stock_into_process_at_its_cost(bench) -> None:
    order = erp_make.released_work_order(bench, "10")

    issued = issue(order, "30", "2")

    assert (issued.state, issued.material_cost) == (WorkOrderState.IN_PROGRESS, D(190))
    assert (on_hand("LEG"), on_hand("PAINT")) == (D(50), D(2))
    assert open_demand() == {"LEG": D(10)}
    moves = StockMove.objects.filter(source_label="erp.workorder").order_by("id")
    assert [(move.item.code, move.quantity, move.kind, move.to_location.kind) for move in moves] == [
        ("LEG", D(30), "issue", "production"),
        ("PAINT", D(2), "issue", "production"),
    ]
    assert {entry.work_order_id for entry in ValueEntry.objects.filter(kind="issue")} == {order.pk}
    assert finance.balances()[in_process()] == D(190)


def test_issue_refuses_more_than_is_open_unless_the_right_to_do_so_is_used(bench) -> None:
    order = erp_make.released_work_order(bench, "10")
    issue(order, "38", "0")

    with pytest.raises(OverIssue) as caught:
        issue(fresh(order), "3", "0")
    assert caught.value.params["open"] == D(2)
    clerk = core.user("erp.issue_workorder", "erp.view_workorder")
    with pytest.raises(MissingRight):
        perform(work_orders.issue_extra_materials, actor=clerk, work_order_id=order.pk, lines=[])
    issue(order, "3", "0", service=work_orders.issue_extra_materials)

    assert order.materials.first().issued_quantity == D(41)
    assert open_demand() == {"PAINT": D(2)}


def test_issue_of_an_item_that_is_not_on_the_list_adds_it(bench) -> None:
    glue = masterdata.item("GLUE")
    erp_make.stock(glue, "5", "1")
    order = erp_make.released_work_order(bench, "10")

    perform(
        work_orders.issue_extra_materials,
        actor=None,
        work_order_id=order.pk,
        lines=[{"item_id": glue.pk, "quantity": D(2)}],
    )

    line = order.materials.get(item=glue)
    assert (line.required_quantity, line.issued_quantity, line.line_no) == (D(0), D(2), 30)
    assert fresh(order).material_cost == D(2)


def test_issue_refuses_unsound_input_and_short_stock_without_side_effects(bench) -> None:
    order = erp_make.released_work_order(bench, "30")
    foreign = erp_make.released_work_order(bench, "1").materials.first()

    for lines, refusal in (
        ([], InvalidInput),
        ([{"material_id": foreign.pk, "quantity": D(1)}], InvalidInput),
        ([{"material_id": order.materials.first().pk, "quantity": D(0)}], QuantityNotPositive),
        ([{"material_id": order.materials.first().pk, "quantity": D(81)}], ShortStock),
    ):
        with pytest.raises(refusal):
            perform(work_orders.issue_materials, actor=None, work_order_id=order.pk, lines=lines)
    assert fresh(order).state == WorkOrderState.RELEASED
    assert StockMove.objects.filter(source_label="erp.workorder").count() == 0


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        (verb, state)
        for verb in ("issue", "return", "report", "receive", "start")
        for state in others(WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS)
        if (verb, state) != ("return", WorkOrderState.COMPLETED)  # what is left over comes back before it is closed
    ],
)
def test_nothing_is_booked_on_an_order_in_another_state(bench, state, verb) -> None:
    order = in_state(bench, state)

    book = {
        "issue": lambda: issue(order, "1", "0"),
        "return": lambda: issue(order, "1", "0", service=work_orders.return_materials),
        "report": lambda: report(order, "1"),
        "receive": lambda: receive(order, "1"),
        "start": lambda: start(order),
    }[verb]

    with pytest.raises(NotInProduction):
        book()


def test_return_brings_material_back_at_the_cost_it_was_issued_with(bench) -> None:
    order = erp_make.released_work_order(bench, "10")
    issue(order, "40", "0")
    erp_make.stock(Item.objects.get(code="LEG"), "40", "9")  # the average is 7.00 now

    back = issue(fresh(order), "10", "0", service=work_orders.return_materials)

    assert back.material_cost == D(150)
    assert open_demand() == {"LEG": D(10), "PAINT": D(2)}
    cost = ItemCost.objects.get(item__code="LEG")
    assert (cost.quantity, cost.value) == (D(90), D(610))
    with pytest.raises(OverReturn):
        issue(fresh(order), "31", "0", service=work_orders.return_materials)


def test_return_after_an_over_issue_opens_only_what_is_needed_again(bench) -> None:
    order = erp_make.released_work_order(bench, "10")
    issue(order, "45", "0", service=work_orders.issue_extra_materials)

    issue(fresh(order), "8", "0", service=work_orders.return_materials)

    assert open_demand() == {"LEG": D(3), "PAINT": D(2)}
    assert fresh(order).material_cost == D(185)
    issue(fresh(order), "37", "0", service=work_orders.return_materials)
    assert fresh(order).material_cost == 0
