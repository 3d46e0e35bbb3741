"""Bad input and second clicks: the page says why and keeps what was typed, the API gives code and params."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.operations import perform
from crm.models import SalesOrder
from crm.services import quotations, sales_orders
from erp.models import WorkOrder
from erp.services import planning, work_orders
from finance.models import FiscalPeriod, ModulePeriod
from finance.states import PeriodModule
from tests.factories import finance, masterdata
from tests.factories.core import make_user
from tests.factories.erp_make import plan
from tests.flows import test_order_to_cash as flow

D = Decimal

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Case:
    """One refusal: the form with what is to be seen in its answer, and the same by the API."""

    url: str
    typed: dict[str, Any]
    status: int
    says: str
    api: str
    body: dict[str, Any]
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    kept: str = ""
    method: str = "post"


@pytest.fixture
def world():
    """A company with an order confirmed, an order above the limit, a work order, and a payment of a closed month."""
    world = flow.make_world()
    world.boss = make_user("everything", superuser=True)
    *_rest, world.order = flow.confirmed(world)
    world.customer = world.order.partner
    world.draft = perform(
        sales_orders.create_sales_order,
        actor=world.boss,
        partner_id=world.customer.pk,
        lines=[{"item_id": world.drill.pk, "quantity": D(1), "price": D(200)}],
    )
    world.dear = perform(
        quotations.create_quotation,
        actor=world.boss,
        partner_id=world.customer.pk,
        lines=[{"item_id": world.drill.pk, "quantity": D(1000), "price": D(200)}],
    )
    perform(quotations.send_quotation, actor=world.boss, quotation_id=world.dear.pk)
    world.over = perform(quotations.accept_quotation, actor=world.boss, quotation_id=world.dear.pk)
    return world


def grid(**line):
    return {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0"} | {
        f"lines-0-{name.replace('_text', '-text')}": value for name, value in line.items()
    }


def work_order_of(world):
    drills = [row.identity for row in plan() if row.item_id == world.drill.pk]
    perform(planning.firm_planned_orders, actor=world.boss, identities=drills)
    order = WorkOrder.objects.get()
    perform(work_orders.release_work_order, actor=world.boss, work_order_id=order.pk)
    return order


def wrong_state(world) -> Case:
    return Case(
        reverse("crm:sales-order-confirm", args=[world.order.pk]), {}, 409, world.order.number,
        f"crm/sales-orders/{world.order.pk}/confirm/", {}, "invalid_transition", {"document": world.order.number},
    )  # fmt: skip


def short_stock(world) -> Case:
    order = work_order_of(world)
    motor = order.materials.get(item=world.motor)
    return Case(
        reverse("erp:work-order-issue", args=[order.pk]), grid(material=motor.pk, quantity="14"), 409, "MOTOR",
        f"erp/work-orders/{order.pk}/issue/", {"lines": [{"material_id": motor.pk, "quantity": "14"}]},
        "short_stock", kept='value="14"',
    )  # fmt: skip


def over_credit(world) -> Case:
    return Case(
        reverse("crm:sales-order-confirm", args=[world.over.pk]), {}, 409, "credit",
        f"crm/sales-orders/{world.over.pk}/confirm/", {}, "credit_limit_exceeded",
    )  # fmt: skip


def unknown_item(world) -> Case:
    typed = {"partner": world.customer.pk, "customer_reference": "KEEP-ME"}
    return Case(
        reverse("crm:quotation-create"), typed | grid(item="", item_text="NO-SUCH", quantity="3"), 422, "NO-SUCH",
        "crm/quotations/", {"partner_id": world.customer.pk, "lines": [{"item_id": 987654321, "quantity": "3"}]},
        "invalid_input", kept="KEEP-ME",
    )  # fmt: skip


def duplicate_tax_number(world) -> Case:
    known = masterdata.customer()
    typed = {
        "name": "Other Ltd",
        "tax_number": known.tax_number,
        "is_customer": "on",
        "kind": "company",
        "country": "CN",
    }
    typed |= {"currency": known.currency_id, "language": "en", "is_active": "on", "completeness": ""}
    return Case(
        reverse("masterdata:partner-create"), typed, 409, str(known.tax_number),
        "masterdata/partners/", {"name": "Other Ltd", "currency": known.currency_id, "tax_number": known.tax_number},
        "duplicate_tax_number", kept="Other Ltd",
    )  # fmt: skip


def stale_version(world) -> Case:
    order = world.draft
    perform(
        sales_orders.update_sales_order,
        actor=world.boss,
        order_id=order.pk,
        version=order.version,
        lines=[{"item_id": world.drill.pk, "quantity": D(2), "price": D(200)}],
    )
    typed = {"partner": order.partner_id, "version": order.version, "customer_po": "KEEP-ME"}
    return Case(
        reverse("crm:sales-order-edit", args=[order.pk]),
        typed | grid(item=world.drill.pk, item_text="DRILL", quantity="5", price="200"), 409, order.number,
        f"crm/sales-orders/{order.pk}/",
        {"version": order.version, "lines": [{"item_id": world.drill.pk, "quantity": "5", "price": "200"}]},
        "stale_version", kept="KEEP-ME", method="put",
    )  # fmt: skip


def closed_period(world) -> Case:
    first = FiscalPeriod.objects.order_by("d0").first()
    payment = perform(
        finance.payments.create_payment,
        actor=world.boss,
        partner_id=world.customer.pk,
        kind="customer",
        direction="in",
        bank_account_id=finance.bank().pk,
        amount=D(10),
        document_date=first.d0 + dt.timedelta(days=3),
    )
    FiscalPeriod.objects.filter(pk=first.pk).update(state="closed")
    for module in set(PeriodModule.values) - {PeriodModule.LEDGER}:
        ModulePeriod.objects.update_or_create(period=first, module=module, defaults={"state": "closed"})
    return Case(
        reverse("finance:payment-post", args=[payment.pk]), {}, 409, str(first),
        f"finance/payments/{payment.pk}/post/", {}, "period_closed",
    )  # fmt: skip


def wrong_file(world) -> Case:
    program = SimpleUploadedFile("invoice.exe", b"MZ\x90\x00", content_type="application/pdf")
    label = "crm.salesorder"
    return Case(
        reverse("core:comment", args=[label, world.order.pk]), {"text": "see file", "files": program}, 422, "exe",
        "", {}, "",
    )  # fmt: skip


CASES = (
    wrong_state,
    short_stock,
    over_credit,
    unknown_item,
    duplicate_tax_number,
    stale_version,
    closed_period,
    wrong_file,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_refusal_is_a_sentence_keeps_what_was_typed_and_writes_nothing(client, world, case: Callable[..., Case]):
    one = case(world)
    client.force_login(world.boss, backend="django.contrib.auth.backends.ModelBackend")
    before = rows()
    page = client.post(one.url, one.typed)
    text = page.content.decode()
    assert page.status_code == one.status, text
    assert one.says in text
    assert one.kept in text
    assert rows() == before
    if one.api:
        send = getattr(client, one.method)
        answer = send(
            f"/api/v1/{one.api}", one.body, content_type="application/json", headers={"Idempotency-Key": case.__name__}
        )
        assert answer.status_code in {404, 409, 422}, answer.content
        [error] = answer.json()["errors"]
        assert error["code"] == one.code
        assert error["message"]
        assert one.params.items() <= error["params"].items()
        assert rows() == before


def rows() -> dict[str, int]:
    """How many rows every table of ours has; the notes of a request itself left aside."""
    apart = {"core.IdempotencyRecord"}
    models = [
        model
        for app in ("core", "masterdata", "crm", "erp", "scm", "finance")
        for model in apps.get_app_config(app).get_models()
    ]
    return {model._meta.label: model._default_manager.count() for model in models if model._meta.label not in apart}


def test_a_missing_right_is_403_in_page_and_api(client, world):
    client.force_login(world.people.warehouse, backend="django.contrib.auth.backends.ModelBackend")
    page = client.post(reverse("crm:sales-order-confirm", args=[world.draft.pk]))
    assert page.status_code == 403
    assert "confirm" in page.content.decode().lower()
    answer = client.post(
        f"/api/v1/crm/sales-orders/{world.draft.pk}/confirm/", {}, content_type="application/json",
        headers={"Idempotency-Key": "r"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "missing_right")
    world.draft.refresh_from_db()
    assert world.draft.state == "draft"


def test_a_double_submit_makes_one_document(client, world):
    client.force_login(world.boss, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("crm:sales-order-create")
    typed = {"partner": world.customer.pk, "_key": "twice"} | grid(item=world.drill.pk, item_text="DRILL", quantity="1")
    orders = SalesOrder.objects.count()
    first, second = client.post(url, typed), client.post(url, typed)
    assert (first.status_code, first.url) == (302, second.url)
    body = {"partner_id": world.customer.pk, "lines": [{"item_id": world.drill.pk, "quantity": "1"}]}
    made = [
        client.post(
            "/api/v1/crm/sales-orders/", body, content_type="application/json", headers={"Idempotency-Key": "twice-api"}
        )
        for _click in range(2)
    ]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json()["id"] == made[1].json()["id"]
    assert SalesOrder.objects.count() == orders + 2


def test_a_file_of_the_wrong_kind_is_refused_by_the_import_too(client, world):
    client.force_login(world.boss, backend="django.contrib.auth.backends.ModelBackend")
    picture = SimpleUploadedFile("items.xlsx", b"\x89PNG\r\n", content_type="image/png")
    page = client.post(reverse("core:imports"), {"target": "items", "file": picture})
    assert page.status_code == 422
    assert 'value="items" selected' in page.content.decode()
