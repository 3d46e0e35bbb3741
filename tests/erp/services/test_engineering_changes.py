"""Engineering changes: what a release writes, which orders follow, what is refused."""

import datetime as dt
from decimal import Decimal

import pytest

from core.approvals.errors import ApprovalRequired
from core.clock import forget_company
from core.errors import InvalidInput, InvalidTransition, StaleVersion
from core.models import Company
from core.operations import perform
from erp.errors.engineering import (
    ChangeIsEmpty,
    ChangeNotDraft,
    ChangeNotReleased,
    ChangeTooLate,
    LaterRevisionThere,
    NothingToCarryOut,
    NothingToChangeThere,
    NothingToUseUp,
    NothingValidToChange,
    StillNeeded,
    StockStays,
)
from erp.models import Bom, Demand, EngineeringChange, Routing, StockDocument, WorkOrder
from erp.selectors.boms import released_boms
from erp.selectors.change_effects import effects_of
from erp.services import engineering_changes as services
from erp.services import work_orders
from erp.states import BomState
from erp.states.engineering import EngineeringChangeState
from masterdata.models import Item
from tests.factories import approvals, core, erp_make, masterdata

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def parts(factory) -> dict[str, Item]:
    """TOP = 2 OLD + 1 KEEP by CUT in 5 minutes; 100 OLD on hand at 3.00."""
    top, saw = erp_make.made("TOP"), erp_make.work_center("SAW")
    found = {"TOP": top} | {code: masterdata.item(code) for code in ("OLD", "NEW", "KEEP", "SUB")}
    erp_make.bom(top, (found["OLD"], "2"), (found["KEEP"], "1"))
    erp_make.routing(top, (saw, "5"))
    erp_make.stock(found["OLD"], "100", "3")
    return found


@pytest.fixture
def day(factory) -> dt.date:
    """The first day of the change: in a week."""
    return factory + dt.timedelta(days=7)


def create(day: dt.date, *lines: dict, **fields) -> EngineeringChange:
    values = {"title": "Better", "reason_code": "quality", "effective_date": day, "lines": list(lines)} | fields
    return perform(services.create_engineering_change, actor=None, **values)


def release(change: EngineeringChange, **more) -> EngineeringChange:
    return perform(services.release_engineering_change, actor=None, change_id=change.pk, **more)


def replace(parts: dict[str, Item], **more) -> dict:
    own = {"action": "change_component", "component_id": parts["OLD"].pk, "replacement_id": parts["NEW"].pk}
    return {"item_id": parts["TOP"].pk, "quantity": D(3), "disposition": "use_up"} | own | more


def test_release_writes_the_next_revisions_valid_from_the_day(parts, day) -> None:
    top = {"item_id": parts["TOP"].pk}
    change = create(
        day,
        replace(parts, item_revision="B"),
        top | {"action": "add_substitute", "component_id": parts["KEEP"].pk, "replacement_id": parts["SUB"].pk},
        top | {"action": "change_operation", "operation_no": 10, "run_minutes": D(4)},
    )

    [before] = effects_of(change, core.superuser()).items
    change = release(change, version=0)
    [after] = effects_of(change, core.superuser()).items

    assert [(one.kind, one.label.split()[0]) for one in before.differences] == [
        ("dropped", "OLD"),
        ("added", "NEW"),
        ("changed", "KEEP"),
        ("changed", "10"),
    ]
    assert [(one.kind, one.label) for one in after.differences] == [(one.kind, one.label) for one in before.differences]
    old, new = Bom.objects.filter(item=parts["TOP"]).order_by("pk")
    assert (old.valid_to, new.valid_from, new.state, new.revision) == (day, day, BomState.RELEASED, "2")
    assert new.engineering_change == change
    assert [(line.component.code, line.quantity) for line in new.lines.all()] == [("NEW", D(3)), ("KEEP", D(1))]
    assert new.lines.get(component=parts["KEEP"]).substitutes.get().item == parts["SUB"]
    assert released_boms([parts["TOP"].pk], day - dt.timedelta(days=1))[parts["TOP"].pk] == old
    assert Routing.objects.latest("pk").operations.get().run_minutes == D(4)
    assert Item.objects.get(code="TOP").revision == "B"


