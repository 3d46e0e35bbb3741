"""Pages of write-offs, of receipts nobody has invoiced, and of the provision for bad debts."""

import datetime as dt
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.errors import DomainError
from core.formats import plain
from core.operations import perform
from core.typed import is_key
from core.views.base import DocumentPage, FormPage, ListPage, OperationView, Verb, visible
from finance.filters.write_offs import GrniFilter, ProvisionFilter, WriteOffFilter
from finance.forms.write_offs import BadDebtForm, ProvisionForm
from finance.models import GrniLine, Invoice, ProvisionRun, WriteOff
from finance.selectors.ledger import entries_of
from finance.services import provisions, write_offs
from finance.states import ProvisionState, WriteOffKind, WriteOffState
from finance.tables.write_offs import GrniTable, ProvisionTable, WriteOffTable
from finance.views.shared import VersionedOperation

W, P = WriteOffState, ProvisionState


class WriteOffList(ListPage):
    model = WriteOff
    table_class = WriteOffTable
    filterset_class = WriteOffFilter
    permission_required = "finance.view_writeoff"
    title = _("Write-offs")
    empty_text = _("Bad debts are written off from the invoice, old receipts from the list of receipts not invoiced.")

    def base_queryset(self) -> Any:
        return visible(WriteOff, self.request.user).select_related("partner", "owner").order_by("-document_date", "-pk")


class WriteOffDetail(DocumentPage):
    model = WriteOff
    permission_required = "finance.view_writeoff"
    template_name = "finance/write_off/detail.html"
    list_url = "finance:write-off-list"
    main_path = (W.DRAFT, W.POSTED)
    verbs = (
        Verb(_("Post"), "finance:write-off-post", write_offs.post_write_off, to=W.POSTED, main=True, icon="check"),
        Verb(
            _("Undo (recovered)"),
            "finance:write-off-reverse",
            write_offs.reverse_write_off,
            to=W.REVERSED,
            reason=True,
            icon="arrow-back-up",
        ),
        Verb(
            _("Cancel"),
            "finance:write-off-cancel",
            write_offs.cancel_write_off,
            to=W.CANCELLED,
            danger=True,
            reason=True,
        ),
    )

    def get_object_queryset(self) -> Any:
        return visible(WriteOff, self.request.user).select_related("partner", "owner")

    def extra_context_for(self, document: WriteOff) -> dict[str, Any]:
        sees_books = self.request.user.has_perm("finance.view_journalentry")
        related = ("invoice__currency", "grni__receipt", "grni__item__uom")
        return {
            "lines": list(document.lines.select_related(*related)),
            "entries": list(entries_of("finance.writeoff", document.pk)) if sees_books else [],
            "subtitle": str(document.partner),
        }


class WriteOffOperation(VersionedOperation):
    """A verb on the page of a write-off."""

    page = WriteOffDetail


class PostWriteOff(WriteOffOperation):
    service = write_offs.post_write_off
    message = _("The write-off is posted.")


class ReverseWriteOff(WriteOffOperation):
    service = write_offs.reverse_write_off


class CancelWriteOff(WriteOffOperation):
    service = write_offs.cancel_write_off


class BadDebtCreate(FormPage):
    """From an invoice to the write-off of what is open on it."""

    service = write_offs.create_write_off
    form_class = BadDebtForm
    template_name = "core/form.html"
    model = Invoice
    title = _("Write off as bad debt")

    def get_initial(self) -> dict[str, Any]:
        return {"amount": plain(self.document.open_amount), "document_date": today()}

    def arguments(self, form: BadDebtForm, formset: Any) -> dict[str, Any]:
        data = form.cleaned_data
        return {
            "kind": str(WriteOffKind.BAD_DEBT),
            "partner_id": self.document.partner_id,
            "lines": [{"invoice_id": self.document.pk, "amount": data["amount"]}],
            "reason_text": data["reason_text"],
            "document_date": data["document_date"],
        }


