"""Pages of opening items: what was open of customers and suppliers before the books began."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views.base import FormPage
from finance.forms.opening_items import OpeningItemForm
from finance.services.opening_items import record_opening_item
from finance.views.invoices import InvoiceList


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
