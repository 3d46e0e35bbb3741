"""Pages of openings: items, advances, bills and receipts not invoiced that were open before the books began."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views.base import FormPage, ListPage
from finance.filters.write_offs import GrniFilter
from finance.forms.opening_items import (
    OpeningAdvanceForm,
    OpeningBillForm,
    OpeningItemForm,
    OpeningReceiptForm,
    OpeningReceiptLineFormSet,
)
from finance.models import GrniLine
from finance.services.opening_advances import record_opening_advance
from finance.services.opening_bills import record_opening_bill
from finance.services.opening_items import record_opening_item
from finance.services.opening_receipts import record_opening_receipt
from finance.services.opening_withdrawal import withdraw_opening_item
from finance.tables.write_offs import OpeningReceiptTable
from finance.views.bills import BillList
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


class OpeningBillList(BillList):
    title = _("Opening bills")
    create_url = "finance:opening-bill-create"
    create_label = _("New opening bill")
    create_permission = "finance.enter_openingitem"
    empty_text = _(
        "Bills received or issued before the books began: outstanding ones, and those passed on and not due."
    )

    def base_queryset(self) -> Any:
        return super().base_queryset().exclude(opening_state="")


class OpeningBillCreate(FormPage):
    service = record_opening_bill
    form_class = OpeningBillForm
    template_name = "core/form.html"
    title = _("New opening bill")

    def arguments(self, form: OpeningBillForm, formset: Any) -> dict[str, Any]:
        return form.arguments()

    def success_url(self, result: Any) -> str:
        return reverse("finance:opening-bill-list")


class OpeningReceiptList(ListPage):
    """Receipts older than the books with what is invoiced of them; a wrong one is reversed on its own page."""

    model = GrniLine
    table_class = OpeningReceiptTable
    filterset_class = GrniFilter
    permission_required = "finance.view_payables"
    title = _("Opening receipts not invoiced")
    create_url = "finance:opening-receipt-create"
    create_label = _("New opening receipt")
    create_permission = "finance.enter_openingitem"
    empty_text = _("Goods that came before the books began and that the supplier had not invoiced; can be imported.")

    def base_queryset(self) -> Any:
        rows = GrniLine.objects.filter(receipt__is_opening=True, received_quantity__gt=0)
        return rows.select_related("partner", "receipt", "item__uom").order_by("received_date", "pk")


class OpeningReceiptCreate(FormPage):
    service = record_opening_receipt
    form_class = OpeningReceiptForm
    formset_class = OpeningReceiptLineFormSet
    template_name = "core/form.html"
    title = _("New opening receipt")

    def arguments(self, form: OpeningReceiptForm, formset: Any) -> dict[str, Any]:
        rows = [row for row in formset.forms if not row.cleaned_data.get("DELETE")]
        return form.arguments() | {"lines": [typed for row in rows if (typed := row.arguments()) is not None]}

    def success_url(self, result: Any) -> str:
        return reverse("finance:opening-receipt-list")
