"""Pages of opening items and advances: what was open of customers and suppliers before the books began."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views.base import FormPage
from finance.forms.opening_items import OpeningAdvanceForm, OpeningItemForm
from finance.services.opening_advances import record_opening_advance
from finance.services.opening_items import record_opening_item
from finance.services.opening_withdrawal import withdraw_opening_item
from finance.views.invoices import InvoiceList, InvoiceOperation
from finance.views.payments import PaymentList


class OpeningItemList(InvoiceList):
    title = _("Opening items")
    create_url = "finance:opening-item-create"
    create_label = _("New opening item")
    create_permission = "finance.enter_openingitem"
    empty_text = _("What customers and suppliers owed when the books began, item by item; a table can be imported.")

    def base_queryset(self) -> Any:
        return super().base_queryset().filter(is_opening=True)


class OpeningItemCreate(FormPage):
    service = record_opening_item
    form_class = OpeningItemForm
    template_name = "core/form.html"
    title = _("New opening item")

    def arguments(self, form: OpeningItemForm, formset: Any) -> dict[str, Any]:
        return form.arguments()

    def success_url(self, result: Any) -> str:
        return reverse("finance:opening-item-list")


class WithdrawOpeningItem(InvoiceOperation):
    """An opening item taken back; its number may be entered again."""

    service = withdraw_opening_item
    message = _("The opening item is taken back.")


class OpeningAdvanceList(PaymentList):
    title = _("Opening advances")
    create_url = "finance:opening-advance-create"
    create_label = _("New opening advance")
    create_permission = "finance.enter_openingitem"
    empty_text = _("What customers had paid us, and we had paid suppliers, ahead when the books began.")

    def base_queryset(self) -> Any:
        return super().base_queryset().filter(is_opening=True)


class OpeningAdvanceCreate(FormPage):
    service = record_opening_advance
    form_class = OpeningAdvanceForm
    template_name = "core/form.html"
    title = _("New opening advance")

    def arguments(self, form: OpeningAdvanceForm, formset: Any) -> dict[str, Any]:
        return form.arguments()

    def success_url(self, result: Any) -> str:
        return reverse("finance:opening-advance-list")
