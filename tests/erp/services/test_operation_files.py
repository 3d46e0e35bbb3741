"""Files of single operations: on the floor now, with what was made as they were then, along with a new revision."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.errors import InvalidInput
from core.operations import perform
from core.services.conversations import FileRefused
from erp.errors.engineering import FileReasonMissing, FileRevisionTaken, FilesOfReleased, RoutingIsRetired
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


def attach(routing: Routing, boss, number: int = 10, revision: str = "", reason: str = "x", **named) -> OperationFile:
    keys = {"routing_id": routing.pk, "operation_no": number}
    service = routings.attach_operation_file
    return perform(service, actor=boss, upload=pdf(**named), revision=revision, reason=reason, **keys)


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
    reader, rights = core.user("erp.view_routing"), ("erp.view_routing", "erp.change_routing", "erp.release_routing")
    drafter, writer = core.user(*rights[:2]), core.user(*rights)
    why = {"reason": "hole moved"}
    page = reverse("erp:routing-files", args=[routing.pk, 10])
    files = reverse("api:erp-routing-files", args=[routing.pk])
    key = {"headers": {"Idempotency-Key": "file-1"}}

    client.force_login(reader)
    assert client.post(page, {"files": pdf()}).status_code == 403
    assert client.post(files, {"operation_no": 10, "file": pdf()}, **key).status_code == 403
    client.force_login(drafter)
    refused = client.post(page, {"files": pdf()} | why)
    assert (refused.status_code, "may release routings" in refused.content.decode()) == (409, True)
    assert 'name="files"' not in client.get(page).content.decode()
    client.force_login(writer)
    assert client.post(page, {"files": pdf(body=b"x")} | why).status_code == 422
    assert "say why its files change" in client.post(page, {"files": pdf()}).content.decode()
    assert client.post(page, {"files": pdf(), "revision": "B"} | why).status_code == 302
    unsaid = client.post(files, {"operation_no": 20, "file": pdf("glue.pdf")}, headers={"Idempotency-Key": "file-0"})
    assert (unsaid.status_code, unsaid.json()["errors"][0]["code"]) == (422, "file_reason_missing")
    row = client.post(files, {"operation_no": 20, "file": pdf("glue.pdf")} | why, **key).json()
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
    assert client.post(withdraw, {"file_id": row["id"]} | why, **again).status_code == 201
    assert client.post(page, {"withdraw": str(told[0]["id"]), "reason": "drawn anew"}).status_code == 302
    assert names(routing) == {}
    assert "drawn anew" in client.get(page).content.decode()
    assert [(one["revision"], one["reason"], one["withdrawal_reason"]) for one in client.get(files).json()] == [
        ("B", "hole moved", "drawn anew"),
        ("1", "hole moved", "hole moved"),
    ]
    assert "10 · cut.pdf · B: drawn anew" in client.get(routing.get_absolute_url()).content.decode()
    client.force_login(core.user())
    assert client.get(page).status_code == 403


def test_a_revision_names_one_content(routing, boss) -> None:
    """The next one follows the last, also of another revision of the routing; an old one comes back as it was."""
    attach(routing, boss, revision="B")
    copy = perform(routings.copy_routing, actor=boss, routing_id=routing.pk)
    assert attach(routing, boss, body=PDF + b"2").revision == "C"
    assert attach(copy, boss, body=PDF + b"3", reason="").revision == "D"
    with pytest.raises(FileRevisionTaken):
        attach(routing, boss, body=PDF + b"4", revision="B")
    assert attach(routing, boss, revision="B").revision == "B"
    drafter = core.user("erp.view_routing", "erp.change_routing")
    attach(copy, drafter, reason="")
    with pytest.raises(FilesOfReleased):
        attach(routing, drafter)
    with pytest.raises(FileReasonMissing):
        attach(routing, boss, reason=" ")


def test_what_differs_and_what_is_printed_names_the_files(routing, boss, client) -> None:
    for name in ("cut.pdf", "safety.pdf"):
        attach(routing, boss, name=name)
    order = erp_make.released_work_order(routing.item, "2")
    copy = perform(routings.copy_routing, actor=boss, routing_id=routing.pk)
    attach(copy, boss, body=PDF + b"2", revision="C")
    attach(copy, boss, 20, name="glue.pdf")
    gone = OperationFile.objects.get(routing=copy, attachment__name="safety.pdf")
    perform(routings.withdraw_operation_file, actor=boss, routing_id=copy.pk, file_id=gone.pk)
    client.force_login(boss)

    told = client.get(reverse("api:erp-routing-comparison-detail", args=[copy.pk]), {"other": routing.pk}).json()
    assert [(one["kind"], one["fields"]) for one in told] == [
        (
            "changed",
            [
                ["File replaced", "cut.pdf, revision 1", "cut.pdf, revision C"],
                ["File removed", "safety.pdf, revision 1", "–"],
            ],
        ),
        ("changed", [["File added", "–", "glue.pdf, revision 1"]]),
    ]
    page = client.get(reverse("erp:routing-compare", args=[routing.pk]), {"other": copy.pk}).content.decode()
    assert "cut.pdf, revision C" in page
    card = client.get(reverse("erp:routing-print", args=[copy.pk]), {"format": "html"}).content.decode()
    traveller = client.get(reverse("erp:work-order-print", args=[order.pk]), {"format": "html"}).content.decode()
    assert ("cut.pdf, revision C" in card, "cut.pdf, revision 1" in card) == (True, False)
    assert ("cut.pdf, revision C" in traveller, "cut.pdf, revision 1" in traveller) == (False, True)
    client.force_login(core.user("erp.view_workorder", "erp.view_workorderoperation"))
    hidden = client.get(reverse("erp:work-order-print", args=[order.pk]), {"format": "html"}).content.decode()
    assert ("glue" in hidden, "cut.pdf" in hidden) == (True, False)
