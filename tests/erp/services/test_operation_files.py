"""Files of single operations: on the floor now, with what was made as they were then, along with a new revision."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.errors import InvalidInput
from core.operations import perform
from core.services.conversations import FileRefused
from erp.errors.engineering import RoutingIsRetired
from erp.models import OperationFile, Routing
from erp.selectors.dossier import dossier_of, find_subjects
from erp.selectors.operation_files import files_of_routing, files_of_steps
from erp.services import engineering_changes, routings
from erp.states import WorkOrderState
from tests.erp.services.work_order_steps import fresh, report
from tests.factories import core, erp_make, masterdata

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 cut here"


@pytest.fixture
def boss(db):
    core.company(pinned_date=dt.date(2026, 3, 2))
    return core.superuser()


@pytest.fixture
def routing(boss) -> Routing:
    """A released routing of DESK: 10 cut and 20 glue."""
    desk, one = erp_make.made("DESK"), erp_make.work_center("ONE")
    return erp_make.routing(desk, (one, "1", {"name": "cut"}), (one, "1", {"name": "glue"}))


def pdf(name: str = "cut.pdf", body: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def attach(routing: Routing, boss, number: int = 10, **named) -> OperationFile:
    return perform(
        routings.attach_operation_file, actor=boss, routing_id=routing.pk, operation_no=number, upload=pdf(**named)
    )


def names(routing: Routing) -> dict[int, list[str]]:
    return {number: [str(one) for one in rows] for number, rows in files_of_routing(routing).items()}


def test_what_was_done_keeps_the_file_of_its_time(routing, boss, client) -> None:
    """The floor shows what counts; a replaced file stays with the step that is done by it, and in the dossier."""
    worker = masterdata.employee("ANNA")
    first = attach(routing, boss)
    made, later = (erp_make.released_work_order(routing.item, "2") for _order in range(2))
    report(made, good="2", employee=worker)
    core.company(pinned_date=dt.date(2026, 3, 3))
    second = attach(routing, boss, body=PDF + b" and there")
    step, waiting = made.operations.get(number=10), later.operations.get(number=10)

    assert fresh(made).state != WorkOrderState.DRAFT
    assert files_of_steps([step, waiting]) == {step.pk: [first], waiting.pk: [second]}
    [subject] = find_subjects(made.number, boss)
    papers = [one.attachment_id for one in dossier_of(subject, boss).parts["papers"]]
    assert papers == [first.attachment_id]
    client.force_login(boss)
    for order, there, gone in ((made, first, second), (later, second, first)):
        page = client.get(order.get_absolute_url()).content.decode()
        assert reverse("core:attachment", args=[there.attachment_id]) in page
        assert reverse("core:attachment", args=[gone.attachment_id]) not in page
    floor = client.get(reverse("erp:shop-floor-step", args=[worker.pk, later.pk, waiting.pk])).content.decode()
    assert reverse("core:attachment", args=[second.attachment_id]) in floor
    api = client.get(reverse("api:erp-operation-files", args=[step.pk])).json()
    assert [(one["id"], one["name"]) for one in api] == [(first.pk, "cut.pdf")]
    client.force_login(core.user("erp.view_workorder", "erp.view_workorderoperation"))
    assert "cut.pdf" not in client.get(later.get_absolute_url()).content.decode()
    assert client.get(reverse("api:erp-operation-files", args=[step.pk])).status_code == 403


def test_a_new_revision_has_the_files_of_the_old_one(routing, boss) -> None:
    attach(routing, boss)
    attach(routing, boss, 20, name="glue.pdf")
    copy = perform(routings.copy_routing, actor=boss, routing_id=routing.pk)
    assert names(copy) == {10: ["cut.pdf"], 20: ["glue.pdf"]}
    center = routing.operations.first().work_center_id
    rows = [{"number": number, "name": name, "work_center_id": center} for number, name in ((5, "cut"), (10, "plane"))]
    perform(routings.update_routing, actor=boss, routing_id=copy.pk, valid_from=copy.valid_from, operations=rows)
    assert names(copy) == {5: ["cut.pdf"]}
    line = {"item_id": routing.item_id, "action": "drop_operation", "operation_no": 20}
    change = perform(
        engineering_changes.create_engineering_change,
        actor=boss,
        title="No glue",
        reason_code="cost",
        effective_date=dt.date(2026, 4, 1),
        lines=[line],
    )
    perform(engineering_changes.release_engineering_change, actor=boss, change_id=change.pk)
    assert names(Routing.objects.get(engineering_change=change)) == {10: ["cut.pdf"]}
    assert names(routing) == {10: ["cut.pdf"], 20: ["glue.pdf"]}


def test_what_is_no_file_or_no_operation_is_refused(routing, boss) -> None:
    with pytest.raises(InvalidInput, match="no operation 30"):
        attach(routing, boss, 30)
    with pytest.raises(FileRefused):
        attach(routing, boss, body=b"no pdf")
    perform(routings.retire_routing, actor=boss, routing_id=routing.pk)
    with pytest.raises(RoutingIsRetired):
        attach(routing, boss)
    assert not OperationFile.objects.exists()


def test_the_page_and_the_api_attach_show_and_withdraw(routing, boss, client) -> None:
    reader, writer = core.user("erp.view_routing"), core.user("erp.view_routing", "erp.change_routing")
    page = reverse("erp:routing-files", args=[routing.pk, 10])
    files = reverse("api:erp-routing-files", args=[routing.pk])
    key = {"headers": {"Idempotency-Key": "file-1"}}

    client.force_login(reader)
    assert client.post(page, {"files": pdf()}).status_code == 403
    assert client.post(files, {"operation_no": 10, "file": pdf()}, **key).status_code == 403
    client.force_login(writer)
    assert client.post(page, {"files": pdf(body=b"x")}).status_code == 422
    assert client.post(page, {"files": pdf()}).status_code == 302
    row = client.post(files, {"operation_no": 20, "file": pdf("glue.pdf")}, **key).json()
    told = client.get(files).json()
    assert [(one["operation_no"], one["name"], one["size"]) for one in told] == [
        (10, "cut.pdf", 17),
        (20, "glue.pdf", 17),
    ]
    content = client.get(reverse("api:erp-routing-file", args=[routing.pk, row["id"]]))
    assert (b"".join(content.streaming_content), content.headers["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert "glue.pdf" in client.get(routing.get_absolute_url()).content.decode()
    again = {"content_type": "application/json", "headers": {"Idempotency-Key": "file-2"}}
    withdraw = reverse("api:erp-routing-withdraw-file", args=[routing.pk])
    assert client.post(withdraw, {"file_id": row["id"]}, **again).status_code == 201
    assert client.post(page, {"withdraw": str(told[0]["id"])}).status_code == 302
    assert names(routing) == {}
    assert "cut.pdf" in client.get(page).content.decode()
    client.force_login(core.user())
    assert client.get(page).status_code == 403
