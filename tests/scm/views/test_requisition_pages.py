"""What people do on the pages of requisitions."""

from decimal import Decimal

import pytest
from django.urls import reverse

from scm.models import PurchaseOrder, Requisition
from scm.states import RequisitionState
from tests.factories import masterdata
from tests.factories import scm as make
from tests.factories.core import make_user

D = Decimal
STAFF = ["scm.view_requisition", "scm.add_requisition", "scm.change_requisition", "scm.submit_requisition"]


def grid(*rows: dict, initial: int = 0) -> dict[str, str]:
    """The posted grid ``lines``."""
    posted = {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": str(initial)}
    for index, row in enumerate(rows):
        posted |= {f"lines-{index}-{name}": str(value) for name, value in row.items()}
    return posted


@pytest.fixture
def clerk(made, client):
    user = make_user("clerk", rights=STAFF)
    masterdata.employee("E-1", user=user, department=made.department)
    client.force_login(user)
    return user


def test_an_employee_asks_for_something(client, made, clerk):
    url = reverse("scm:requisition-create")
    assert f'value="{made.department.pk}" selected' in client.get(url).content.decode()
    rows = grid({"item": made.bolt.pk, "quantity": "12"}, {"description": "Taxi", "quantity": "1"}, {"item": ""})
    header = {"department": made.department.pk, "needed_date": "2026-04-01", "purpose": "Fair"}
    response = client.post(url, header | rows | {"_key": "k1"})
    asked = Requisition.objects.get()
    assert response.url == asked.get_absolute_url()
    assert [one.what for one in asked.lines.all()] == [str(made.bolt), "Taxi"]
    client.post(url, header | rows | {"_key": "k1"})
    assert Requisition.objects.count() == 1
    client.post(reverse("scm:requisition-submit", args=[asked.pk]), {"version": asked.version})
    asked.refresh_from_db()
    assert asked.state == RequisitionState.SUBMITTED


@pytest.mark.parametrize(
    "row", [{"item": "", "quantity": "3"}, {"item": "?", "item-text": "NOSUCH", "quantity": "3"}, {"item": "1"}]
)
def test_wrong_cells_are_marked_and_what_was_typed_is_kept(client, made, clerk, row):
    header = {"department": made.department.pk, "needed_date": "2026-04-01", "purpose": "Spare parts for the fair"}
    response = client.post(reverse("scm:requisition-create"), header | grid(row))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Spare parts for the fair" in page
    assert "is-invalid" in page
    assert row.get("item-text", "") in page
    assert not Requisition.objects.exists()


def test_a_refusal_keeps_the_form(client, made, clerk):
    header = {"department": made.department.pk, "needed_date": "2026-04-01", "purpose": "Half a bolt"}
    rows = grid({"item": made.bolt.pk, "quantity": "0.5"})
    response = client.post(reverse("scm:requisition-create"), header | rows)
    assert response.status_code == 422
    assert "Half a bolt" in response.content.decode()


def test_editing_shows_what_is_there_and_replaces_it(client, made, clerk):
    asked = make.requisition(made, make.line(made.bolt, "10"), actor=clerk)
    url = reverse("scm:requisition-edit", args=[asked.pk])
    assert "BOLT Item BOLT" in client.get(url).content.decode()
    header = {"department": made.department.pk, "needed_date": "2026-04-01", "version": "0"}
    client.post(url, header | grid({"item": made.paint.pk, "quantity": "2.5"}, initial=1))
    assert [(one.item, one.quantity) for one in asked.lines.all()] == [(made.paint, D("2.5"))]
    stale = client.post(url, header | grid({"item": made.bolt.pk, "quantity": "1"}, initial=1))
    assert stale.status_code == 409
    assert asked.lines.get().item == made.paint


def test_a_stale_page_refuses_the_verb(client, made, clerk):
    asked = make.requisition(made, actor=clerk)
    Requisition.objects.filter(pk=asked.pk).update(version=3)
    response = client.post(reverse("scm:requisition-submit", args=[asked.pk]), {"version": "0"})
    assert response.status_code == 409
    assert asked.number in response.content.decode()


def test_the_requester_sees_the_progress_of_his_lines(client, made, clerk):
    asked = make.requisition(made, actor=clerk)
    asked = make.approved_requisition(made)
    url = reverse("scm:requisition-detail", args=[asked.pk])
    assert "Requested" in client.get(url).content.decode()
    order = order_from(made, client, asked)
    client.force_login(clerk)
    page = client.get(url).content.decode()
    assert "Ordered" in page
    assert order.number in page


def order_from(made, client, asked) -> PurchaseOrder:
    client.force_login(made.buyer)
    url = reverse("scm:requisition-to-order")
    line = asked.lines.get()
    client.post(url, {"ids": [line.pk], f"partner-{line.pk}": made.other.pk})
    return PurchaseOrder.objects.get()


def test_lines_to_order_become_draft_orders(client, made):
    asked = make.approved_requisition(made, make.line(made.bolt, "10"), make.line(made.motor, "1"))
    client.force_login(made.buyer)
    url = reverse("scm:requisition-to-order")
    page = client.get(url).content.decode()
    assert "S-ALPHA" in page
    assert "none known" in page
    bolt, motor = asked.lines.all()
    refused = client.post(url, {"ids": [bolt.pk, motor.pk]})
    assert refused.status_code == 409
    assert f'value="{motor.pk}" data-row-select checked' in refused.content.decode()
    done = client.post(url, {"ids": [bolt.pk, motor.pk], "partner": made.other.pk})
    [order] = PurchaseOrder.objects.all()
    assert done.url == order.get_absolute_url()
    assert order.partner == made.other
    assert "Nothing waits" in client.get(url).content.decode()


def test_the_list_finds_and_filters(client, made):
    mine = make.requisition(made, purpose="Fair in Hannover")
    other = make.approved_requisition(made)
    client.force_login(made.buyer)
    url = reverse("scm:requisition-list")
    for query, shown, hidden in (
        ("q=Hannover", mine, other),
        ("state=approved", other, mine),
        ("mine=true", mine, other),
        (f"q={other.number}", other, mine),
    ):
        page = client.get(f"{url}?{query}").content.decode()
        assert shown.get_absolute_url() in page, query
        assert hidden.get_absolute_url() not in page, query


def test_the_list_needs_few_queries(client, made, django_assert_max_num_queries):
    for _ in range(12):
        make.requisition(made)
    client.force_login(made.buyer)
    url = reverse("scm:requisition-list")
    client.get(url)
    with django_assert_max_num_queries(25):
        client.get(url)
