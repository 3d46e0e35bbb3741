"""Pages of return requests."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.views.base import DocumentPage, ListPage, Verb
from crm.filters import ReturnRequestFilter
from crm.forms.requests import ReturnForm, ReturnQuantities
from crm.models import ReturnRequest
from crm.selectors.deliveries import returnable_lines
from crm.services import returns
from crm.states import ReturnRequestState
from crm.tables import ReturnRequestTable
from crm.views.requests import RequestFormPage
from crm.views.verbs import verb_view

DRAFT = frozenset({ReturnRequestState.DRAFT})


class ReturnRequestList(ListPage):
    """All return requests in the reader's scope."""

    model = ReturnRequest
    table_class = ReturnRequestTable
    filterset_class = ReturnRequestFilter
    permission_required = "crm.view_returnrequest"
    title = _("Return requests")
    empty_text = _("A return request says what a customer sends back. Make one on the order's page.")

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("order", "partner", "owner")


class ReturnRequestPage(DocumentPage):
    """One return request."""

    model = ReturnRequest
    permission_required = "crm.view_returnrequest"
    template_name = "crm/return_request/detail.html"
    list_url = "crm:return-request-list"
    main_path = (ReturnRequestState.DRAFT, ReturnRequestState.APPROVED, ReturnRequestState.RECEIVED)
    verbs = (
        Verb(
            _("Approve"),
            "crm:return-request-approve",
            returns.approve_return_request,
            states=DRAFT,
            main=True,
            icon="check",
        ),
        Verb(
            _("Edit"), "crm:return-request-edit", returns.update_return_request, states=DRAFT, link=True, icon="pencil"
        ),
        Verb(
            _("Cancel"),
            "crm:return-request-cancel",
            returns.cancel_return_request,
            to="cancelled",
            reason=True,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("order", "partner", "warehouse", "owner")

    def extra_context_for(self, document: ReturnRequest) -> dict[str, Any]:
        return {
            "subtitle": document.partner,
            "lines": document.lines.select_related("order_line__item__uom").order_by("line_no"),
        }


class ReturnForms(RequestFormPage):
    """What taking down and editing share."""

    model = ReturnRequest
    form_class = ReturnForm
    formset_class = ReturnQuantities

    def get_initial(self) -> dict[str, Any]:
        source = self.document or self.order
        initial = {"warehouse": source.warehouse_id}
        if self.document is not None:
            initial |= {"reason": self.document.reason, "note": self.document.note}
        return initial

    def rows(self) -> Any:
        return returnable_lines(self.order, exclude_request_id=self.document.pk if self.document else None)

    def proposed(self, row: Any) -> None:
        return None


class CreateReturnRequest(ReturnForms):
    """What a customer wants to return of an order."""

    service = staticmethod(returns.create_return_request)
    title = _("New return request")


class EditReturnRequest(ReturnForms):
    """A draft return."""

    service = staticmethod(returns.update_return_request)
    title = _("Edit return request")
    editing = True


approve = verb_view(returns.approve_return_request, ReturnRequestPage, _("Approved."))
cancel = verb_view(returns.cancel_return_request, ReturnRequestPage, _("Cancelled."))
