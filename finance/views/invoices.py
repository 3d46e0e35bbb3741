"""Pages of invoices and credit notes: list, detail, print, verbs."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views.base import DocumentPage, ListPage, Verb, visible
from core.views.printing import PrintView
from finance.filters.invoices import InvoiceFilter
from finance.models import EarlyLine, Invoice
from finance.selectors.ledger import entries_of
from finance.selectors.matching import is_blocked
from finance.services import invoices
from finance.services.opening_withdrawal import withdraw_opening_item
from finance.states import InvoiceState, Side
from finance.tables.invoices import InvoiceTable
from finance.views.shared import VersionedOperation

S = InvoiceState
RELATED = ("partner", "currency", "payment_term", "corrects", "campaign", "owner", "opening_entry")
LINES = (
    "item",
    "uom",
    "tax",
    "account",
    "sales_order_line__order",
    "shipment_line__shipment",
    "purchase_order_line__order",
    "receipt_line__receipt",
    "landed_charge__landed_cost",
    "corrects_line",
)


def is_creditable(invoice: Invoice) -> bool:
    """Whether the invoice can get a credit note."""
    return invoice.state == S.POSTED and not invoice.is_credit


def is_payable(invoice: Invoice) -> bool:
    """Whether something is open on the invoice."""
    return invoice.state == S.POSTED and invoice.open_amount != 0


class InvoiceList(ListPage):
    model = Invoice
    table_class = InvoiceTable
    filterset_class = InvoiceFilter
    permission_required = "finance.view_invoice"
    title = _("Invoices")
    create_url = "finance:to-invoice"
    create_label = _("To invoice")
    create_permission = "finance.add_invoice"
    empty_text = _("Invoices are written from what was delivered or received, on the page To invoice.")

    def base_queryset(self) -> Any:
        return (
            visible(Invoice, self.request.user).select_related("partner", "currency").order_by("-document_date", "-pk")
        )


class InvoiceDetail(DocumentPage):
    model = Invoice
    permission_required = "finance.view_invoice"
    template_name = "finance/invoice/detail.html"
    list_url = "finance:invoice-list"
    shown_under = ("kind",)
    print_url = "finance:invoice-print"
    main_path = (S.DRAFT, S.POSTED)
    verbs = (
        Verb(_("Post"), "finance:invoice-post", invoices.post_invoice, to=S.POSTED, main=True, icon="check"),
        Verb(
            _("Record payment"),
            "finance:invoice-pay",
            permission="finance.add_payment",
            when=is_payable,
            link=True,
            main=True,
            icon="cash",
        ),
        Verb(
            _("Edit"),
            "finance:invoice-edit",
            permission="finance.change_invoice",
            states=frozenset({S.DRAFT}),
            when=lambda invoice: not invoice.is_credit,
            link=True,
            icon="edit",
        ),
        Verb(
            _("Credit note"),
            "finance:invoice-credit",
            permission="finance.credit_invoice",
            when=is_creditable,
            link=True,
            icon="receipt-refund",
        ),
        Verb(
            _("Debit note or allowance"),
            "finance:invoice-correct",
            permission="finance.credit_invoice",
            when=is_creditable,
            link=True,
            icon="receipt-2",
        ),
        Verb(
            _("Release for payment"),
            "finance:invoice-release",
            invoices.release_invoice,
            when=is_blocked,
            main=True,
            reason=True,
            icon="lock-open",
        ),
        Verb(
            _("Write off"),
            "finance:invoice-write-off",
            permission="finance.add_writeoff",
            when=lambda invoice: is_payable(invoice) and is_creditable(invoice) and invoice.kind == Side.CUSTOMER,
            link=True,
            icon="eraser",
        ),
        Verb(
            _("Settle invoices"),
            "finance:invoice-allocate",
            permission="finance.allocate_payment",
            when=lambda invoice: invoice.is_credit and is_payable(invoice),
            link=True,
            icon="arrows-split",
        ),
        Verb(
            _("Take back"),
            "finance:opening-item-withdraw",
            withdraw_opening_item,
            to=S.REVERSED,
            when=lambda invoice: invoice.is_opening and invoice.opening_entry_id is None,
            danger=True,
            reason=True,
        ),
        Verb(_("Cancel"), "finance:invoice-cancel", invoices.cancel_invoice, to=S.CANCELLED, danger=True, reason=True),
    )

    def get_object_queryset(self) -> Any:
        return visible(Invoice, self.request.user).select_related(*RELATED)

    def extra_context_for(self, document: Invoice) -> dict[str, Any]:
        sees_books = self.request.user.has_perm("finance.view_journalentry")
        return {
            "lines": list(document.lines.select_related(*LINES).order_by("line_no")),
            "instalments": list(document.instalments.all()),
            "allocations": list(
                document.allocations.filter(reverses__isnull=True, reversal__isnull=True).select_related(
                    "payment", "credit", "write_off"
                )
            ),
            "credit_notes": list(document.credit_notes.exclude(state=S.CANCELLED)),
            "entries": list(entries_of("finance.invoice", document.pk)) if sees_books else [],
            "differences": list(document.differences.select_related("line")) if document.match_state else [],
            "is_blocked": is_blocked(document),
            "early": list(
                EarlyLine.objects.filter(invoice_line__invoice=document).select_related("item__uom", "invoice_line")
            ),
            "subtitle": str(document.partner),
            "is_customer": document.kind == Side.CUSTOMER,
        }

    def print_links(self, document: Invoice) -> list[dict[str, Any]]:
        return super().print_links(document) if document.kind == Side.CUSTOMER else []


class InvoiceOperation(VersionedOperation):
    """A verb on the page of an invoice."""

    page = InvoiceDetail


class PostInvoice(InvoiceOperation):
    service = invoices.post_invoice
    message = _("The invoice is posted.")


class ReleaseInvoice(InvoiceOperation):
    service = invoices.release_invoice
    message = _("The invoice may be paid.")


class CancelInvoice(InvoiceOperation):
    service = invoices.cancel_invoice


class InvoicePrint(PrintView):
    """Our invoice or credit note on paper, in Chinese with the amount in capitals."""

    model = Invoice
    template_name = "finance/invoice/print.html"
    permission_required = "finance.view_invoice"

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().filter(kind=Side.CUSTOMER).select_related(*RELATED)

    def context_for(self, document: Invoice) -> dict[str, Any]:
        lines = list(document.lines.select_related(*LINES).order_by("line_no"))
        partner = document.partner
        addresses = partner.addresses.filter(is_active=True)
        return {
            "lines": lines,
            "has_discounts": any(line.discount_percent for line in lines),
            "orders": sorted({line.sales_order_line.order for line in lines if line.sales_order_line_id}, key=str),
            "address": addresses.filter(kind="billing").first() or addresses.first(),
            "instalments": list(document.instalments.all()),
        }


def invoice_list_url(**query: Any) -> str:
    """Return the list of invoices, filtered."""
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return reverse("finance:invoice-list") + (f"?{text}" if text else "")
