"""Pages of purchase orders: list, detail, print, verbs."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.approvals.selectors import needs
from core.clock import today
from core.models import User
from core.permissions import may_view_field
from core.views.base import DocumentPage, ListPage, Verb, visible
from core.views.printing import PrintView
from scm.filters import PurchaseOrderFilter
from scm.models import PurchaseOrder, PurchaseOrderChange, PurchaseOrderLine
from scm.selectors.order_changes import changed_lines
from scm.selectors.purchase_orders import orders_with_progress
from scm.selectors.supplier_items import codes_at_supplier
from scm.services import purchase_orders
from scm.states import PurchaseOrderState
from scm.tables import PurchaseOrderTable
from scm.views.shared import VersionedOperation

S = PurchaseOrderState


class PurchaseOrderList(ListPage):
    model = PurchaseOrder
    table_class = PurchaseOrderTable
    filterset_class = PurchaseOrderFilter
    permission_required = "scm.view_purchaseorder"
    title = _("Purchase orders")
    create_url = "scm:purchase-order-create"
    create_label = _("New order")
    create_permission = "scm.add_purchaseorder"
    empty_text = _("A purchase order is what a supplier shall deliver, when and at which price.")

    def base_queryset(self) -> Any:
        return orders_with_progress(self.request.user).order_by("-pk")


def lines_with_codes(order: PurchaseOrder) -> list[PurchaseOrderLine]:
    """Return the order's lines, each with what the supplier calls the item (``supplier_code``, ``supplier_name``)."""
    lines = list(order.lines.select_related("item__uom", "uom", "tax", "requisition_line__requisition"))
    codes = codes_at_supplier(order.partner_id, [line.item_id for line in lines if line.item_id])
    for line in lines:
        line.supplier_code, line.supplier_name = codes.get(line.item_id or 0, ("", ""))
        line.is_late = order.state == S.APPROVED and line.open_quantity > 0 and line.expected_date < today()
    return lines


def _revisions(order: PurchaseOrder) -> list[PurchaseOrderChange]:
    changes = list(order.changes.select_related("actor"))
    for change in changes:
        change.rows = changed_lines(change.before, change.after)
    return changes


def has_approved_change(order: PurchaseOrder) -> bool:
    """Return whether a proposed change waits for nothing any more (its policy was switched off meanwhile)."""
    return bool(order.pending_change) and all(need.is_met for need in needs(order))


