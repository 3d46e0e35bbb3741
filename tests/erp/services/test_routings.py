"""Routings and work centres: writing, releasing, copying, importing, and what is refused."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from core.errors import InvalidInput, InvalidTransition
from core.operations import perform
from erp.errors import RevisionTaken
from erp.errors.engineering import (
    MoreDownThanThere,
    RoutingIsEmpty,
    RoutingIsReleased,
    RoutingOverlaps,
    WorkCenterMissing,
)
from erp.models import Routing, RoutingOperation
from erp.services import routings, work_centers, work_orders
from erp.states.engineering import RoutingState
from masterdata.errors import ClosedForEntry, NotASupplier
from tests.factories import core, erp_make, masterdata

pytestmark = pytest.mark.django_db
D = Decimal
DAY = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def today(db) -> dt.date:
    core.company(pinned_date=DAY)
    return DAY


def create(item, *operations: dict, **fields) -> Routing:
    values = {"valid_from": DAY} | fields
    return perform(routings.create_routing, actor=None, item_id=item.pk, operations=list(operations), **values)


def step(center=None, name: str = "cut", **more) -> dict:
    return {"name": name, "work_center_id": center and center.pk} | more


def test_create_routing_numbers_operations_and_keeps_their_alternatives() -> None:
    top, saw, laser = erp_make.made("TOP"), erp_make.work_center("SAW"), erp_make.work_center("LASER")
    supplier = masterdata.supplier()

    routing = create(
        top,
        step(
            saw, setup_minutes=D(30), run_minutes=D(2), alternates=[{"work_center_id": laser.pk, "run_minutes": D(1)}]
        ),
        step(None, "plate", is_subcontracted=True, supplier_id=supplier.pk, unit_price=D("1.5"), is_count_point=False),
    )
    copy = perform(routings.copy_routing, actor=None, routing_id=routing.pk)

    assert (routing.state, routing.revision, copy.revision) == (RoutingState.DRAFT, "1", "2")
    for one in (routing, copy):
        first, second = one.operations.all()
        assert (first.number, second.number) == (10, 20)
        assert [(a.work_center, a.rank, a.setup_minutes, a.run_minutes) for a in first.alternates.all()] == [
            (laser, 1, D(30), D(1))
        ]
        assert (second.work_center, second.supplier, second.unit_price) == (None, supplier, D("1.5"))


def test_create_routing_refuses_impossible_operations() -> None:
    top, saw, closed = erp_make.made("TOP"), erp_make.work_center("SAW"), erp_make.work_center("OLD")
    perform(work_centers.update_work_center, actor=None, work_center_id=closed.pk, is_active=False)
    customer = masterdata.customer()
    create(top, step(saw), revision="A")
    for operations, fields, refusal in (
        ([], {}, RoutingIsEmpty),
        ([step()], {}, WorkCenterMissing),
        ([step(saw, " ")], {}, InvalidInput),
        ([step(saw, run_minutes=D(-1))], {}, InvalidInput),
        ([step(saw, base_quantity=D(0))], {}, InvalidInput),
        ([step(saw, unit_price=D(1))], {}, InvalidInput),
        ([step(saw, number=10), step(saw, number=10)], {}, InvalidInput),
        ([step(saw, alternates=[{"work_center_id": saw.pk}])], {}, InvalidInput),
        ([step(closed)], {}, ClosedForEntry),
        ([step(is_subcontracted=True, supplier_id=customer.pk)], {}, NotASupplier),
        ([step(saw)], {"valid_to": DAY}, InvalidInput),
        ([step(saw)], {"revision": "A"}, RevisionTaken),
    ):
        with pytest.raises(refusal):
            create(top, *operations, **fields)
    assert Routing.objects.count() == 1


def test_release_ends_the_predecessor_and_refuses_an_overlap() -> None:
    top, saw = erp_make.made("TOP"), erp_make.work_center("SAW")
    first = erp_make.routing(top, (saw, "2"), valid_from=DAY - dt.timedelta(days=30))
    second = create(top, step(saw))
    third = create(top, step(saw))

    perform(routings.release_routing, actor=None, routing_id=second.pk)
    first.refresh_from_db()

    assert first.valid_to == second.valid_from
    with pytest.raises(RoutingOverlaps):
        perform(routings.release_routing, actor=None, routing_id=third.pk)
    with pytest.raises(RoutingIsReleased):
        perform(
            routings.update_routing, actor=None, routing_id=second.pk, operations=[step(saw)], valid_from=DAY, version=1
        )
    perform(routings.retire_routing, actor=None, routing_id=second.pk)
    with pytest.raises(InvalidTransition):
        perform(routings.retire_routing, actor=None, routing_id=second.pk)


def test_update_routing_replaces_a_draft_and_import_changes_nothing_when_it_says_the_same() -> None:
    top, saw = erp_make.made("TOP"), erp_make.work_center("SAW")
    draft = create(top, step(saw))

    changed = perform(
        routings.update_routing,
        actor=None,
        routing_id=draft.pk,
        operations=[step(saw, "drill", run_minutes=D(3), number=5)],
        valid_from=DAY,
        version=0,
    )
    perform(routings.release_routing, actor=None, routing_id=draft.pk)
    rows = [step(saw, "drill", run_minutes=D(3), number=5)]
    same = perform(routings.import_routing, actor=None, item_id=top.pk, operations=rows)
    later = {"valid_from": DAY + dt.timedelta(days=1)}
    other = perform(routings.import_routing, actor=None, item_id=top.pk, operations=[step(saw)], **later)

    assert [(one.number, one.name, one.run_minutes) for one in changed.operations.all()] == [(5, "drill", D(3))]
    assert same == draft
    assert (other.revision, other.state) == ("2", RoutingState.RELEASED)


def test_who_may_not_release_imports_a_draft_that_the_next_import_releases() -> None:
    top, saw = erp_make.made("TOP"), erp_make.work_center("SAW")
    values = {"item_id": top.pk, "operations": [step(saw)], "valid_from": DAY, "revision": "A"}
    clerk = core.user("erp.view_routing", "erp.add_routing")

    first = perform(routings.import_routing, actor=clerk, **values)
    again = perform(routings.import_routing, actor=clerk, **values)
    assert (first.state, again, Routing.objects.count()) == (RoutingState.DRAFT, first, 1)

    engineer = core.user("erp.view_routing", "erp.add_routing", "erp.release_routing", username="engineer")
    released = perform(routings.import_routing, actor=engineer, **values)
    assert (released, released.state) == (first, RoutingState.RELEASED)


def test_a_work_centre_keeps_rates_and_exceptions() -> None:
    center = erp_make.work_center("SAW", rate=("30", "12", "5"), machines=3)

    changed = perform(
        work_centers.update_work_center,
        actor=None,
        work_center_id=center.pk,
        exceptions=[{"first_day": DAY, "last_day": DAY, "machines_down": 1, "reason": "motor"}],
    )

    [rate], [exception] = changed.rates.all(), changed.exceptions.all()
    assert (rate.labour_rate, rate.machine_rate, rate.overhead_rate) == (D(30), D(12), D(5))
    assert exception.machines_down == 1
    for values, refusal in (
        ({"exceptions": [{"first_day": DAY, "last_day": DAY, "machines_down": 4}]}, MoreDownThanThere),
        ({"exceptions": [{"first_day": DAY, "last_day": DAY - dt.timedelta(days=1)}]}, InvalidInput),
        ({"rates": [{"valid_from": DAY, "labour_rate": D(-1)}]}, InvalidInput),
        ({"hours_per_day": D(25)}, InvalidInput),
    ):
        with pytest.raises(refusal):
            perform(work_centers.update_work_center, actor=None, work_center_id=center.pk, **values)


def test_the_database_refuses_an_operation_without_a_place() -> None:
    erp_make.routing(erp_make.made("TOP"), (erp_make.work_center("SAW"), "2"))

    with pytest.raises(IntegrityError, match="erp_routingoperation_place"), transaction.atomic():
        RoutingOperation.objects.update(work_center=None)


def test_operations_have_names_in_two_languages(factory) -> None:
    """The name follows from routing to work order and to its halves; each reader sees his own."""
    table, saw = erp_make.made("TABLE"), erp_make.work_center("SAW")
    erp_make.routing(table, (saw, "5", {"name": "Cut", "name_zh": "切割"}), (saw, "1", {"name": "Sand"}))
    order = erp_make.released_work_order(table, "4")
    half = perform(work_orders.split_work_order, actor=None, work_order_id=order.pk, quantity=D(2))
    for document in (order, half):
        steps = list(document.operations.order_by("number"))
        with translation.override("zh-hans"):
            assert [str(one) for one in steps] == ["10 切割", "20 Sand"]
        with translation.override("en"):
            assert [str(one) for one in steps] == ["10 Cut", "20 Sand"]
