"""Pages of delivery requests."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.views.base import DocumentPage, ListPage, Verb
from crm import ports
from crm.filters import DeliveryRequestFilter
from crm.forms.requests import DeliveryForm, DeliveryQuantities
from crm.models import DeliveryRequest
from crm.selectors.deliveries import deliverable_lines, prepayment_due
from crm.services import deliveries
from crm.states import DeliveryRequestState
from crm.tables import DeliveryRequestTable
from crm.views.requests import RequestFormPage
from crm.views.verbs import verb_view

DRAFT = frozenset({DeliveryRequestState.DRAFT})
UNDER_WAY = frozenset({DeliveryRequestState.RELEASED, DeliveryRequestState.SHIPPED})


class DeliveryRequestList(ListPage):
    """All delivery requests in the reader's scope."""

    model = DeliveryRequest
    table_class = DeliveryRequestTable
    filterset_class = DeliveryRequestFilter
    permission_required = "crm.view_deliveryrequest"
    title = _("Delivery requests")
    empty_text = _("A delivery request tells the warehouse what of an order may leave. Make one on the order's page.")

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("order", "partner", "warehouse", "owner")


class DeliveryRequestPage(DocumentPage):
    """One delivery request."""

    model = DeliveryRequest
    permission_required = "crm.view_deliveryrequest"
    template_name = "crm/delivery_request/detail.html"
    list_url = "crm:delivery-request-list"
    main_path = (
        DeliveryRequestState.DRAFT,
        DeliveryRequestState.RELEASED,
        DeliveryRequestState.SHIPPED,
        DeliveryRequestState.CLOSED,
    )
    verbs = (
        Verb(
            _("Release"),
            "crm:delivery-request-release",
            deliveries.release_delivery_request,
            states=DRAFT,
            main=True,
            icon="truck-delivery",
        ),
        Verb(
            _("Edit"),
            "crm:delivery-request-edit",
            deliveries.update_delivery_request,
            states=DRAFT,
            link=True,
            icon="pencil",
        ),
        Verb(
            _("Close"),
            "crm:delivery-request-close",
            deliveries.close_delivery_request,
            states=UNDER_WAY,
            reason=True,
            icon="lock",
            confirm=_("What is not shipped yet goes back to the order."),
        ),
        Verb(
            _("Cancel"),
            "crm:delivery-request-cancel",
            deliveries.cancel_delivery_request,
            to="cancelled",
            reason=True,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        related = ("order__currency", "partner", "ship_to", "warehouse", "owner")
        return super().get_object_queryset().select_related(*related)

    def extra_context_for(self, document: DeliveryRequest) -> dict[str, Any]:
        order = document.order
        due = prepayment_due(order) if document.state == DeliveryRequestState.DRAFT else 0
        return {
            "subtitle": document.partner,
            "lines": document.lines.select_related("order_line__item__uom").order_by("line_no"),
            "prepayment": due,
            "received": ports.received_for_order(order.pk) if due else None,
        }


class DeliveryForms(RequestFormPage):
    """What drawing up and editing share."""

    model = DeliveryRequest
    form_class = DeliveryForm
    formset_class = DeliveryQuantities

    def form_kwargs(self) -> dict[str, Any]:
        return {"order": self.order}

    def get_initial(self) -> dict[str, Any]:
        source = self.document or self.order
        initial = {"ship_to": source.ship_to_id, "warehouse": source.warehouse_id, "ship_date": today()}
        if self.document is not None:
            initial |= {"ship_date": self.document.ship_date, "note": self.document.note}
        return initial

    def rows(self) -> Any:
        return deliverable_lines(self.order, exclude=self.document)


class CreateDeliveryRequest(DeliveryForms):
    """A delivery of what is open of an order."""

    service = staticmethod(deliveries.create_delivery_request)
    title = _("New delivery request")


class EditDeliveryRequest(DeliveryForms):
    """A draft delivery."""

    service = staticmethod(deliveries.update_delivery_request)
    title = _("Edit delivery request")
    editing = True


release = verb_view(deliveries.release_delivery_request, DeliveryRequestPage, _("Released to the warehouse."))
close = verb_view(deliveries.close_delivery_request, DeliveryRequestPage, _("Closed."))
cancel = verb_view(deliveries.cancel_delivery_request, DeliveryRequestPage, _("Cancelled."))
