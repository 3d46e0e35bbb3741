"""Pages that belong to no module: approvals inbox, import wizard, saved views, conversations, help."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.approvals.models import ApprovalRequest
from core.models import AuditEvent
from core.models.audit import Attachment, FollowUp
from core.models.views import Procedure, SavedView
from core.notifications.models import Notification
from masterdata.models import Item
from tests.factories import crm, finance, masterdata
from tests.factories.approvals import policy
from tests.factories.core import make_company, make_user, user_in_role

pytestmark = pytest.mark.django_db


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def text(answer):
    return answer.content.decode()


@pytest.fixture
def day(db):
    make_company(pinned_date=dt.date(2026, 3, 10))
    masterdata.basics()


@pytest.fixture
def seller(client, day):
    user = user_in_role("sales", username="seller", scope="all")
    sign_in(client, user)
    return user


def test_the_approvals_inbox_asks_decides_and_keeps_what_was_decided(client, seller):
    boss = user_in_role("sales_manager", username="boss")
    rule = policy("crm.salesorder", "amount", "gt", "100", role="sales_manager")
    order = crm.sales_order(None, crm.line(masterdata.item(), "2", "97"), actor=seller)
    confirm = reverse("crm:sales-order-confirm", args=[order.pk])
    assert client.post(confirm).status_code == 409
    ask = reverse("core:approval-request", args=["crm.salesorder", order.pk])
    assert client.post(ask, {"reason": "regular customer"}).url == order.get_absolute_url()
    request = ApprovalRequest.objects.get()
    decide = reverse("core:approval-decide", args=[request.pk])
    assert order.number in text(client.get(reverse("core:approvals")))
    assert client.post(decide, {"approve": "1"}).status_code == 403

    sign_in(client, boss)
    inbox = text(client.get(reverse("core:approvals")))
    assert "regular customer" in inbox
    assert str(rule) in inbox
    assert client.post(decide, {"approve": "1", "comment": "go ahead"}).status_code == 302
    again = client.post(decide, {"approve": "0"})
    assert again.status_code == 409
    request.refresh_from_db()
    assert (request.state, request.decided_by) == ("approved", boss)
    assert "go ahead" in text(client.get(reverse("core:approvals")))

    sign_in(client, seller)
    assert client.post(confirm).status_code == 302
    client.logout()
    assert client.get(reverse("core:approvals")).status_code == 302


def test_the_import_wizard_from_template_to_imported_rows(client):
    masterdata.basics()
    clerk = make_user("clerk", rights=["core.import_data", "masterdata.add_item", "masterdata.change_item"])
    sign_in(client, clerk)
    start = client.get(reverse("core:imports"))
    assert [one.key for one in start.context["targets"]] == ["items"]
    template = client.get(reverse("core:import-template", args=["items"]))
    assert b"".join(template.streaming_content).startswith(b"PK")
    assert client.post(reverse("core:imports"), {"target": "items"}).status_code == 422
    rows = "code,name,uom,words of ours\nA-1,Motor,PCS,x\nA-2,Pump,NONE,y\n"
    file = SimpleUploadedFile("items.csv", rows.encode())
    page = client.post(reverse("core:imports"), {"target": "items", "file": file}).url
    mapped = client.get(page).context["columns"]
    columns = {f"column-{one['column'].name}": one["chosen"] for one in mapped if one["chosen"] is not None}
    assert {"column-code", "column-name", "column-uom"} <= columns.keys()
    assert client.post(page, {"step": "check"} | columns).status_code == 302
    checked = text(client.get(page))
    assert "1 documents can be imported" in checked
    assert "NONE" in checked
    assert not Item.objects.exists()
    assert client.post(page, {"step": "commit"}).status_code == 302
    assert Item.objects.get().code == "A-1"
    assert client.post(page, {"step": "commit"}).status_code in {302, 409}
    assert Item.objects.count() == 1
    assert client.get(f"{page}errors/").status_code == 200
    sign_in(client, make_user("other", rights=["core.import_data", "masterdata.add_item"]))
    assert client.get(page).status_code == 404
    sign_in(client, make_user("nobody"))
    assert client.get(reverse("core:imports")).status_code == 403


def test_a_saved_view_keeps_filter_and_columns_and_is_shared_or_removed(client, seller):
    page = reverse("crm:lead-list")
    save = reverse("core:saved-view-save", args=["crm.lead"])
    typed = {"name": "New ones", "querystring": "state=new", "is_default": "on", "shared": "on", "path": page}
    assert client.post(save, typed).url.startswith(f"{page}?state=new&view=")
    view = SavedView.objects.get(name="New ones")
    assert client.get(page).url == f"{page}?state=new&view={view.pk}"
    columns = reverse("core:columns-save", args=["crm.lead"])
    assert client.post(columns, {"columns": ["number", "company_name"], "path": page}).status_code == 302
    shown = client.get(f"{page}?state=new")
    assert [column.name for column in shown.context["table"].columns if column.visible] == ["number", "company_name"]
    assert "New ones" in text(shown)

    other = user_in_role("sales", username="other")
    sign_in(client, other)
    assert "New ones" in text(client.get(page))
    delete = reverse("core:saved-view-delete", args=[view.pk])
    assert client.post(delete, {"path": page}).status_code == 404
    sign_in(client, seller)
    assert client.post(delete, {"path": "//evil.example/"}).url == "/"
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_comments_files_and_follow_ups_stand_in_the_timeline(client, seller):
    friend = user_in_role("sales", username="friend")
    order = crm.sales_order(actor=seller)
    keys = ["crm.salesorder", order.pk]
    note = SimpleUploadedFile("plan.txt", "天气".encode())
    typed = {"text": "@friend look at this", "files": note, "_key": "once"}
    assert client.post(reverse("core:comment", args=keys), typed).url == order.get_absolute_url()
    assert Notification.objects.get().user == friend
    attachment = Attachment.objects.get()
    download = client.get(reverse("core:attachment", args=[attachment.pk]))
    assert (b"".join(download.streaming_content).decode(), download["X-Content-Type-Options"]) == ("天气", "nosniff")
    empty = client.post(reverse("core:comment", args=keys), {"text": "  "}, headers={"HX-Request": "true"})
    assert empty.status_code == 422
    follow = reverse("core:follow-up", args=keys)
    assert client.get(follow).status_code == 200
    in_panel = client.get(follow, headers={"HX-Request": "true"}).content.decode()
    assert follow in in_panel
    assert "<html" not in in_panel
    kept = client.post(follow, {"summary": "Call him", "assignee": friend.pk, "due_date": "soon"})
    assert kept.status_code == 422
    assert "Call him" in text(kept)
    client.post(follow, {"summary": "Call him", "assignee": friend.pk, "due_date": "2026-04-01"})
    page = text(client.get(order.get_absolute_url()))
    assert all(word in page for word in ("look at this", "plan.txt", "Call him"))

    sign_in(client, friend)
    assert "Call him" in text(client.get(reverse("core:my-work")))
    one = FollowUp.objects.get()
    client.post(reverse("core:follow-up-done", args=[one.pk]))
    one.refresh_from_db()
    assert one.done_at
    sign_in(client, make_user("stranger", rights=["core.comment_document"]))
    assert client.get(reverse("core:attachment", args=[attachment.pk])).status_code == 404
    assert client.post(reverse("core:comment", args=keys), {"text": "hello"}).status_code == 404


def test_a_step_is_told_once_in_the_timeline_with_its_reason(client, seller):
    sign_in(client, make_user("everything", superuser=True))
    order = crm.sales_order()
    client.post(reverse("crm:sales-order-cancel", args=[order.pk]), {"reason": "lost to another"})
    told = [one for one in client.get(order.get_absolute_url()).context["timeline"] if one.text == "lost to another"]
    assert [one.kind for one in told] == ["state"]
    assert AuditEvent.objects.filter(object_id=str(order.pk), reason="lost to another").exists()


def test_how_we_work_counts_what_waits_and_keeps_our_procedure(client, seller):
    finance.open_books()
    crm.sales_order(actor=seller)
    steps = {one["step"]: one for one in client.get(reverse("core:help")).context["steps"]}
    assert {str(row["label"]): row["count"] for row in steps[2]["waiting"]} == {"Orders to confirm": 1}
    assert steps[5]["waiting"]
    assert not steps[8]["waiting"]
    edit = reverse("core:procedure", args=[2])
    assert client.get(edit).status_code == 403
    sign_in(client, make_user("everything", superuser=True))
    steps = {one["step"]: one for one in client.get(reverse("core:help")).context["steps"]}
    assert steps[8]["waiting"][0]["count"] > 0
    assert client.get(reverse("core:procedure", args=[9])).status_code == 404
    assert client.post(edit, {"body": "Read it twice.", "body_zh": "读两遍。"}).status_code == 302
    assert Procedure.objects.get().step == 2
    page = text(client.get(reverse("core:help")))
    assert "Read it twice." in page
    assert "Purchasing" in page
    assert client.get(reverse("core:flow")).status_code == 200


def test_the_dashboard_stands_by_area_in_the_order_of_the_navigation(client, day):
    finance.open_books()
    sign_in(client, make_user("everything", superuser=True))
    groups = client.get(reverse("core:dashboard")).context["groups"]
    assert [str(group["label"]) for group in groups] == [
        "Sales", "Planning", "Production", "Warehouse", "Purchasing", "Finance",
    ]  # fmt: skip
    assert all(one["url"] for group in groups for one in group["kpis"])
