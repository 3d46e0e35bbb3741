"""Bad input about what is made, at its three doors: the form, the API and the file say the same, and write nothing."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.operations import perform
from erp.services.engineering_changes import create_engineering_change
from finance.models import FiscalPeriod, ModulePeriod
from finance.states import PeriodModule
from tests.erp.views.test_engineering_pages import grids
from tests.factories import core, erp, erp_make, masterdata
from tests.flows.test_bad_input import rows

pytestmark = pytest.mark.django_db
D = Decimal


@dataclass(frozen=True)
class Case:
    """What is typed into a form, sent to the API and written into a file (nothing: no file says it); what is said."""

    says: str
    code: str
    form: tuple[str, dict[str, Any]]
    api: tuple[str, dict[str, Any]]
    file: tuple[str, dict[str, Any]] | None = None


@pytest.fixture
def world() -> SimpleNamespace:
    """TOP is made of PART, for which OTHER may stand; nobody says how; the boss may do everything."""
    erp.place()
    top, part, other = erp_make.made("TOP"), masterdata.item("PART"), masterdata.item("OTHER")
    erp_make.bom(top, (part, "1"))
    boss = core.superuser("everything")
    client = Client()
    client.force_login(boss)
    return SimpleNamespace(top=top, part=part, other=other, boss=boss, client=client)


def typed_bom(world, *lines: dict, substitutes: tuple[dict, ...] = ()) -> tuple[str, dict]:
    header = {"item": world.top.pk, "quantity": "1", "valid_from": "2026-04-01"}
    rows_typed = [{"material_kind": "main", "issue_method": "pick"} | line for line in lines]
    return reverse("erp:bom-create"), grids(header, lines=rows_typed, substitutes=list(substitutes), outputs=[])


def sent_bom(world, **line: Any) -> tuple[str, dict]:
    return "erp/boms/", {"item_id": world.top.pk, "lines": [{"component_id": world.part.pk, "quantity": "1"} | line]}


def written_bom(**cells: Any) -> tuple[str, dict]:
    return "erp.bom", {"parent": "TOP", "component": "PART", "quantity": "1", "revision": "9"} | cells


def a_circle(world) -> Case:
    draft = erp_make.bom(world.part, (world.top, "1"), release=False)
    return Case(
        "would contain itself", "bom_contains_itself",
        (reverse("erp:bom-release", args=[draft.pk]), {}), (f"erp/boms/{draft.pk}/release/", {}),
        ("erp.bom", {"parent": "PART", "component": "TOP", "quantity": "1"}),
    )  # fmt: skip


def its_own_component(world) -> Case:
    return Case(
        "cannot be its own component", "invalid_input",
        typed_bom(world, {"component": world.top.pk, "quantity": "1"}), sent_bom(world, component_id=world.top.pk),
        written_bom(component="TOP"),
    )  # fmt: skip


def a_negative_quantity(world) -> Case:
    return Case(
        "above zero", "invalid_input",
        typed_bom(world, {"component": world.part.pk, "quantity": "-1"}), sent_bom(world, quantity="-1"),
        written_bom(quantity="-1"),
    )  # fmt: skip


def an_expired_substitute(world) -> Case:
    line = {"component": world.part.pk, "quantity": "1"}
    over = {"component": world.part.pk, "item": world.other.pk, "ratio": "1", "valid_to": "2026-03-01"}
    return Case(
        "was a substitute until", "substitute_expired",
        typed_bom(world, line, substitutes=(over,)),
        sent_bom(world, substitutes=[{"item_id": world.other.pk, "valid_to": "2026-03-01"}]),
        written_bom(substitutes="OTHER*1@..2026-02-28"),
    )  # fmt: skip


def a_missing_routing(world) -> Case:
    line = {"item_id": world.top.pk, "action": "drop_operation", "operation_no": 10}
    change = perform(
        create_engineering_change, actor=world.boss, title="Faster", reason_code="cost", lines=[line],
        effective_date=erp.TODAY,
    )  # fmt: skip
    return Case(
        "no released routing", "nothing_valid_to_change",
        (reverse("erp:engineering-change-release", args=[change.pk]), {}),
        (f"erp/engineering-changes/{change.pk}/release/", {}),
    )  # fmt: skip


def a_step_done_nowhere(world) -> Case:
    header, step = {"item": world.top.pk, "valid_from": "2026-04-01"}, {"name": "cut", "run_minutes": "1"}
    return Case(
        "choose its work centre", "work_center_missing",
        (reverse("erp:routing-create"), grids(header, operations=[step | {"base_quantity": "1"}], alternates=[])),
        ("erp/routings/", {"item_id": world.top.pk, "operations": [step]}), ("erp.routing", {"item": "TOP"} | step),
    )  # fmt: skip


def a_lead_time_below_zero(world) -> Case:
    edit = reverse("masterdata:item-edit", args=[world.part.pk])
    form = world.client.get(edit).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in {None, False}}
    return Case(
        "0", "", (edit, typed | {"lead_time_days": "-1"}),
        ("masterdata/items/", {"code": "NEW", "name": "New", "uom": world.part.uom_id, "lead_time_days": -1}),
        ("items", {"code": "PART", "name": "Part", "uom": world.part.uom.code, "lead_time_days": "-1"}),
    )  # fmt: skip


def a_closed_period(world) -> Case:
    found = erp.draft("misc_receipt", {"item_id": world.part.pk, "quantity": D(1), "unit_cost": D(1)})
    FiscalPeriod.objects.update(state="closed")
    for period in FiscalPeriod.objects.all():
        for module in set(PeriodModule.values) - {PeriodModule.LEDGER}:
            ModulePeriod.objects.update_or_create(period=period, module=module, defaults={"state": "closed"})
    return Case(
        "closed", "period_closed",
        (reverse("erp:stock-document-post", args=[found.pk]), {}), (f"erp/stock-documents/{found.pk}/post/", {}),
        ("erp.openingstock", {"item": "PART", "quantity": "1", "unit_cost": "1"}),
    )  # fmt: skip


CASES = (
    a_circle,
    its_own_component,
    a_negative_quantity,
    an_expired_substitute,
    a_missing_routing,
    a_step_done_nowhere,
    a_lead_time_below_zero,
    a_closed_period,
)


def test_form_api_and_file_say_why_and_write_nothing(world):
    """One company for all cases: each is refused at each door in the same words, and leaves every table as it was."""
    for number, case in enumerate(CASES):
        one = case(world)
        before = written()
        url, typed = one.form
        page = world.client.post(url, typed)
        assert page.status_code in {409, 422}, (case.__name__, page.status_code, page.content.decode()[-3000:])
        assert one.says in page.content.decode(), case.__name__

        path, body = one.api
        key = {"Idempotency-Key": f"bad-{number}"}
        answer = world.client.post(f"/api/v1/{path}", body, content_type="application/json", headers=key)
        assert answer.status_code in {409, 422}, (case.__name__, answer.content)
        [error] = answer.json()["errors"]
        assert one.says in error["message"], (case.__name__, error)
        assert error["code"] == one.code or not one.code, (case.__name__, error)

        if one.file:
            [refused] = imported(world, number, *one.file)
            assert one.says in refused["message"], (case.__name__, refused)
            assert refused["code"] == one.code or not one.code, (case.__name__, refused)
        assert written() == before, case.__name__


def written() -> dict[str, int]:
    """How many rows every table has; that a file was looked at is noted."""
    return {label: count for label, count in rows().items() if label != "core.AuditEvent"}


def imported(world, number: int, target: str, cells: dict[str, Any]) -> list[dict[str, Any]]:
    """Upload a file of one row over the API, check it, and return what is refused."""
    text = io.StringIO()
    writer = csv.DictWriter(text, cells)
    writer.writeheader()
    writer.writerow(cells)
    upload = SimpleUploadedFile("rows.csv", text.getvalue().encode(), content_type="text/csv")
    kept = world.client.post(
        "/api/v1/imports/", {"target": target, "file": upload}, headers={"Idempotency-Key": f"file-{number}"}
    ).json()
    url = f"/api/v1/imports/{kept['id']}/"
    checked = world.client.post(
        f"{url}check/", {}, content_type="application/json", headers={"Idempotency-Key": f"check-{number}"}
    )
    assert checked.status_code == 200, checked.content
    return world.client.get(f"{url}errors/").json()
