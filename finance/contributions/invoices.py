"""Invoices on others' pages: waiting work, search, panels, related documents."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import (
    Hit,
    Panel,
    RelatedDocuments,
    SearchSource,
    Work,
    WorkItems,
)
from finance.contributions.links import list_url
from finance.models import AccruedCharge, Invoice, Payment
from finance.panels import customer_panel, purchase_order_panel, sales_order_panel, supplier_panel
from finance.selectors.figures import (
    invoices_of_order,
    overdue_invoices,
    scoped_invoices,
)
from finance.selectors.invoiceable import deliveries_to_invoice, receipts_to_invoice
from finance.selectors.ledger import adjustments_of_order
from finance.states import InvoiceState, PaymentState, Side


def deliveries_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Deliveries that nobody has invoiced yet, the oldest first."""
    rows = deliveries_to_invoice().select_related("sales_order", "partner").order_by("shipped_date", "pk")
    return [
        Work(
            title=str(row.sales_order),
            url=f"{reverse('finance:to-invoice')}?q={row.sales_order}",
            subtitle=str(row.partner),
            due=row.shipped_date,
        )
        for row in rows[:limit]
    ]


def receipts_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Receipts that the supplier has not invoiced yet, the oldest first."""
    rows = receipts_to_invoice().select_related("purchase_order", "partner").order_by("received_date", "pk")
    return [
        Work(
            title=str(row.purchase_order),
            url=f"{reverse('finance:to-invoice')}?kind=supplier&q={row.purchase_order}",
            subtitle=str(row.partner),
            due=row.received_date,
        )
        for row in rows[:limit]
    ]


def overdue_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Customer invoices past their due day."""
    return [
        Work(title=str(row), url=row.get_absolute_url(), subtitle=str(row.partner), due=row.overdue_since, overdue=True)
        for row in overdue_invoices(Side.CUSTOMER, today(), user)[:limit]
    ]


def drafts_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Draft invoices that wait to be posted."""
    rows = Invoice.objects.filter(state=InvoiceState.DRAFT).select_related("partner").order_by("document_date", "pk")
    return [Work(str(row), row.get_absolute_url(), str(row.partner), row.document_date) for row in rows[:limit]]


WORK = (
    WorkItems(
        "finance.to_invoice",
        _("Deliveries to invoice"),
        "finance.add_invoice",
        waiting=lambda user: deliveries_to_invoice(),
        items=deliveries_waiting,
        url=list_url("finance:to-invoice"),
        step=7,
        order=40,
    ),
    WorkItems(
        "finance.receipts_to_invoice",
        _("Receipts without invoice"),
        "finance.add_invoice",
        waiting=lambda user: receipts_to_invoice(),
        items=receipts_waiting,
        url=list_url("finance:to-invoice", "kind=supplier"),
        step=4,
        order=41,
    ),
    WorkItems(
        "finance.draft_invoices",
        _("Draft invoices"),
        "finance.post_invoice",
        waiting=lambda user: Invoice.objects.filter(state=InvoiceState.DRAFT),
        items=drafts_waiting,
        url=list_url("finance:invoice-list", "state=draft"),
        step=7,
        order=42,
    ),
    WorkItems(
        "finance.overdue",
        _("Overdue customer invoices"),
        "finance.add_payment",
        waiting=lambda user: overdue_invoices(Side.CUSTOMER, today(), user),
        items=overdue_waiting,
        url=list_url("finance:invoice-list", "overdue=true&kind=customer"),
        step=7,
        order=43,
    ),
)


def search_invoices(text: str, user: Any, limit: int) -> Sequence[Hit]:
    """Invoices by our number, by their draft number, by the supplier's number."""
    found = scoped_invoices(user).filter(
        Q(number__icontains=text) | Q(legal_number__icontains=text) | Q(supplier_reference__icontains=text)
    )
    return [
        Hit(
            title=str(row),
            url=row.get_absolute_url(),
            subtitle=f"{row.partner} {row.supplier_reference}".strip(),
            icon="receipt",
            exact=text.lower() in {row.number.lower(), row.legal_number.lower()},
        )
        for row in found.select_related("partner").order_by("-pk")[:limit]
    ]


PARTNER_PANEL, ORDER_PANEL = "finance/panels/partner.html", "finance/panels/order.html"


PANELS = (
    Panel(
        "masterdata.partner",
        "finance.receivable",
        _("Receivable and credit"),
        "finance.view_receivables",
        PARTNER_PANEL,
        customer_panel,
        20,
        14,
    ),
    Panel(
        "masterdata.partner",
        "finance.payable",
        _("Payable"),
        "finance.view_payables",
        PARTNER_PANEL,
        supplier_panel,
        30,
        8,
    ),
    Panel(
        "crm.salesorder",
        "finance.order",
        _("Invoices and payments"),
        "finance.view_receivables",
        ORDER_PANEL,
        sales_order_panel,
        60,
        8,
    ),
    Panel(
        "scm.purchaseorder",
        "finance.order",
        _("Invoices and payments"),
        "finance.view_payables",
        ORDER_PANEL,
        purchase_order_panel,
        60,
        8,
    ),
)


def _related(page: str, side: str) -> RelatedDocuments:
    return RelatedDocuments(
        page,
        "finance.invoices",
        _("Invoices"),
        "finance.view_invoice",
        count=lambda order, user: invoices_of_order(order.pk, side).count(),
        url=lambda order: f"{reverse('finance:invoice-list')}?{side}_order={order.pk}",
        icon="receipt",
        order=70,
    )


RELATED = (
    _related("crm.salesorder", "sales"),
    _related("scm.purchaseorder", "purchase"),
    RelatedDocuments(
        "scm.subcontractorder",
        "finance.adjustments",
        _("Adjusting entries"),
        "finance.view_journalentry",
        count=lambda order, _user: adjustments_of_order(order.pk).count(),
        url=lambda order: f"{reverse('finance:entry-list')}?subcontract_order={order.pk}",
        icon="notebook",
        order=75,
    ),
    RelatedDocuments(
        "scm.landedcost",
        "finance.charges",
        _("Accrued charges"),
        "finance.view_payables",
        count=lambda landed_cost, user: (
            AccruedCharge.objects.filter(landed_cost=landed_cost).exclude(accrued_amount=0).count()
        ),
        url=lambda landed_cost: f"{reverse('finance:accrued-charge-list')}?q={landed_cost.number}",
        icon="truck-loading",
        order=70,
    ),
    RelatedDocuments(
        "finance.invoice",
        "finance.payments",
        _("Payments"),
        "finance.view_payment",
        count=lambda invoice, user: (
            Payment.objects.filter(allocations__invoice=invoice, state=PaymentState.POSTED).distinct().count()
        ),
        url=lambda invoice: f"{reverse('finance:payment-list')}?invoice={invoice.pk}",
        icon="cash",
        order=10,
    ),
    RelatedDocuments(
        "finance.invoice",
        "finance.credits",
        _("Credit notes"),
        "finance.view_invoice",
        count=lambda invoice, user: invoice.credit_notes.exclude(state=InvoiceState.CANCELLED).count(),
        url=lambda invoice: f"{reverse('finance:invoice-list')}?corrects={invoice.pk}",
        icon="receipt-refund",
        order=20,
    ),
)


SEARCH = SearchSource("finance.invoice", _("Invoices"), "finance.view_invoice", search_invoices, 70)

CONTRIBUTIONS = (*WORK, SEARCH, *PANELS, *RELATED)