class GrniList(ListPage):
    """Receipts that the supplier has not invoiced, the oldest first; ticked rows become a draft write-off."""

    model = GrniLine
    table_class = GrniTable
    filterset_class = GrniFilter
    permission_required = "finance.view_payables"
    title = _("Received, not invoiced")
    empty_text = _("Receipts appear here until the supplier has invoiced them.")
    refusal: DomainError | None = None

    def base_queryset(self) -> Any:
        related = ("partner", "receipt", "purchase_order", "item__uom")
        return (
            GrniLine.objects.exclude(open_amount=0, open_quantity=0)
            .select_related(*related)
            .order_by("received_date", "pk")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | {"refusal": self.refusal}
        if self.request.user.has_perm("finance.add_writeoff"):
            context["bulk_actions"] = [
                {
                    "label": _text("Write off"),
                    "url": reverse("finance:grni-write-off"),
                    "icon": "eraser",
                    "needs_reason": True,
                    "confirm": _text("Why will the supplier not invoice these receipts?"),
                }
            ]
        return context


class GrniWriteOff(OperationView):
    """Ticked receipt lines become one draft write-off per supplier."""

    service = write_offs.create_write_off

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = GrniLine.objects.exclude(open_amount=0, open_quantity=0).order_by("partner", "pk")
        if request.POST.get("all"):
            rows = GrniFilter(request.GET, queryset=rows).qs
        else:
            rows = rows.filter(pk__in=[int(key) for key in request.POST.getlist("ids") if is_key(key)])
        by_partner: dict[int, list[dict[str, Any]]] = {}
        for row in rows:
            by_partner.setdefault(row.partner_id, []).append({"grni_id": row.pk})
        made: list[WriteOff] = []
        try:
            for partner_id, lines in by_partner.items():
                arguments = {
                    "kind": str(WriteOffKind.GRNI),
                    "partner_id": partner_id,
                    "lines": lines,
                    "reason_text": request.POST.get("reason", ""),
                }
                made.append(perform(write_offs.create_write_off, actor=request.user, **arguments))
        except DomainError as refusal:
            return self.refused(refusal)
        if len(made) == 1:
            return HttpResponseRedirect(made[0].get_absolute_url())
        return HttpResponseRedirect(f"{reverse('finance:write-off-list')}?state=draft")


class ProvisionList(ListPage):
    model = ProvisionRun
    table_class = ProvisionTable
    filterset_class = ProvisionFilter
    permission_required = "finance.view_provisionrun"
    title = _("Provision for bad debts")
    create_url = "finance:provision-create"
    create_label = _("New provision run")
    create_permission = "finance.add_provisionrun"
    empty_text = _("A run proposes the provision by the age of what customers owe; posting books the difference.")


class ProvisionDetail(DocumentPage):
    model = ProvisionRun
    permission_required = "finance.view_provisionrun"
    template_name = "finance/write_off/provision.html"
    list_url = "finance:provision-list"
    main_path = (P.DRAFT, P.POSTED)
    verbs = (
        Verb(_("Post"), "finance:provision-post", provisions.post_provision, to=P.POSTED, main=True, icon="check"),
        Verb(
            _("Cancel"),
            "finance:provision-cancel",
            provisions.cancel_provision,
            to=P.CANCELLED,
            danger=True,
            reason=True,
        ),
    )

    def extra_context_for(self, document: ProvisionRun) -> dict[str, Any]:
        sees_books = self.request.user.has_perm("finance.view_journalentry")
        return {
            "lines": list(document.lines.select_related("partner").order_by(F("amount").desc(), "pk")),
            "entries": list(entries_of("finance.provisionrun", document.pk)) if sees_books else [],
        }


class ProvisionOperation(VersionedOperation):
    """A verb on the page of a provision run."""

    page = ProvisionDetail


class PostProvision(ProvisionOperation):
    service = provisions.post_provision
    message = _("The provision is booked.")


class CancelProvision(ProvisionOperation):
    service = provisions.cancel_provision


class ProvisionCreate(FormPage):
    service = provisions.create_provision
    form_class = ProvisionForm
    template_name = "core/form.html"
    title = _("New provision run")

    def get_initial(self) -> dict[str, Any]:
        return {"document_date": last_day_of_month(today())}

    def arguments(self, form: ProvisionForm, formset: Any) -> dict[str, Any]:
        return dict(form.cleaned_data)


def last_day_of_month(day: dt.date) -> dt.date:
    """Return the last day of the month of ``day``."""
    following = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return following - dt.timedelta(days=1)