def test_orders_follow_where_nothing_is_issued_and_are_listed_where_something_is(parts, day) -> None:
    later = {"start_date": day, "due_date": day + dt.timedelta(days=3)}
    earlier = erp_make.released_work_order(parts["TOP"], "5", start_date=day - dt.timedelta(days=1), due_date=day)
    untouched = erp_make.released_work_order(parts["TOP"], "10", **later)
    draft = erp_make.work_order(parts["TOP"], "1", **later)
    begun = erp_make.released_work_order(parts["TOP"], "4", **later)
    material = begun.materials.get(item=parts["OLD"])
    issued = [{"material_id": material.pk, "quantity": D(5)}]
    perform(work_orders.issue_materials, actor=None, work_order_id=begun.pk, lines=issued)

    change = release(create(day, replace(parts)))

    outcomes = {one.work_order: one for one in change.orders.all()}
    assert {order.pk: outcomes[order].outcome for order in (earlier, untouched, draft, begun)} == {
        earlier.pk: "earlier",
        untouched.pk: "re_exploded",
        draft.pk: "re_exploded",
        begun.pk: "issued",
    }
    assert [(row.item.code, row.required_quantity) for row in untouched.materials.all()] == [
        ("NEW", D(30)),
        ("KEEP", D(10)),
    ]
    assert [
        (row["code"], D(row["before"]), D(row["after"]), D(row["issued"])) for row in outcomes[begun].differences
    ] == [
        ("NEW", D(0), D(12), D(0)),
        ("OLD", D(8), D(0), D(5)),
    ]
    assert begun.materials.get(item=parts["OLD"]).required_quantity == D(8)
    new = Bom.objects.latest("pk")
    assert [one.bom for one in WorkOrder.objects.order_by("pk")] == [earlier.bom, new, new, begun.bom]
    needed = Demand.objects.filter(item=parts["NEW"], open_quantity__gt=0)
    assert sorted(row.open_quantity for row in needed) == [D(3), D(30)]


def test_the_stock_of_what_goes_is_shown_with_its_disposition(parts, day) -> None:
    [going] = effects_of(create(day, replace(parts)), core.superuser()).going

    assert (going.line.component, going.on_hand, going.value) == (parts["OLD"], D(100), D(300))
    assert going.line.disposition == "use_up"


def test_lines_and_headers_that_say_too_little_are_refused(parts, day) -> None:
    top = {"item_id": parts["TOP"].pk}
    for line, refusal in (
        (top | {"action": "drop_component"}, InvalidInput),
        (top | {"action": "add_component", "component_id": parts["NEW"].pk}, InvalidInput),
        (top | {"action": "add_substitute", "component_id": parts["OLD"].pk}, InvalidInput),
        (top | {"action": "drop_operation"}, InvalidInput),
        (top | {"action": "add_operation", "operation_no": 20}, InvalidInput),
        (replace(parts, quantity=D(-1)), InvalidInput),
        (replace(parts, disposition="burn"), InvalidInput),
    ):
        with pytest.raises(refusal):
            create(day, line)
    for fields in ({"title": " "}, {"reason_code": "mood"}):
        with pytest.raises(InvalidInput):
            create(day, replace(parts), **fields)
    with pytest.raises(ChangeIsEmpty):
        create(day)
    assert not EngineeringChange.objects.exists()