class PurchaseOrderDetail(DocumentPage):
    model = PurchaseOrder
    permission_required = "scm.view_purchaseorder"
    template_name = "scm/purchase_order/detail.html"
    list_url = "scm:purchase-order-list"
    print_url = "scm:purchase-order-print"
    main_path = (S.DRAFT, S.APPROVED, S.CLOSED)
    verbs = (
        Verb(
            _("Approve"),
            "scm:purchase-order-approve",
            purchase_orders.approve_purchase_order,
            states=frozenset({S.DRAFT}),
            main=True,
            icon="check",
        ),
        Verb(
            _("Receive goods"),
            "scm:receiving-order",
            permission="scm.add_goodsreceipt",
            states=frozenset({S.APPROVED}),
            link=True,
            main=True,
            icon="package-import",
        ),
        Verb(
            _("Edit"),
            "scm:purchase-order-edit",
            permission="scm.change_purchaseorder",
            states=frozenset({S.DRAFT}),
            link=True,
            icon="edit",
        ),
        Verb(
            _("Dates confirmed by the supplier"),
            "scm:purchase-order-confirm-dates",
            permission="scm.confirm_purchaseorder_dates",
            states=frozenset({S.APPROVED}),
            link=True,
            icon="calendar-check",
        ),
        Verb(
            _("Change"),
            "scm:purchase-order-change",
            permission="scm.revise_purchaseorder",
            states=frozenset({S.APPROVED}),
            link=True,
            icon="replace",
        ),
        Verb(
            _("Withdraw the proposed change"),
            "scm:purchase-order-withdraw-change",
            purchase_orders.withdraw_purchase_order_change,
            when=lambda order: bool(order.pending_change),
        ),
        Verb(
            _("Carry out the proposed change"),
            "scm:purchase-order-apply-change",
            purchase_orders.apply_purchase_order_change,
            states=frozenset({S.APPROVED}),
            when=has_approved_change,
        ),
        Verb(
            _("Reopen as draft"),
            "scm:purchase-order-reopen",
            purchase_orders.reopen_purchase_order,
            states=frozenset({S.APPROVED}),
            when=lambda order: not order.pending_change and not order.receipts.exists(),
            reason=True,
        ),
        Verb(
            _("Close short"),
            "scm:purchase-order-close",
            purchase_orders.close_purchase_order,
            states=frozenset({S.APPROVED}),
            reason=True,
        ),
        Verb(
            _("Cancel"),
            "scm:purchase-order-cancel",
            purchase_orders.cancel_purchase_order,
            to=S.CANCELLED,
            reason=True,
            danger=True,
        ),
    )

    def get_object_queryset(self) -> Any:
        related = ("partner", "currency", "warehouse", "payment_term", "department", "project", "owner")
        return visible(PurchaseOrder, self.request.user).select_related(*related)

    def extra_context_for(self, document: PurchaseOrder) -> dict[str, Any]:
        sees_prices = may_view_field(self.request.user, "scm.purchaseorderline.price")
        pending = document.pending_change if sees_prices else None
        return {
            "pending": pending,
            "pending_rows": changed_lines(pending["before"], pending["after"]) if pending else [],
            "proposed_by": User.objects.filter(pk=pending["proposed_by"]).first() if pending else None,
            "lines": lines_with_codes(document),
            "subtitle": str(document.partner),
            "sees_prices": sees_prices,
            "changes": _revisions(document) if sees_prices else [],
        }

    def print_links(self, document: PurchaseOrder) -> list[dict[str, Any]]:
        if not may_view_field(self.request.user, "scm.purchaseorderline.price"):
            return []
        return super().print_links(document)


class PurchaseOrderOperation(VersionedOperation):
    """A verb on the page of a purchase order."""

    page = PurchaseOrderDetail


class ApprovePurchaseOrder(PurchaseOrderOperation):
    service = purchase_orders.approve_purchase_order


class ReopenPurchaseOrder(PurchaseOrderOperation):
    service = purchase_orders.reopen_purchase_order


class CancelPurchaseOrder(PurchaseOrderOperation):
    service = purchase_orders.cancel_purchase_order


class ApplyPurchaseOrderChange(PurchaseOrderOperation):
    service = purchase_orders.apply_purchase_order_change


class WithdrawPurchaseOrderChange(PurchaseOrderOperation):
    service = purchase_orders.withdraw_purchase_order_change


class ClosePurchaseOrder(PurchaseOrderOperation):
    service = purchase_orders.close_purchase_order


class PurchaseOrderPrint(PrintView):
    """The order on paper, with the supplier's own item codes; it shows prices, so it needs the right to see them."""

    model = PurchaseOrder
    template_name = "scm/purchase_order/print.html"
    permission_required = "masterdata.view_purchase_price"

    def get_object_queryset(self) -> Any:
        if not self.request.user.has_perm("scm.view_purchaseorder"):
            return PurchaseOrder.objects.none()
        related = ("partner", "currency", "warehouse", "payment_term", "owner")
        return super().get_object_queryset().select_related(*related)

    def context_for(self, document: PurchaseOrder) -> dict[str, Any]:
        lines = [line for line in lines_with_codes(document) if not line.is_closed or line.kept_quantity]
        partner = document.partner
        return {
            "lines": lines,
            "has_supplier_codes": any(line.supplier_code for line in lines),
            "has_discounts": any(line.discount_percent for line in lines),
            "address": partner.addresses.filter(is_active=True).order_by("-is_default", "pk").first(),
            "contact": partner.contacts.filter(is_active=True).order_by("-is_default", "pk").first(),
        }
