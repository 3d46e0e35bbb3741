"""Pages of return receipts."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.permissions import may_view_field
from core.views.base import DocumentPage, FormPage, ListPage, Verb
from erp.filters.stock import ReturnReceiptFilter
from erp.forms.shipments import ReceivedLines, ReceiveForm
from erp.models import ReturnReceipt
from erp.services import corrective_actions, returns
from erp.states import ReturnReceiptState
from erp.tables.stock import ReturnReceiptTable
from erp.views.verbs import posted_version

S = ReturnReceiptState


class ReturnReceiptList(ListPage):
    """All returns, expected and received."""

    model = ReturnReceipt
    table_class = ReturnReceiptTable
    filterset_class = ReturnReceiptFilter
    permission_required = "erp.view_returnreceipt"
    title = _("Return receipts")
    empty_text = _("Goods that a customer may send back are expected here when sales approves the return.")

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("partner", "order", "return_request")


class ReturnReceiptPage(DocumentPage):
    """One return."""

    model = ReturnReceipt
    permission_required = "erp.view_returnreceipt"
    template_name = "erp/return_receipt/detail.html"
    list_url = "erp:return-receipt-list"
    main_path = (S.DRAFT, S.RECEIVED)
    verbs = (
        Verb(
            _("Receive"),
            "erp:return-receipt-receive",
            returns.receive_return,
            to=S.RECEIVED,
            link=True,
            main=True,
            icon="package-import",
        ),
        Verb(
            _("Corrective action"),
            "erp:return-receipt-corrective-action",
            corrective_actions.create_corrective_action,
            states=frozenset({S.RECEIVED}),
            link=True,
            icon="first-aid-kit",
        ),
        Verb(
            _("Cancel"),
            "erp:return-receipt-cancel",
            returns.cancel_return_receipt,
            to=S.CANCELLED,
            reason=True,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("partner", "order", "return_request", "warehouse")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        lines = document.lines.select_related(
            "item__uom", "item__second_uom", "uom", "lot", "location__warehouse", "request_line"
        )
        return {
            "subtitle": str(document.partner),
            "lines": lines.order_by("line_no"),
            "is_received": document.state == S.RECEIVED,
            "sees_cost": document.state == S.RECEIVED
            and may_view_field(self.request.user, "erp.returnreceiptline.cost"),
        }


class ReceiveReturn(FormPage):
    """What came back, and where it lies now."""

    service = returns.receive_return
    form_class = ReceiveForm
    formset_class = ReceivedLines
    template_name = "erp/return_receipt/receive.html"
    title = _("Receive the return")
    model = ReturnReceipt
    message = _("Received.")

    def formset_kwargs(self) -> dict[str, Any]:
        lines = self.document.lines.select_related("item__uom", "item__second_uom").order_by("line_no")
        return {"receipt": self.document, "stored": list(lines)}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [{"line": line.pk, "quantity": line.quantity} for line in self.document.lines.order_by("line_no")]

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        keys = {"receipt_id": self.document.pk, "version": posted_version(self.request)}
        return keys | form.cleaned_data | {"lines": formset.typed()}
