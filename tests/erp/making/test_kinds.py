"""Rework, disassembly, splitting and merging."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import InvalidInput
from core.operations import perform
from erp.errors import NoBom
from erp.errors.making import CannotMerge, CannotSplit, LotNotIssued, MaterialOnPick, NotForThisKind, NothingSettled
from erp.models import ItemCost, Lot, StockMove, ValueEntry, WorkOrder
from erp.selectors.genealogy import genealogy
from erp.services import work_orders
from finance.selectors.invariants import violations
from masterdata.models import Item
from tests.erp.services.work_order_steps import fresh, issue, on_hand, open_demand, open_supply, receive, report
from tests.factories import core, crm, erp_make, erp_making, masterdata

D = Decimal


def needs(order) -> dict[str, tuple[Decimal, Decimal]]:
    return {one.item.code: (one.required_quantity, one.issued_quantity) for one in order.materials.all()}


def split(order, quantity: str) -> WorkOrder:
    return perform(work_orders.split_work_order, actor=None, work_order_id=order.pk, quantity=D(quantity))


def merge(into, *others) -> WorkOrder:
    ids = [one.pk for one in others]
    return perform(work_orders.merge_work_orders, actor=None, work_order_id=into.pk, other_ids=ids)


# --- rework ----------------------------------------------------------------------------------------------------------


def test_rework_takes_goods_in_and_brings_them_back_dearer_by_what_was_done(bench) -> None:
    line = crm.confirmed_order(None, crm.line(bench, "10")).lines.get()
    made = erp_make.issued_work_order(bench, "10", sales_order_line_id=line.pk)
    receive(made, "10")

    order = erp_make.released_work_order(bench, "2", kind="rework", origin_id=made.pk)
    assert (order.bom, order.sales_order_line, needs(order)) == (None, line, {"BENCH": (D(2), D(0))})
    issue(order, "2")
    assert fresh(order).material_cost == D(48)
    report(fresh(order), good="2", hours="1")
    receive(fresh(order), "2")

    assert (fresh(order).state, fresh(order).wip_cost) == ("completed", D(0))
    assert ItemCost.objects.get(item=bench).value == D(270)
    assert not violations()


def test_lots_that_are_reworked_keep_their_family(factory) -> None:
    part, product = masterdata.item("PART", tracking="lot"), erp_make.made("PRODUCT", tracking="serial")
    erp_make.bom(product, (part, "1"))
    erp_making.lot_stock(part, "4", lot="P1")
    order = erp_make.released_work_order(product, "1")
    pick = erp_making.pick_for([order])
    erp_making.post(pick, "1", lot="P1")
    other = erp_making.lot_stock(part, "1", lot="P2")
    back = {"material_id": order.materials.get().pk, "quantity": D(1), "lot_id": other.pk}
    with pytest.raises(LotNotIssued):
        perform(work_orders.return_materials, actor=None, work_order_id=order.pk, lines=[back])
    receive(fresh(order), "1", lots=[{"code": "S1", "quantity": D(1)}])
    serial = Lot.objects.get(code="S1")
    again = erp_make.released_work_order(product, "1", kind="rework")
    line = {"material_id": again.materials.get().pk, "quantity": D(1), "lot_id": serial.pk}
    perform(work_orders.issue_materials, actor=None, work_order_id=again.pk, lines=[line])
    receive(fresh(again), "1", lots=[{"code": "S1", "quantity": D(1)}])

    life = genealogy(serial)
    assert ("P1", order.pk) in {(one.lot.code, one.work_order.pk) for one in life.components}
    assert "S1" in {one.lot.code for one in genealogy(Lot.objects.get(code="P1")).products if one.lot}


# --- disassembly -----------------------------------------------------------------------------------------------------


def test_parts_take_the_cost_in_their_original_shares_not_at_todays_cost(bench) -> None:
    made = erp_make.issued_work_order(bench, "10")  # a bench: legs 20.00, paint 4.00
    report(fresh(made), good="10", hours="2")  # and 6.00 of labour
    receive(fresh(made), "10")
    erp_make.stock(Item.objects.get(code="PAINT"), "100", "200")  # paint is dear today

    order = erp_make.released_work_order(bench, "3", kind="disassembly", origin_id=made.pk)
    assert {one.item.code: one.planned_quantity for one in order.parts.all()} == {"LEG": D(12), "PAINT": D("0.6")}
    assert "BENCH" not in {row[0] for row in open_supply()}
    apart = work_orders.take_apart
    with pytest.raises(NothingSettled):
        perform(apart, actor=None, work_order_id=order.pk, quantity=D(1))
    with pytest.raises(NotForThisKind):
        receive(order, "1")
    issue(order, "3")
    before = {code: ItemCost.objects.get(item__code=code).value for code in ("LEG", "PAINT")}
    perform(apart, actor=None, work_order_id=order.pk, quantity=D(3))

    gained = {code: ItemCost.objects.get(item__code=code).value - before[code] for code in before}
    assert gained == {"LEG": D("75.00"), "PAINT": D("15.00")}  # 90.00 as 20 to 4
    assert (fresh(order).state, fresh(order).wip_cost, on_hand("LEG")) == ("completed", D(0), D(52))
    perform(work_orders.close_work_order, actor=None, work_order_id=order.pk)
    assert fresh(order).variance == D(0)
    assert not violations()


def test_a_part_that_is_lost_leaves_its_share_to_the_others(bench, client) -> None:
    erp_make.stock(bench, "2", "24")
    order = erp_make.released_work_order(bench, "2", kind="disassembly")
    issue(order, "2")
    leg = order.parts.get(item__code="LEG")
    client.force_login(core.superuser())
    url = reverse("erp:work-order-take-apart", args=[order.pk])
    assert [form.initial["quantity"] for form in client.get(url).context["formset"].forms[:2]] == [D(8), D("0.4")]
    form = {"quantity": "2", "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0}
    client.post(url, form | {"lines-0-part": leg.pk, "lines-0-quantity": "7"})

    entry = ValueEntry.objects.filter(work_order_id=order.pk, kind="production").get()
    assert (entry.item.code, entry.quantity, entry.amount) == ("LEG", D(7), D(48))
    assert "LEG" in client.get(order.get_absolute_url()).content.decode()
    with pytest.raises(NoBom):
        erp_make.work_order(masterdata.item("STONE"), "1", kind="disassembly")
    with pytest.raises(InvalidInput):
        erp_make.work_order(leg.item, "1", kind="rework", origin_id=order.pk)


# --- splitting and merging -------------------------------------------------------------------------------------------


def test_splitting_shares_material_and_time_and_leaves_what_is_booked(bench) -> None:
    erp_make.routing(bench, (erp_make.work_center("SAW"), "2"))
    order = erp_make.released_work_order(bench, "10")
    issue(order, "24", "1")
    report(fresh(order), good="4")

    with pytest.raises(CannotSplit) as caught:
        split(order, "7")
    assert caught.value.params["open"] == D(6)
    fresh_one = split(order, "4")

    assert (fresh(order).quantity, fresh_one.quantity, fresh_one.state, fresh_one.origin) == (
        D(6),
        D(4),
        "released",
        order,
    )
    assert needs(order) == {"LEG": (D(24), D(24)), "PAINT": (D("1.2"), D(1))}
    assert needs(fresh_one) == {"LEG": (D(16), D(0)), "PAINT": (D("0.8"), D(0))}
    assert [one.run_minutes for one in (order.operations.get(), fresh_one.operations.get())] == [D(12), D(8)]
    assert sum(quantity for _code, quantity, _firm in open_supply()) == D(10)
    assert open_demand() in ({"LEG": D(16), "PAINT": D("0.8")}, {"LEG": D(16), "PAINT": D("0.2")})
    receive(fresh(order), "6")
    assert fresh(order).state == "completed"
    assert not violations()


def test_merging_takes_over_what_has_not_begun(bench) -> None:
    first, second = erp_make.released_work_order(bench, "10"), erp_make.work_order(bench, "5")
    begun = erp_make.issued_work_order(bench, "1")
    with pytest.raises(CannotMerge, match="has begun"):
        merge(first, begun)
    with pytest.raises(CannotMerge, match="another item"):
        merge(first, erp_make.work_order(erp_make.made("OTHER"), "1"))
    pick = erp_making.pick_for([first])
    with pytest.raises(MaterialOnPick):
        merge(second, first)
    assert pick.lines.count() == 2

    merged = merge(first, second)

    assert (merged.quantity, fresh(second).state, fresh(second).origin) == (D(15), "cancelled", first)
    assert needs(merged) == {"LEG": (D(60), D(0)), "PAINT": (D(3), D(0))}
    assert not StockMove.objects.filter(source_label="erp.workorder", source_id=second.pk).exists()


def test_split_and_merge_on_the_pages(bench, client) -> None:
    client.force_login(core.superuser())
    order = erp_make.released_work_order(bench, "10")
    answer = client.post(reverse("erp:work-order-split", args=[order.pk]), {"quantity": "4"})
    other = WorkOrder.objects.get(origin=order)
    assert answer.url == other.get_absolute_url()
    page = client.get(reverse("erp:work-order-merge", args=[order.pk]))
    assert [key for key, _text in page.context["form"].fields["orders"].choices] == [str(other.pk)]
    client.post(reverse("erp:work-order-merge", args=[order.pk]), {"orders": [other.pk]})
    assert fresh(order).quantity == D(10)
    made = {"kind": "rework", "item": bench.pk, "origin": order.number, "quantity": "1", "due_date": "2026-03-20"}
    client.post(reverse("erp:work-order-create"), made)
    assert WorkOrder.objects.get(kind="rework").origin == order
