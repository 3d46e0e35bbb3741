"""Bills of material: writing, releasing, copying, importing; the tree below and the uses above."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.errors import InvalidInput, InvalidTransition, MissingRight, StaleVersion
from core.operations import perform
from erp.errors import BomContainsItself, BomIsEmpty, BomIsReleased, BomOverlaps, RevisionTaken
from erp.models import Bom, PlanningEvent
from erp.selectors.bom_uses import uses_above
from erp.selectors.boms import bom_tree, released_boms
from erp.services import boms
from erp.states import BomState
from masterdata.errors import ClosedForEntry, QuantityTooFine
from masterdata.models import Item
from tests.factories import core, erp_make, masterdata

pytestmark = pytest.mark.django_db
D = Decimal
DAY = dt.date(2026, 1, 1)


def line(component: Item, quantity: str = "2", **more) -> dict:
    return {"component_id": component.pk, "quantity": D(quantity)} | more


def create(item: Item, *lines: dict, **fields) -> Bom:
    return perform(boms.create_bom, actor=None, item_id=item.pk, lines=list(lines), **{"valid_from": DAY} | fields)


def test_create_bom_writes_a_draft_with_its_lines_and_the_next_revision() -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")

    first = create(top, line(part, "2", scrap_percent=D(5), material_kind="auxiliary", note="grease"))
    second = create(top, line(part))

    assert (first.state, first.revision, first.valid_from, first.quantity) == (BomState.DRAFT, "1", DAY, D(1))
    assert second.revision == "2"
    [row] = first.lines.all()
    assert (row.line_no, row.component, row.quantity, row.scrap_percent) == (10, part, D(2), D(5))
    assert (row.material_kind, row.note) == ("auxiliary", "grease")


def test_create_bom_refuses_impossible_input() -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    create(top, line(part), revision="A")

    for lines, fields, refusal in (
        ([line(top)], {}, InvalidInput),
        ([line(part, "0")], {}, InvalidInput),
        ([line(part, "-1")], {}, InvalidInput),
        ([line(part, scrap_percent=D(100))], {}, InvalidInput),
        ([line(part, valid_from=DAY, valid_to=DAY)], {}, InvalidInput),
        ([line(part)], {"quantity": D(0)}, InvalidInput),
        ([line(part)], {"quantity": D("1.5")}, QuantityTooFine),
        ([line(part)], {"valid_to": DAY}, InvalidInput),
        ([line(part)], {"revision": "A"}, RevisionTaken),
        ([], {}, BomIsEmpty),
    ):
        with pytest.raises(refusal):
            create(top, *lines, **fields)
    assert Bom.objects.count() == 1


def test_create_bom_refuses_a_component_that_is_closed() -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    Item.objects.filter(pk=part.pk).update(is_active=False)

    with pytest.raises(ClosedForEntry):
        create(top, line(part))


def test_update_bom_replaces_a_draft_and_refuses_a_stale_version() -> None:
    top, part, other = erp_make.made("TOP"), masterdata.item("PART"), masterdata.item("OTHER")
    draft = create(top, line(part))

    changed = perform(
        boms.update_bom,
        actor=None,
        bom_id=draft.pk,
        version=0,
        lines=[line(other, "3")],
        quantity=D(10),
        valid_from=DAY,
    )

    assert (changed.version, changed.quantity) == (1, D(10))
    assert [(row.component, row.quantity) for row in changed.lines.all()] == [(other, D(3))]
    with pytest.raises(StaleVersion):
        perform(
            boms.update_bom, actor=None, bom_id=draft.pk, version=0, lines=[line(part)], quantity=D(1), valid_from=DAY
        )


@pytest.mark.parametrize("verb", ["release", "retire"])
def test_update_bom_refuses_what_is_released_or_obsolete(verb: str) -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    bom = erp_make.bom(top, (part, "1"))
    if verb == "retire":
        perform(boms.retire_bom, actor=None, bom_id=bom.pk)

    with pytest.raises(BomIsReleased):
        perform(boms.update_bom, actor=None, bom_id=bom.pk, lines=[line(part)], quantity=D(1), valid_from=DAY)


def test_release_bom_ends_its_predecessor_and_asks_for_a_plan() -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    old = erp_make.bom(top, (part, "1"), valid_from=DAY)
    PlanningEvent.objects.all().delete()
    new = create(top, line(part, "3"), valid_from=DAY + dt.timedelta(days=30))

    released = perform(boms.release_bom, actor=None, bom_id=new.pk)

    old.refresh_from_db()
    assert (released.state, old.state) == (BomState.RELEASED, BomState.RELEASED)
    assert (old.valid_to, released.valid_to) == (released.valid_from, None)
    assert released_boms([top.pk], DAY)[top.pk] == old
    assert released_boms([top.pk], released.valid_from)[top.pk] == released
    [event] = PlanningEvent.objects.all()
    assert (event.reason, event.item_ids) == ("bom", [top.pk])


def test_release_bom_refuses_one_that_starts_before_a_released_one() -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    erp_make.bom(top, (part, "1"), valid_from=DAY)
    earlier = create(top, line(part), valid_from=DAY - dt.timedelta(days=1))
    same_day = create(top, line(part), valid_from=DAY)

    for bom in (earlier, same_day):
        with pytest.raises(BomOverlaps):
            perform(boms.release_bom, actor=None, bom_id=bom.pk)


def test_release_bom_names_the_circle_it_would_close() -> None:
    a, b, c = erp_make.made("A"), erp_make.made("B"), erp_make.made("C")
    erp_make.bom(a, (b, "1"))
    erp_make.bom(b, (c, "1"))
    closing = create(c, line(a))

    with pytest.raises(BomContainsItself) as caught:
        perform(boms.release_bom, actor=None, bom_id=closing.pk)

    assert caught.value.params["path"] == "C → A → B → C"
    closing.refresh_from_db()
    assert closing.state == BomState.DRAFT


@pytest.mark.parametrize("state", ["released", "obsolete"])
def test_release_bom_refuses_every_other_state(state: str) -> None:
    bom = erp_make.bom(erp_make.made("TOP"), (masterdata.item("PART"), "1"))
    if state == "obsolete":
        perform(boms.retire_bom, actor=None, bom_id=bom.pk)

    with pytest.raises(InvalidTransition):
        perform(boms.release_bom, actor=None, bom_id=bom.pk)


def test_retire_bom_refuses_a_draft_and_takes_a_released_one_out_of_use() -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    draft = create(top, line(part))
    with pytest.raises(InvalidTransition):
        perform(boms.retire_bom, actor=None, bom_id=draft.pk)
    perform(boms.release_bom, actor=None, bom_id=draft.pk)

    retired = perform(boms.retire_bom, actor=None, bom_id=draft.pk)

    assert retired.state == BomState.OBSOLETE
    assert released_boms([top.pk], DAY) == {}


def test_the_database_refuses_two_released_boms_on_one_day() -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    erp_make.bom(top, (part, "1"))
    other = create(top, line(part))

    with pytest.raises(IntegrityError, match="erp_bom_one_released"), transaction.atomic():
        Bom.objects.filter(pk=other.pk).update(state=BomState.RELEASED)


def test_copy_bom_starts_the_next_revision_without_lines_that_have_ended() -> None:
    top, part, gone = erp_make.made("TOP"), masterdata.item("PART"), masterdata.item("GONE")
    core.company()
    source = erp_make.bom(top, (part, "2"), (gone, "1", {"valid_to": dt.date(2021, 1, 1)}))

    copy = perform(boms.copy_bom, actor=None, bom_id=source.pk)

    assert (copy.state, copy.revision, copy.item) == (BomState.DRAFT, "2", top)
    assert [(row.component, row.quantity) for row in copy.lines.all()] == [(part, D(2))]


def test_import_bom_releases_and_changes_nothing_the_second_time() -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    lines = [line(part, "1.5") | {"scrap_percent": D(0), "valid_from": DAY, "valid_to": None}]

    def take_over(lines: list[dict]) -> Bom:
        return perform(boms.import_bom, actor=None, item_id=top.pk, lines=lines, valid_from=DAY)

    first = take_over(lines)
    again = take_over([dict(one) for one in lines])
    changed = perform(
        boms.import_bom, actor=None, item_id=top.pk, lines=[line(part, "9")], valid_from=DAY + dt.timedelta(days=1)
    )

    assert first.state == BomState.RELEASED
    assert again == first
    assert changed != first
    assert Bom.objects.count() == 2


def test_who_may_not_release_imports_a_draft_that_the_next_import_releases() -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    values = {"item_id": top.pk, "lines": [line(part)], "valid_from": DAY, "revision": "A"}
    clerk = core.user("erp.view_bom", "erp.add_bom")

    first = perform(boms.import_bom, actor=clerk, **values)
    again = perform(boms.import_bom, actor=clerk, **values)
    assert (first.state, again, Bom.objects.count()) == (BomState.DRAFT, first, 1)

    engineer = core.user("erp.view_bom", "erp.add_bom", "erp.release_bom", username="engineer")
    released = perform(boms.import_bom, actor=engineer, **values)
    assert (released, released.state) == (first, BomState.RELEASED)


def test_writing_and_releasing_need_their_rights() -> None:
    top, part = erp_make.made("TOP"), masterdata.item("PART")
    draft = create(top, line(part))
    clerk = core.user("erp.view_bom", "erp.add_bom")

    perform(boms.create_bom, actor=clerk, item_id=top.pk, lines=[line(part)])
    for service in (boms.release_bom, boms.retire_bom):
        with pytest.raises(MissingRight):
            perform(service, actor=clerk, bom_id=draft.pk)


def test_tree_multiplies_quantities_down_and_rolls_costs_up() -> None:
    bike, wheel, spoke, tube = (
        erp_make.made("BIKE"),
        erp_make.made("WHEEL"),
        masterdata.item("SPOKE"),
        masterdata.item("TUBE"),
    )
    Item.objects.filter(pk=spoke.pk).update(standard_cost=D("0.50"))
    Item.objects.filter(pk=tube.pk).update(standard_cost=D(4))
    erp_make.bom(bike, (wheel, "2"), (tube, "3"))
    erp_make.bom(wheel, (spoke, "36", {"scrap_percent": D(10)}), (tube, "1", {"valid_to": dt.date(2021, 1, 1)}))

    tree = bom_tree(bike, DAY, D(10))

    rows = [(node.depth, node.item.code, node.quantity, node.unit_cost) for node in tree.flat()]
    assert rows == [
        (0, "BIKE", D(10), D("51.6")),
        (1, "WHEEL", D(20), D("19.8")),
        (2, "SPOKE", D(792), D("0.5")),
        (1, "TUBE", D(30), D(4)),
    ]
    assert tree.cost == D(516)


def test_a_component_without_cost_leaves_the_cost_of_what_it_goes_into_open() -> None:
    top, known, unknown = erp_make.made("TOP"), masterdata.item("KNOWN"), masterdata.item("UNKNOWN")
    Item.objects.filter(pk=known.pk).update(standard_cost=D(1))
    erp_make.bom(top, (known, "1"), (unknown, "1"))

    tree = bom_tree(top, DAY)

    assert tree.unit_cost is None
    assert [node.unit_cost for node in tree.children] == [D(1), None]


def test_uses_above_climbs_level_by_level_and_multiplies_the_quantities() -> None:
    bike, wheel, spoke, stand = (
        erp_make.made("BIKE"),
        erp_make.made("WHEEL"),
        masterdata.item("SPOKE"),
        erp_make.made("STAND"),
    )
    erp_make.bom(bike, (wheel, "2"))
    erp_make.bom(wheel, (spoke, "36"))
    erp_make.bom(stand, (spoke, "3"), valid_from=dt.date(2030, 1, 1))

    uses = uses_above(spoke, DAY)

    assert [(use.item, use.depth, use.line.quantity, use.quantity) for use in uses] == [
        (wheel, 1, D(36), D(36)),
        (bike, 2, D(2), D(72)),
    ]
