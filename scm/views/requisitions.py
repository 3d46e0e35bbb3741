"""Pages of requisitions."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.clock import today
from core.errors import DomainError
from core.formats import plain
from core.operations import perform
from core.typed import is_key
from core.views.base import DocumentPage, FormPage, ListPage, Page, Verb, visible
from masterdata.selectors.search import items_matching
from masterdata.views.units import stock_units
from scm.filters import RequisitionFilter
from scm.forms.fields import typed_rows, unit_choices
from scm.forms.purchase_orders import SupplierForm
from scm.forms.requisitions import RequisitionForm, RequisitionLineFormSet, line_arguments
from scm.models import PurchaseOrder, Requisition, RequisitionLine
from scm.selectors.requisitions import lines_to_order, requisitions_with_progress, with_offers
from scm.services import purchase_orders, requisitions
from scm.states import RequisitionState
from scm.tables import RequisitionTable
from scm.views.shared import VersionedOperation, posted_version

S = RequisitionState


class RequisitionList(ListPage):
    model = Requisition
    table_class = RequisitionTable
    filterset_class = RequisitionFilter
    permission_required = "scm.view_requisition"
    title = _("Requisitions")
    create_url = "scm:requisition-create"
    create_label = _("Ask for something")
    create_permission = "scm.add_requisition"
    empty_text = _("A requisition asks purchasing to buy something: from the plan, or from anybody for his department.")

    def base_queryset(self) -> Any:
        return requisitions_with_progress(self.request.user).order_by("-pk")


def may_edit(requisition: Requisition, user: Any) -> bool:
    """Whether the user typed it himself or buys."""
    return requisition.requester_id == user.pk or user.has_perm("scm.approve_requisition")


class RequisitionDetail(DocumentPage):
    model = Requisition
    permission_required = "scm.view_requisition"
    template_name = "scm/requisition/detail.html"
    list_url = "scm:requisition-list"
    main_path = (S.DRAFT, S.SUBMITTED, S.APPROVED, S.CLOSED)
    verbs = (
        Verb(
            _("Submit"),
            "scm:requisition-submit",
            requisitions.submit_requisition,
            states=frozenset({S.DRAFT}),
            main=True,
            icon="send",
        ),
        Verb(
            _("Approve"),
            "scm:requisition-approve",
            requisitions.approve_requisition,
            states=frozenset({S.SUBMITTED}),
            main=True,
            icon="check",
        ),
        Verb(
            _("Reject"),
            "scm:requisition-reject",
            requisitions.reject_requisition,
            to=S.REJECTED,
            reason=True,
            icon="x",
        ),
        Verb(
            _("Edit"),
            "scm:requisition-edit",
            permission="scm.change_requisition",
            states=frozenset({S.DRAFT}),
            link=True,
            icon="edit",
        ),
        Verb(
            _("Take back as draft"),
            "scm:requisition-withdraw",
            requisitions.withdraw_requisition,
            states=frozenset({S.SUBMITTED, S.REJECTED}),
            icon="arrow-back-up",
        ),
        Verb(
            _("Buy no more of it"),
            "scm:requisition-close",
            requisitions.close_requisition,
            states=frozenset({S.APPROVED}),
            reason=True,
        ),
        Verb(
            _("Cancel"),
            "scm:requisition-cancel",
            requisitions.cancel_requisition,
            to=S.CANCELLED,
            reason=True,
            danger=True,
        ),
    )

    def get_object_queryset(self) -> Any:
        return visible(Requisition, self.request.user).select_related("department", "requester", "project")

    def extra_context_for(self, document: Requisition) -> dict[str, Any]:
        lines = document.lines.select_related("item__uom", "uom", "supplier").prefetch_related("order_lines__order")
        context: dict[str, Any] = {
            "lines": list(lines),
            "subtitle": document.purpose or document.get_origin_display(),
            "may_see_orders": self.request.user.has_perm("scm.view_purchaseorder"),
        }
        if document.state == S.APPROVED and self.request.user.has_perm("scm.add_purchaseorder"):
            context["to_order_url"] = f"{reverse('scm:requisition-to-order')}?q={document.number}"
        return context


class RequisitionOperation(VersionedOperation):
    """A verb on the page of a requisition."""

    page = RequisitionDetail


class SubmitRequisition(RequisitionOperation):
    service = requisitions.submit_requisition


class WithdrawRequisition(RequisitionOperation):
    service = requisitions.withdraw_requisition


class ApproveRequisition(RequisitionOperation):
    service = requisitions.approve_requisition


class RejectRequisition(RequisitionOperation):
    service = requisitions.reject_requisition


class CancelRequisition(RequisitionOperation):
    service = requisitions.cancel_requisition


class CloseRequisition(RequisitionOperation):
    service = requisitions.close_requisition


class RequisitionFormPage(FormPage):
    """The simple form that everybody on the staff may fill in."""

    form_class = RequisitionForm
    formset_class = RequisitionLineFormSet
    template_name = "scm/requisition/form.html"
    model = Requisition

    def form_kwargs(self) -> dict[str, Any]:
        return {"user": self.request.user}

    def formset_kwargs(self) -> dict[str, Any]:
        return {"form_kwargs": {"choices": {"uom": unit_choices()}}}

    def arguments(self, form: RequisitionForm, formset: Any) -> dict[str, Any]:
        cleaned = form.cleaned_data
        return {
            "department_id": cleaned["department"].pk,
            "needed_date": cleaned["needed_date"],
            "purpose": cleaned["purpose"],
            "project_id": cleaned["project"].pk if cleaned.get("project") else None,
            "note": cleaned["note"],
            "lines": [line_arguments(row) for row in typed_rows(formset)],
        }


class RequisitionCreate(RequisitionFormPage):
    service = requisitions.create_requisition
    title = _("Ask for something")

    def get_initial(self) -> dict[str, Any]:
        return {"needed_date": today() + dt.timedelta(days=7)} | super().get_initial()

    def extra_context(self) -> dict[str, Any]:
        return stock_units() | {"back_url": reverse("scm:requisition-list")}


class RequisitionEdit(RequisitionFormPage):
    service = requisitions.update_requisition
    title = _("Edit requisition")

    def get_initial(self) -> dict[str, Any]:
        document = self.document
        names = ("needed_date", "purpose", "note")
        return {name: getattr(document, name) for name in names} | {
            "department": document.department_id,
            "project": document.project_id,
        }

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [_typed(line) for line in self._lines()]

    def extra_context(self) -> dict[str, Any]:
        return stock_units()

    def _lines(self) -> list[RequisitionLine]:
        return list(self.document.lines.select_related("item"))

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        if data is None:
            for row, line in zip(formset.forms, self._lines(), strict=False):
                row.show("item", line.item)
        return form, formset

    def arguments(self, form: RequisitionForm, formset: Any) -> dict[str, Any]:
        own = {"requisition_id": self.document.pk, "version": posted_version(self.request)}
        return own | super().arguments(form, formset)


def _typed(line: RequisitionLine) -> dict[str, Any]:
    return {
        "item": line.item_id,
        "description": line.description,
        "quantity": plain(line.quantity),
        "uom": line.uom_id,
        "estimated_price": line.estimated_price,
        "needed_date": line.needed_date,
    }


class LinesToOrder(Page):
    """The buyer's work page: choose open requisition lines and suppliers, get draft orders."""

    permission_required = "scm.add_purchaseorder"
    SHOWN = 200

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = [int(pk) for pk in request.POST.getlist("ids") if is_key(pk)]
        selections = [{"line_id": pk, "partner_id": self._partner(pk)} for pk in chosen]
        try:
            keys = perform(
                purchase_orders.create_purchase_orders_from_requisitions,
                actor=request.user,
                key=request.POST.get("_key") or None,
                selections=selections,
            )
        except DomainError as refusal:
            return self.show(refusal, {one["line_id"]: one["partner_id"] for one in selections})
        text = ngettext("%(count)s draft order written.", "%(count)s draft orders written.", len(keys))
        messages.success(request, text % {"count": len(keys)})
        if len(keys) == 1:
            return HttpResponseRedirect(PurchaseOrder.objects.get(pk=keys[0]).get_absolute_url())
        return HttpResponseRedirect(f"{reverse('scm:purchase-order-list')}?state=draft")

    def _partner(self, line_id: int) -> int | None:
        value = self.request.POST.get(f"partner-{line_id}") or self.request.POST.get("partner") or ""
        return int(value) if is_key(value) else None

    def show(self, refusal: DomainError | None = None, chosen: dict[int, int | None] | None = None) -> HttpResponse:
        text = self.request.GET.get("q", "").strip()
        lines = lines_to_order(self.request.user)
        if text:
            found = items_matching(text).values("pk")
            lines = lines.filter(item__in=found) | lines.filter(requisition__number__icontains=text)
        found_lines = list(lines[: self.SHOWN + 1])
        rows = with_offers(found_lines[: self.SHOWN])
        for row in rows:
            row.line.is_overdue = row.line.needed_date < today()
            row.is_chosen = row.line.pk in (chosen or {})
            row.chosen_partner = (chosen or {}).get(row.line.pk) or (row.proposal.pk if row.proposal else None)
        context = {
            "title": _("Lines to order"),
            "rows": rows,
            "more": len(found_lines) > self.SHOWN,
            "shown": self.SHOWN,
            "q": text,
            "today": today(),
            "refusal": refusal,
            "form": SupplierForm(self.request.POST or None),
        }
        status = refusal.status if refusal else 200
        return render(self.request, "scm/requisition/to_order.html", context, status=status)