def test_release_refuses_what_does_not_fit_and_leaves_nothing_behind(parts, day, factory) -> None:
    top = {"item_id": parts["TOP"].pk}
    absent = create(day, top | {"action": "drop_component", "component_id": parts["NEW"].pk})
    unknown = create(day, {"item_id": parts["OLD"].pk, "action": "drop_component", "component_id": parts["NEW"].pk})
    gone = create(factory - dt.timedelta(days=1), replace(parts))
    fitting = create(day, replace(parts))
    overtaken = create(day - dt.timedelta(days=1), replace(parts))

    for change, refusal in (
        (absent, NothingToChangeThere),
        (unknown, NothingValidToChange),
        (gone, ChangeTooLate),
    ):
        with pytest.raises(refusal):
            release(change)
    assert Bom.objects.count() == 1
    release(fitting)
    with pytest.raises(LaterRevisionThere):
        release(overtaken)
    with pytest.raises(InvalidTransition):
        release(fitting)
    with pytest.raises(StaleVersion):
        release(overtaken, version=5)


def test_a_policy_makes_the_release_wait_for_an_approval(parts, day) -> None:
    approvals.policy("erp.engineeringchange", "stock", "gt", "100")

    with pytest.raises(ApprovalRequired):
        release(create(day, replace(parts)))


def test_update_and_cancel_end_with_the_draft(parts, day) -> None:
    change = create(day, replace(parts))
    values = {"title": "Other", "reason_code": "cost", "effective_date": day, "lines": [replace(parts)]}

    perform(services.update_engineering_change, actor=None, change_id=change.pk, version=0, **values)
    perform(services.cancel_engineering_change, actor=None, change_id=change.pk, version=1)
    change.refresh_from_db()

    assert (change.title, change.state) == ("Other", EngineeringChangeState.CANCELLED)
    with pytest.raises(ChangeNotDraft):
        perform(services.update_engineering_change, actor=None, change_id=change.pk, **values)


def test_old_stock_becomes_rework_and_scrap_drafts(parts, day) -> None:
    """Of 100 OLD ten are needed by an order that began before, so 90 are free; KEEP is reworked."""
    erp_make.stock(parts["KEEP"], "20", "1")
    erp_make.released_work_order(parts["TOP"], "5", start_date=day - dt.timedelta(days=1), due_date=day)
    dropped = {"item_id": parts["TOP"].pk, "action": "drop_component", "component_id": parts["KEEP"].pk}
    change = release(create(day, replace(parts, disposition="scrap"), dropped | {"disposition": "rework"}))
    with pytest.raises(StillNeeded):
        perform(services.carry_out_dispositions, actor=None, change_id=change.pk)
    Company.objects.update(pinned_date=day)
    forget_company()

    perform(services.carry_out_dispositions, actor=None, change_id=change.pk)

    scrap = StockDocument.objects.get(reason_code="scrap")
    assert (scrap.state, scrap.lines.get().item, scrap.lines.get().quantity) == ("draft", parts["OLD"], 90)
    rework = WorkOrder.objects.get(kind="rework")
    assert (rework.item, rework.quantity, rework.state) == (parts["KEEP"], 15, "draft")
    going = {one.line.component: one.follow_ups for one in effects_of(change, core.superuser()).going}
    assert {item.code: [(one.document_number, url) for one, url in rows] for item, rows in going.items()} == {
        "OLD": [(scrap.number, scrap.get_absolute_url())],
        "KEEP": [(rework.number, rework.get_absolute_url())],
    }
    with pytest.raises(NothingToCarryOut):
        perform(services.carry_out_dispositions, actor=None, change_id=change.pk)


def test_nothing_is_carried_out_before_the_release(parts, day) -> None:
    change = create(day, replace(parts, disposition="scrap"))
    with pytest.raises(ChangeNotReleased):
        perform(services.carry_out_dispositions, actor=None, change_id=change.pk)
    with pytest.raises(NothingToUseUp):
        perform(services.begin_when_used_up, actor=None, change_id=change.pk)


