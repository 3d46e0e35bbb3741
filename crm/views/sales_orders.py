"""Pages of sales orders."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.views.base import DocumentPage, ListPage, Verb
from core.views.printing import PrintView
from crm.filters import SalesOrderFilter
from crm.forms.documents import SalesOrderForm
from crm.forms.lines import OrderLines
from crm.models import SalesOrder, SalesOrderLine
from crm.selectors.deliveries import released_quantities
from crm.selectors.fulfilment import fulfilment_label, fulfilment_of, with_fulfilment
from crm.selectors.order_changes import differences
from crm.selectors.prints import printed
from crm.services import deliveries, order_changes, returns, sales_orders
from crm.states import SalesOrderState
from crm.tables import SalesOrderTable
from crm.views.priced import PricedFormPage, RecalculatePage
from crm.views.quotations import margins
from crm.views.verbs import verb_view

DRAFT = frozenset({SalesOrderState.DRAFT})
CONFIRMED = frozenset({SalesOrderState.CONFIRMED})


def _has_change(order: SalesOrder) -> bool:
    return bool(order.pending_change)


def _has_deliveries(order: SalesOrder) -> bool:
    return any(line.delivered_quantity > line.returned_quantity for line in order.lines.all())


class SalesOrderList(ListPage):
    """All orders in the reader's scope, with 待发货 / 已发货 / 已签收."""

    model = SalesOrder
    table_class = SalesOrderTable
    filterset_class = SalesOrderFilter
    permission_required = "crm.view_salesorder"
    title = _("Sales orders")
    empty_text = _("An order is what a customer bindingly wants.")
    create_url = "crm:sales-order-create"
    create_label = _("New order")
    create_permission = "crm.add_salesorder"

    def base_queryset(self) -> Any:
        return with_fulfilment(super().base_queryset()).select_related("partner", "currency", "owner")


class SalesOrderPage(DocumentPage):
    """One order with its revisions, payment plan and deliveries."""

    model = SalesOrder
    permission_required = "crm.view_salesorder"
    template_name = "crm/sales_order/detail.html"
    list_url = "crm:sales-order-list"
    print_url = "crm:sales-order-print"
    main_path = (SalesOrderState.DRAFT, SalesOrderState.CONFIRMED, SalesOrderState.CLOSED)
    verbs = (
        Verb(
            _("Confirm"),
            "crm:sales-order-confirm",
            sales_orders.confirm_sales_order,
            states=DRAFT,
            main=True,
            icon="check",
        ),
        Verb(
            _("Apply proposed change"),
            "crm:sales-order-apply-change",
            order_changes.apply_sales_order_change,
            states=CONFIRMED,
            when=_has_change,
            icon="checks",
        ),
        Verb(
            _("Deliver"),
            "crm:sales-order-deliver",
            deliveries.create_delivery_request,
            states=CONFIRMED,
            link=True,
            icon="truck",
        ),
        Verb(
            _("Change order"),
            "crm:sales-order-change",
            order_changes.change_sales_order,
            states=CONFIRMED,
            link=True,
            icon="pencil",
        ),
        Verb(
            _("Edit"), "crm:sales-order-edit", sales_orders.update_sales_order, states=DRAFT, link=True, icon="pencil"
        ),
        Verb(
            _("Take goods back"),
            "crm:sales-order-return",
            returns.create_return_request,
            states=frozenset({SalesOrderState.CONFIRMED, SalesOrderState.CLOSED}),
            when=_has_deliveries,
            link=True,
            icon="arrow-back-up",
        ),
        Verb(
            _("Withdraw proposed change"),
            "crm:sales-order-withdraw-change",
            order_changes.withdraw_sales_order_change,
            when=_has_change,
            icon="arrow-back",
        ),
        Verb(
            _("Close"),
            "crm:sales-order-close",
            sales_orders.close_sales_order,
            states=CONFIRMED,
            reason=True,
            icon="lock",
            confirm=_("What is not delivered yet will be given up."),
        ),
        Verb(
            _("Cancel"),
            "crm:sales-order-cancel",
            sales_orders.cancel_sales_order,
            to="cancelled",
            reason=True,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        return (
            super()
            .get_object_queryset()
            .select_related(
                "partner",
                "currency",
                "payment_term",
                "ship_to",
                "warehouse",
                "owner",
                "quotation",
                "campaign",
                "department",
                "project",
            )
        )

    def extra_context_for(self, document: SalesOrder) -> dict[str, Any]:
        lines = list(document.lines.select_related("item__uom", "uom", "tax").order_by("line_no"))
        released = released_quantities(document)
        for line in lines:
            line.order = document
            line.released_quantity = released.get(line.pk)
        fulfilment = fulfilment_of(document, lines)
        pending = document.pending_change
        changes = list(document.changes.select_related("actor"))
        return {
            "subtitle": document.partner,
            "lines": lines,
            "fulfilment": fulfilment,
            "fulfilment_label": fulfilment_label(fulfilment),
            "payment_plan": document.payment_plan.all(),
            "requests": document.delivery_requests.order_by("-id"),
            "returns": document.return_requests.order_by("-id"),
            "changes": [(change, differences(change.before, change.after)) for change in changes],
            "pending": pending,
            "pending_differences": differences(pending["before"], pending["after"]) if pending else [],
        } | margins(document, lines, self.request.user)


class OrderForms:
    """What creating and editing share."""

    model = SalesOrder
    line_model = SalesOrderLine
    form_class = SalesOrderForm
    formset_class = OrderLines
    recalculate_url = "crm:sales-order-recalculate"
    promised = True


class CreateSalesOrder(OrderForms, PricedFormPage):
    """A new order."""

    service = staticmethod(sales_orders.create_sales_order)
    title = _("New sales order")


class EditSalesOrder(OrderForms, PricedFormPage):
    """A draft order."""

    service = staticmethod(sales_orders.update_sales_order)
    title = _("Edit sales order")


class RecalculateSalesOrder(OrderForms, RecalculatePage):
    """Figures while an order is typed."""

    permission_required = "crm.view_salesorder"


class PrintSalesOrder(PrintView):
    """The order confirmation on paper."""

    model = SalesOrder
    permission_required = "crm.view_salesorder"
    template_name = "crm/sales_order/print.html"

    def context_for(self, document: SalesOrder) -> dict[str, Any]:
        return printed(document) | {"payment_plan": document.payment_plan.all()}


confirm = verb_view(sales_orders.confirm_sales_order, SalesOrderPage, _("Confirmed."))
close = verb_view(sales_orders.close_sales_order, SalesOrderPage, _("Closed."))
cancel = verb_view(sales_orders.cancel_sales_order, SalesOrderPage, _("Cancelled."))
apply_change = verb_view(order_changes.apply_sales_order_change, SalesOrderPage, _("The order is changed."))
withdraw_change = verb_view(
    order_changes.withdraw_sales_order_change, SalesOrderPage, _("The proposed change is withdrawn.")
)
