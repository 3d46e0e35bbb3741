"""Comments, files and follow-ups: what the rail of a document posts."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from core import timeline
from core.clock import today
from core.errors import DomainError, InvalidInput
from core.forms import FollowUpForm
from core.models.audit import Attachment
from core.operations import perform
from core.services import conversations
from core.views.base import Page


class _Conversation(Page):
    permission_required = "core.comment_document"
    http_method_names = ["post"]

    def answer(self, label: str, pk: int) -> HttpResponse:
        """Show the timeline afresh (htmx) or go back to the document."""
        document = conversations.find_document(label, pk, self.request.user)
        if not self.request.headers.get("HX-Request"):
            return HttpResponseRedirect(document.get_absolute_url())  # type: ignore[attr-defined]
        keys = [label, pk]
        context = {
            "timeline": timeline.entries(document, self.request.user),
            "comment_url": reverse("core:comment", args=keys),
            "upload_url": reverse("core:attach", args=keys),
            "follow_url": reverse("core:follow-up", args=keys),
        }
        return render(self.request, "core/_timeline.html", context)

    def run(self, service: Any, label: str, pk: int, **arguments: Any) -> HttpResponse:
        key = self.request.POST.get("_key") or None
        perform(service, actor=self.request.user, key=key, label=label, document_id=pk, **arguments)
        return self.answer(label, pk)


class Comment(_Conversation):
    """POST text, and files with it."""

    def post(self, request: HttpRequest, label: str, pk: int) -> HttpResponse:
        uploads = request.FILES.getlist("files")
        for upload in uploads:
            perform(conversations.attach_file, actor=request.user, label=label, document_id=pk, upload=upload)
        text = request.POST.get("text", "")
        if uploads and not text.strip():
            return self.answer(label, pk)
        return self.run(conversations.comment_document, label, pk, text=text)


class Attach(_Conversation):
    """POST one or more files."""

    def post(self, request: HttpRequest, label: str, pk: int) -> HttpResponse:
        uploads = request.FILES.getlist("files")
        if not uploads:
            raise InvalidInput(message=gettext("Choose a file first."), field="file")
        for upload in uploads:
            perform(conversations.attach_file, actor=request.user, label=label, document_id=pk, upload=upload)
        return self.answer(label, pk)


class FollowUpAdd(_Conversation):
    """GET the small form, POST a follow-up."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, label: str, pk: int) -> HttpResponse:
        document = conversations.find_document(label, pk, request.user)
        form = FollowUpForm(initial={"assignee": request.user.pk, "due_date": today()})
        template = "core/_follow_up.html" if request.headers.get("HX-Request") else "core/follow_up.html"
        return render(request, template, {"form": form, "document": document, "label": label, "pk": pk})

    def post(self, request: HttpRequest, label: str, pk: int) -> HttpResponse:
        form = FollowUpForm(request.POST)
        if not form.is_valid():
            document = conversations.find_document(label, pk, request.user)
            context = {"form": form, "document": document, "label": label, "pk": pk, "has_errors": True}
            return render(request, "core/follow_up.html", context, status=422)
        data = form.cleaned_data
        return self.run(
            conversations.add_follow_up,
            label,
            pk,
            summary=data["summary"],
            assignee_id=data["assignee"].pk,
            due_date=data["due_date"],
        )


class FollowUpDone(_Conversation):
    """POST: the follow-up is done."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        perform(conversations.finish_follow_up, actor=request.user, follow_up_id=pk)
        return HttpResponseRedirect(reverse("core:my-work"))


class Download(Page):
    """One attachment, as a download, for those who may see its document."""

    permission_required = "core.comment_document"

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        row = Attachment.objects.filter(pk=pk, removed_at__isnull=True).first()
        if row is None:
            raise Http404
        try:
            conversations.find_document(row.object_label, int(row.object_id), request.user)
        except DomainError as refusal:
            raise Http404 from refusal
        return download(row)


def download(row: Attachment) -> FileResponse:
    """Return the bytes of a file whose reader was checked, as something a browser keeps and never runs."""
    response = FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name)
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