def test_a_change_begins_when_the_old_stock_is_used_up(parts, day, factory) -> None:
    """100 OLD: 80 go into an order in 10 days, the next one in 20 days needs 40 and would be 20 short."""
    change = create(day, replace(parts))
    with pytest.raises(StockStays):
        perform(services.begin_when_used_up, actor=None, change_id=change.pk)
    for quantity, days in (("40", 10), ("20", 20)):
        start = factory + dt.timedelta(days=days)
        erp_make.released_work_order(parts["TOP"], quantity, start_date=start, due_date=start + dt.timedelta(days=2))
    [going] = effects_of(change, core.superuser()).going
    change = perform(services.begin_when_used_up, actor=None, change_id=change.pk, version=change.version)
    assert change.effective_date == going.used_up_on == factory + dt.timedelta(days=20)
    release(change)
    with pytest.raises(ChangeNotDraft):
        perform(services.begin_when_used_up, actor=None, change_id=change.pk)


def test_outputs_and_scrap_are_changed_with_before_and_after(parts, day) -> None:
    top, chips = {"item_id": parts["TOP"].pk}, masterdata.item("CHIPS")
    output = {"component_id": chips.pk, "output_kind": "by_product", "cost_method": "fixed_amount"}
    release(
        create(
            day,
            top | output | {"action": "add_output", "quantity": D("0.5"), "fixed_amount": D(2)},
            top
            | {"action": "change_component", "component_id": parts["OLD"].pk}
            | {"fixed_scrap_quantity": D(3), "scrap_percent": D(5), "is_level_skipped": False},
        )
    )
    new = Bom.objects.latest("pk")
    chip, old = new.lines.get(component=chips), new.lines.get(component=parts["OLD"])
    assert (chip.line_kind, chip.quantity, chip.fixed_amount) == ("by_product", D("0.5"), D(2))
    assert (old.fixed_scrap_quantity, old.scrap_percent, old.is_level_skipped, old.quantity) == (3, 5, False, 2)

    later = day + dt.timedelta(days=30)
    change = create(later, top | {"action": "change_output", "component_id": chips.pk, "fixed_amount": D(3)})
    [one] = effects_of(change, core.superuser()).items[0].differences
    assert (one.kind, one.fields) == ("changed", (("Fixed amount", "2", "3"),))
    release(change)
    gone = release(create(later + dt.timedelta(days=1), top | {"action": "drop_output", "component_id": chips.pk}))
    assert not Bom.objects.get(engineering_change=gone).lines.filter(component=chips).exists()
    with pytest.raises(InvalidInput):
        create(day, top | {"action": "add_output", "component_id": chips.pk, "quantity": D(1)})


def test_a_substitute_takes_its_rank_alone_and_in_groups(parts, day) -> None:
    """Alone the others move down; in a group one of a rank stands for several, several stand for one."""
    top, keep = {"item_id": parts["TOP"].pk}, {"component_id": parts["KEEP"].pk}
    both, pair = masterdata.item("BOTH"), [masterdata.item(code) for code in ("LEFT", "RIGHT")]

    def by(item: Item, of: dict = keep, **more) -> dict:
        return top | of | {"action": "add_substitute", "replacement_id": item.pk} | more

    def ranked(change: EngineeringChange, code: str = "KEEP") -> list[tuple[str, int]]:
        line = Bom.objects.get(engineering_change=change).lines.get(component__code=code)
        return [(one.item.code, one.rank) for one in line.substitutes.all()]

    release(create(day, by(parts["SUB"])))
    days = [day + dt.timedelta(days=number) for number in range(1, 5)]
    change = create(days[0], by(parts["NEW"], rank=1, quantity=D(2)))
    [one] = effects_of(change, core.superuser()).items[0].differences
    assert one.fields == (("Substitutes", "SUB × 1", "NEW × 2; SUB × 1"),)
    assert ranked(release(change)) == [("NEW", 1), ("SUB", 2)]
    moved = top | keep | {"action": "change_substitute", "replacement_id": parts["SUB"].pk, "rank": 1}
    assert ranked(release(create(days[1], moved))) == [("SUB", 1), ("NEW", 2)]
    old = {"component_id": parts["OLD"].pk}
    grouped = [top | of | {"action": "change_component", "substitute_group": "SET"} for of in (old, keep)]
    several = [by(one, keep, rank=3) for one in pair]
    change = release(create(days[2], *grouped, by(both, old, rank=4, quantity=D("0.5")), *several))
    assert (ranked(change, "OLD"), ranked(change)[2:]) == ([("BOTH", 4)], [("LEFT", 3), ("RIGHT", 3)])
    apart = top | old | {"action": "change_component", "substitute_group": "-"}
    new = Bom.objects.get(engineering_change=release(create(days[3], apart)))
    assert [line.substitute_group for line in new.lines.order_by("line_no")] == ["", "SET"]
    for wrong in (by(both, rank=0), top | keep | {"action": "change_substitute", "replacement_id": both.pk}):
        with pytest.raises(InvalidInput):
            create(days[3], wrong)


