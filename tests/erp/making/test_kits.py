"""Whole sets of material, and substitutes."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.clock import today
from core.operations import perform
from erp.errors.making import GroupPartlyIssued, NoSubstitute, NotSoManySets
from erp.models import BomLine, BomSubstitute
from erp.selectors.kits import kit_of
from erp.selectors.work_orders import material_supply
from erp.services import work_orders
from tests.erp.services.work_order_steps import fresh, issue, open_demand
from tests.factories import core, erp_make, masterdata

D = Decimal


def kit(order) -> tuple[Decimal, Decimal, str]:
    found = kit_of(order, material_supply(order, today()))
    return found.complete, found.possible, found.blocked_by.code if found.blocked_by else ""


def sets(order, quantity: str):
    return perform(work_orders.issue_kits, actor=None, work_order_id=order.pk, sets=D(quantity))


def test_sets_count_what_is_there_and_bring_every_material_to_the_same_point(bench) -> None:
    order = erp_make.released_work_order(bench, "30")  # 4 LEG and 0.2 PAINT each; 80 LEG, 4 PAINT
    assert kit(order) == (D(0), D(20), "LEG")
    with pytest.raises(NotSoManySets):
        sets(order, "21")
    issue(order, "10", "0")
    assert kit(fresh(order)) == (D(0), D(20), "LEG")

    sets(order, "5")

    assert [one.issued_quantity for one in order.materials.all()] == [D(20), D(1)]
    assert kit(fresh(order)) == (D(5), D(15), "LEG")
    sets(fresh(order), "15")
    assert kit(fresh(order)) == (D(20), D(0), "LEG")


def test_rounded_needs_do_not_drift_over_the_sets(factory) -> None:
    cap, powder = erp_make.made("CAP"), masterdata.item("POWDER", uom="KG")
    erp_make.bom(cap, (powder, "0.3333"))
    erp_make.stock(powder, "1")
    order = erp_make.released_work_order(cap, "3")
    assert order.materials.get().required_quantity == D(1)
    for number, total in enumerate(("0.333", "0.667", "1"), start=1):
        sets(fresh(order), "1")
        assert order.materials.get().issued_quantity == D(total), number


def test_a_substitute_takes_the_place_of_what_is_short(bench, client) -> None:
    steel = masterdata.item("STEEL-LEG")
    erp_make.stock(steel, "100", "6")
    line = BomLine.objects.get(component__code="LEG")
    BomSubstitute.objects.create(bom_line=line, item=steel, ratio=D("0.5"), rank=1)
    order = erp_make.released_work_order(bench, "30")  # 120 legs, 80 there
    client.force_login(core.superuser())
    page = client.get(order.get_absolute_url()).content.decode()
    leg, paint = order.materials.all()
    url = reverse("erp:work-order-substitute", args=[order.pk, leg.pk])
    assert url in page
    assert client.get(url).context["form"].initial == {"quantity": D(40), "item": steel.pk}
    with pytest.raises(NoSubstitute):
        perform(work_orders.use_substitute, actor=None, work_order_id=order.pk, material_id=paint.pk)

    client.post(url, {"item": steel.pk, "quantity": "40"})

    rows = [(one.item.code, one.required_quantity, str(one.replaces or "")) for one in order.materials.all()]
    assert [row[:2] for row in rows] == [("LEG", D(80)), ("PAINT", D(6)), ("STEEL-LEG", D(20))]
    assert rows[2][2].startswith("LEG")
    assert open_demand() == {"LEG": D(80), "PAINT": D(6), "STEEL-LEG": D(20)}
    assert kit(fresh(order))[1] == D(20)  # the paint runs out now
    assert client.get(reverse("erp:work-order-issue-sets", args=[order.pk])).context["kit"].possible == D(20)


def test_lines_of_one_group_are_replaced_together_by_the_same_rank(bench) -> None:
    BomLine.objects.filter(bom__item=bench).update(substitute_group="G")
    leg, paint = BomLine.objects.filter(bom__item=bench).order_by("line_no")
    one, two = masterdata.item("LEG-2"), masterdata.item("PAINT-2", uom="KG")
    BomSubstitute.objects.create(bom_line=leg, item=one, rank=2)
    order = erp_make.released_work_order(bench, "10")
    main = order.materials.first()
    BomSubstitute.objects.create(bom_line=paint, item=two, rank=2)

    perform(work_orders.use_substitute, actor=None, work_order_id=order.pk, material_id=main.pk)

    assert {m.item.code: m.required_quantity for m in order.materials.all()} == {
        "LEG": D(0),
        "PAINT": D(0),
        "LEG-2": D(40),
        "PAINT-2": D(2),
    }


def test_one_stands_for_a_whole_group_and_three_for_one(bench, client) -> None:
    """KIT is four legs and their paint in one; rank 2 of the paint alone would be three others, one of them over."""
    BomLine.objects.filter(bom__item=bench).update(substitute_group="G")
    leg, paint = BomLine.objects.filter(bom__item=bench).order_by("line_no")
    kit, others = masterdata.item("KIT"), [masterdata.item(f"P{number}", uom="KG") for number in (1, 2, 3)]
    BomSubstitute.objects.create(bom_line=leg, item=kit, ratio=D("0.25"), rank=1)
    for item in others:
        BomSubstitute.objects.create(bom_line=paint, item=item, ratio=D(2), rank=2, valid_to=today())
    order = erp_make.released_work_order(bench, "10")
    legs, paints = order.materials.all()
    use = {"service": work_orders.use_substitute, "actor": None, "work_order_id": order.pk}
    with pytest.raises(NoSubstitute):
        perform(**use, material_id=paints.pk, item_id=others[0].pk)
    client.force_login(core.superuser())
    url = reverse("erp:work-order-substitute", args=[order.pk, paints.pk])
    assert client.get(url).context["form"].initial["item"] == kit.pk

    client.post(url, {"item": kit.pk, "quantity": "0.8"})

    def needs() -> dict[str, Decimal]:
        return {one.item.code: one.required_quantity for one in order.materials.all() if one.required_quantity}

    assert needs() == {"LEG": D(24), "PAINT": D("1.2"), "KIT": D(4)}
    issue(order, "12", "0", "0")
    with pytest.raises(GroupPartlyIssued, match="PAINT"):
        perform(**use, material_id=legs.pk)
    issue(order, "0", "0.6", "0")
    BomSubstitute.objects.filter(item__in=others).update(valid_to=None)
    offered = [words for _key, words in client.get(url).context["form"].fields["item"].choices if words]
    assert offered[-1].count(" + ") == 2
    perform(**use, material_id=legs.pk, item_id=others[2].pk)
    assert needs() == {"LEG": D(12), "PAINT": D("0.6"), "KIT": D(4)} | {one.code: D("1.2") for one in others}
    assert open_demand() == {"KIT": D(4)} | {one.code: D("1.2") for one in others}
