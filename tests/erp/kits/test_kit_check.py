"""Kit check: asked of the company's work orders, shown, reserved by hand."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import InvalidInput
from core.operations import perform
from erp.engines.kitting import Policy
from erp.errors import NothingToReserve, NotInProduction
from erp.models import Reservation, StockBalance
from erp.selectors.kit_check import KitQuestion, check_orders
from erp.services.kits import release_kits, reserve_kits
from erp.services.supply import ExpectedSupply, set_expected
from erp.services.work_orders import issue_materials
from erp.states import KitMode
from finance.selectors.invariants import STOCK, violations
from tests.erp.services.conftest import factory
from tests.factories import core, erp_make, masterdata

__all__ = ["factory"]
pytestmark = pytest.mark.django_db
D = Decimal
_keys = itertools.count(1)


def receipt(item, quantity: str, due: dt.date, line: int = 1) -> None:
    row = ExpectedSupply(line, item.pk, D(quantity), due)
    perform(set_expected, actor=None, source_label="crm.salesorder", source_id=line, kind="purchase", rows=[row])


def shape(question: KitQuestion | None = None) -> list[tuple]:
    rows = check_orders(question or KitQuestion()).rows()
    return [(row.order.pk, row.quantity, row.rate, row.blocking.code if row.blocking else None) for row in rows]


@pytest.fixture
def two_orders(factory):
    """The worked example: P = 2 A + 1 B, two orders of ten, stock A 30, B 12; 10 A come in 3 days, 9 B in a week."""
    product = erp_make.made("P", lead_time_days=2)
    a, b = masterdata.item("A"), masterdata.item("B")
    erp_make.bom(product, (a, "2"), (b, "1"))
    erp_make.stock(a, "30")
    erp_make.stock(b, "12")
    first = erp_make.released_work_order(product, "10", due_date=factory + dt.timedelta(days=10))
    second = erp_make.released_work_order(product, "10", due_date=factory + dt.timedelta(days=11))
    erp_make.work_order(product, "10")  # a draft is not asked
    receipt(a, "10", factory + dt.timedelta(days=3), line=2)
    receipt(b, "9", factory + dt.timedelta(days=7))
    return first, second


def test_all_released_orders_share_one_pool(two_orders, factory) -> None:
    first, second = two_orders
    assert shape() == [(first.pk, 10, 100, None), (second.pk, 2, 20, "B")]
    assert check_orders(KitQuestion()).rows()[1].date == factory + dt.timedelta(days=7)
    soon, in_a_week = (KitQuestion(KitMode.RECEIPTS, factory + dt.timedelta(days=n)) for n in (3, 7))
    assert shape(soon)[1] == (second.pk, 2, 20, "B")
    assert shape(in_a_week)[1] == (second.pk, 10, 100, None)


def test_issued_material_counts_and_the_rest_is_asked_of_the_pool(two_orders) -> None:
    first, second = two_orders
    line = second.materials.get(item__code="A")
    perform(
        issue_materials,
        actor=None,
        work_order_id=second.pk,
        lines=[{"material_id": line.pk, "quantity": D(20)}],
    )
    assert shape() == [(first.pk, 5, 50, "A"), (second.pk, 2, 20, "B")]


def test_without_hoarding_reserving_keeps_whole_kits_only(two_orders) -> None:
    first, second = two_orders
    kept = perform(reserve_kits, actor=None, work_order_ids=[second.pk])
    assert kept == [second.pk]
    held = {row.balance.item.code: row.quantity for row in Reservation.objects.select_related("balance__item")}
    assert held == {"A": D(4), "B": D(2)}
    assert shape()[1] == (second.pk, 2, 20, "B")
    with pytest.raises(NothingToReserve):
        perform(reserve_kits, actor=None, work_order_ids=[second.pk])
    perform(reserve_kits, actor=None, work_order_ids=[first.pk, second.pk], policy=Policy.GREEDY)
    assert sum(StockBalance.objects.values_list("reserved", flat=True)) == D(42)
    assert perform(release_kits, actor=None, work_order_ids=[first.pk, second.pk]) == [first.pk, second.pk]
    assert not Reservation.objects.exists()
    assert not violations(STOCK)


def test_reserving_refuses_drafts_and_nothing(two_orders, factory) -> None:
    draft = erp_make.work_order(erp_make.made("Q"), "1")
    with pytest.raises(NotInProduction):
        perform(reserve_kits, actor=None, work_order_ids=[draft.pk])
    with pytest.raises(InvalidInput):
        perform(reserve_kits, actor=None, work_order_ids=[])
    with pytest.raises(NothingToReserve):
        perform(release_kits, actor=None, work_order_ids=[two_orders[0].pk])
    assert not Reservation.objects.exists()


def test_sub_assemblies_are_made_of_the_same_stock(factory) -> None:
    top, sub, part = erp_make.made("TOP"), erp_make.made("SUB", lead_time_days=3), masterdata.item("PART")
    erp_make.bom(top, (sub, "1"), (part, "1"))
    erp_make.bom(sub, (part, "3"))
    erp_make.stock(part, "9")
    order = erp_make.released_work_order(top, "5")
    assert shape() == [(order.pk, 0, 0, "SUB")]
    assert shape(KitQuestion(KitMode.SUB_ASSEMBLIES)) == [(order.pk, 2, 40, "SUB")]


def test_one_operation_is_asked_for_its_own_material(factory) -> None:
    top, early, late = erp_make.made("TOP"), masterdata.item("EARLY"), masterdata.item("LATE")
    erp_make.bom(top, (early, "1", {"operation_no": 10}), (late, "1", {"operation_no": 20}))
    erp_make.stock(early, "10")
    order = erp_make.released_work_order(top, "10")
    assert shape() == [(order.pk, 0, 0, "LATE")]
    assert shape(KitQuestion(operation=10)) == [(order.pk, 10, 100, None)]


def test_a_substitute_of_the_bill_stands_in_by_its_ratio(factory) -> None:
    """Ten of TOP need ten PART: four lie there, and nine OTHER for six at 1.5 each."""
    top, part, other = erp_make.made("TOP"), masterdata.item("PART"), masterdata.item("OTHER")
    erp_make.bom(top, (part, "1", {"substitutes": [{"item_id": other.pk, "ratio": D("1.5"), "rank": 1}]}))
    erp_make.stock(part, "4")
    erp_make.stock(other, "9")
    order = erp_make.released_work_order(top, "10")
    assert shape() == [(order.pk, 10, 100, None)]
    [line] = check_orders(KitQuestion()).lines_of(order.pk)
    assert [(one.item.code, one.quantity) for one in line.takings] == [("PART", D(4)), ("OTHER", D(9))]


def test_a_group_of_the_bill_stands_in_as_a_whole(factory) -> None:
    """Six of LEFT allow six; four more take both new sides, so that RIGHT is left over."""
    top, left, right = erp_make.made("TOP"), masterdata.item("LEFT"), masterdata.item("RIGHT")
    new_left, new_right = masterdata.item("NEW-LEFT"), masterdata.item("NEW-RIGHT")
    sides = [
        (main, "1", {"substitute_group": "SIDES", "substitutes": [{"item_id": other.pk, "ratio": D(1), "rank": 1}]})
        for main, other in ((left, new_left), (right, new_right))
    ]
    erp_make.bom(top, *sides)
    for item, quantity in ((left, "6"), (right, "10"), (new_left, "9"), (new_right, "4")):
        erp_make.stock(item, quantity)
    order = erp_make.released_work_order(top, "10")
    assert shape() == [(order.pk, 10, 100, None)]
    takings = [
        [(one.item.code, one.quantity) for one in line.takings]
        for line in check_orders(KitQuestion()).lines_of(order.pk)
    ]
    assert takings == [[("LEFT", D(6)), ("NEW-LEFT", D(4))], [("RIGHT", D(6)), ("NEW-RIGHT", D(4))]]


def test_the_pages_show_orders_components_and_what_a_receipt_unlocks(two_orders, django_assert_max_num_queries) -> None:
    client = Client()
    client.force_login(core.user("erp.view_workorder", "core.export_data"))
    first, second = two_orders
    page = client.get(reverse("erp:kit-check"))
    assert [row.pk for row in page.context["table"].data] == [first.pk, second.pk]
    assert page.context["counts"] == {"complete": 1, "partial": 1, "none": 0, "late": page.context["counts"]["late"]}
    assert [row.pk for row in client.get(reverse("erp:kit-check"), {"status": "partial"}).context["table"].data] == [
        second.pk
    ]
    detail = client.get(reverse("erp:kit-check-order", args=[second.pk]), {"policy": "no_hoarding"})
    assert [(one.item.code, one.ready, one.short) for one in detail.context["lines"]] == [
        ("A", D(4), D(10)),
        ("B", D(2), D(8)),
    ]
    assert client.get(reverse("erp:kit-check-order", args=[0])).status_code == 404
    unlocked = client.get(reverse("erp:kit-check-receipts"))
    assert [(one.supply.item.code, one.waiting) for one in unlocked.context["table"].data] == [("A", 1), ("B", 1)]
    assert client.get(reverse("erp:kit-check"), {"export": "csv"}).status_code == 200
    assert client.post(reverse("erp:kit-reserve"), {"ids": [second.pk]}).status_code == 403


def test_reserving_from_the_list_and_back(two_orders) -> None:
    client = Client()
    client.force_login(core.user("erp.view_workorder", "erp.reserve_kit"))
    done = client.post(reverse("erp:kit-reserve") + "?policy=no_hoarding", {"all": "1"})
    assert done.url == reverse("erp:kit-check") + "?policy=no_hoarding"
    assert sum(row.quantity for row in Reservation.objects.all()) == D(36)
    client.post(reverse("erp:kit-release"), {"ids": [one.pk for one in two_orders]})
    assert not Reservation.objects.exists()


def test_the_api_answers_reserves_and_gives_back(two_orders) -> None:
    first, second = two_orders
    client = Client()
    client.force_login(core.user("erp.view_workorder", "erp.reserve_kit"))
    answer = client.get(reverse("api:erp-kit-check-list")).json()
    assert [(row["work_order"], row["kits"], row["blocking_item_code"]) for row in answer["results"]] == [
        (first.pk, "10.000000", ""),
        (second.pk, "2.000000", "B"),
    ]
    detail = client.get(reverse("api:erp-kit-check-detail", args=[second.pk])).json()
    assert [(line["item_code"], line["ready"]) for line in detail["lines"]] == [("A", "10.000000"), ("B", "2.000000")]
    receipts = client.get(reverse("api:erp-kit-receipt-list")).json()["results"]
    assert [(row["item_code"], row["completed"], row["orders"][0]["work_order"]) for row in receipts] == [
        ("A", 0, second.pk),
        ("B", 1, second.pk),
    ]

    def act(name: str):
        return client.post(
            reverse(f"api:erp-kit-check-{name}"),
            {"work_order_ids": [second.pk]},
            content_type="application/json",
            headers={"Idempotency-Key": f"kit-{next(_keys)}"},
        )

    assert act("reserve").json() == {"work_order_ids": [second.pk]}
    assert act("release").json() == {"work_order_ids": [second.pk]}
    assert act("release").status_code == 409