def test_the_main_product_takes_its_cost_by_other_weights(parts, day) -> None:
    """Before and after are shown; an order that has begun is listed with it, one that has not follows."""
    top, later = {"item_id": parts["TOP"].pk}, day + dt.timedelta(days=1)
    co = {"action": "add_output", "component_id": parts["SUB"].pk, "output_kind": "co_product", "quantity": D(1)}
    release(create(day, top | co | {"cost_method": "weight", "material_weight": D(2)}))
    dates = {"start_date": later, "due_date": later}
    begun, waiting = (erp_make.released_work_order(parts["TOP"], "4", **dates) for _order in range(2))
    issued = [{"material_id": begun.materials.get(item=parts["OLD"]).pk, "quantity": D(1)}]
    perform(work_orders.issue_materials, actor=None, work_order_id=begun.pk, lines=issued)
    change = create(later, top | {"action": "change_weights", "material_weight": D(3), "conversion_weight": D("0.5")})
    [item] = effects_of(change, core.superuser()).items
    change = release(change)
    [after] = effects_of(change, core.superuser()).items

    expected = (("Weight of the material", "1", "3"), ("Weight of the conversion", "–", "0.5"))
    assert [one.fields for one in item.differences] == [one.fields for one in after.differences] == [expected]
    new = Bom.objects.get(engineering_change=change)
    assert (new.material_weight, new.conversion_weight) == (D(3), D("0.5"))
    rows = {one.work_order: one.differences for one in change.orders.all()}
    weights = {
        "item": parts["TOP"].pk,
        "code": "TOP",
        "before": "1",
        "after": "3 / 0.5",
        "issued": "0",
        "weights": True,
    }
    assert rows[begun] == [weights]
    assert WorkOrder.objects.get(pk=waiting.pk).bom == new
    emptied = {"is_conversion_as_material": True}
    for wrong in (
        {},
        {"material_weight": D(0)},
        {"material_weight": D(1), "component_id": parts["OLD"].pk},
        emptied | {"conversion_weight": D(1)},
        emptied | {"action": "drop_component", "component_id": parts["OLD"].pk},
    ):
        with pytest.raises(InvalidInput):
            create(later, top | {"action": "change_weights"} | wrong)

    of_output = top | {"action": "change_output", "component_id": parts["SUB"].pk}
    days = [later + dt.timedelta(days=number) for number in (1, 2)]
    release(create(days[0], of_output | {"conversion_weight": D(4)}))
    again = [top | {"action": "change_weights"} | emptied, of_output | emptied]
    back = Bom.objects.get(engineering_change=release(create(days[1], *again)))
    assert (back.material_weight, back.conversion_weight) == (D(3), None)
    assert back.lines.get(component=parts["SUB"]).conversion_weight is None
