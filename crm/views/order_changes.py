"""The page that changes a binding order."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from crm.forms.documents import ChangeForm
from crm.services import order_changes
from crm.views.priced import PricedFormPage, RecalculatePage
from crm.views.sales_orders import OrderForms

NEEDS_APPROVAL = frozenset({"approval_required", "approval_pending", "credit_limit_exceeded"})


class ChangeOrderForms(OrderForms):
    """What changing, proposing and recalculating share."""

    form_class = ChangeForm
    recalculate_url = "crm:sales-order-change-recalculate"


class ChangeSalesOrder(ChangeOrderForms, PricedFormPage):
    """Change a binding order; when it needs approval it can be proposed instead."""

    service = staticmethod(order_changes.change_sales_order)
    template_name = "crm/sales_order/change.html"
    title = _("Change order")

    def stored_lines(self) -> Any:
        return super().stored_lines().filter(is_closed=False)

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        closed = [
            {"id": line.pk, "item_id": line.item_id, "quantity": line.quantity, "price": line.price}
            for line in self.document.lines.filter(is_closed=True)
        ]
        arguments = super().arguments(form, formset)
        return arguments | {"lines": [*arguments["lines"], *closed]}

    def show(self, form: Any, formset: Any, *, refusal: DomainError | None = None, status: int = 200) -> HttpResponse:
        self.refusal_code = refusal.code if refusal is not None else ""
        return super().show(form, formset, refusal=refusal, status=status)

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | {
            "propose_url": reverse("crm:sales-order-propose-change", args=[self.document.pk])
            if self.refusal_code in NEEDS_APPROVAL
            else ""
        }


class ProposeSalesOrderChange(ChangeSalesOrder):
    """Keep a change until it is approved."""

    service = staticmethod(order_changes.propose_sales_order_change)
    message = _("The change is proposed. Request its approval here.")


class RecalculateChange(ChangeOrderForms, RecalculatePage):
    """Figures while a change is typed."""

    permission_required = "crm.view_salesorder"
