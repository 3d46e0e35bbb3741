"""What finance shows on others' pages: navigation, panels, figures, pictures, waiting work, search, facts."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import (
    Chart,
    Fact,
    Hit,
    Kpi,
    Navigation,
    Panel,
    RelatedDocuments,
    SearchSource,
    Work,
    WorkItems,
    contribute,
)
from finance.models import Invoice, Payment
from finance.panels import customer_panel, purchase_order_panel, sales_order_panel, supplier_panel
from finance.selectors.ageing import BUCKETS, ageing, totals
from finance.selectors.figures import (
    cash,
    invoices_of_order,
    open_total,
    overdue_invoices,
    revenue_between,
    revenue_by_month,
    scoped_invoices,
)
from finance.selectors.invoiceable import deliveries_to_invoice, receipts_to_invoice
from finance.states import InvoiceState, PaymentState, Side

NAVIGATION = (
    Navigation("finance", _("To invoice"), "finance:to-invoice", "finance.add_invoice", "checklist", 10),
    Navigation("finance", _("Invoices"), "finance:invoice-list", "finance.view_invoice", "receipt", 20),
    Navigation("finance", _("Payments"), "finance:payment-list", "finance.view_payment", "cash", 30),
    Navigation("finance", _("Receivables"), "finance:receivables", "finance.view_receivables", "arrow-down-left", 40),
    Navigation("finance", _("Payables"), "finance:payables", "finance.view_payables", "arrow-up-right", 50),
    Navigation("finance", _("Trial balance"), "finance:trial-balance", "finance.view_account", "scale", 60),
    Navigation("finance", _("Journal entries"), "finance:entry-list", "finance.view_journalentry", "notebook", 70),
    Navigation("finance", _("Chart of accounts"), "finance:account-list", "finance.view_account", "list-tree", 80),
    Navigation(
        "finance", _("Bank accounts"), "finance:bank-account-list", "finance.view_bankaccount", "building-bank", 90
    ),
    Navigation(
        "finance", _("Fiscal periods"), "finance:period-list", "finance.view_fiscalperiod", "calendar-stats", 100
    ),
)

FACTS = (
    Fact(_("journal entry, account, fiscal period"), "finance", 8),
    Fact(_("invoice and credit note"), "finance", 7),
    Fact(_("payment and its allocation to invoices"), "finance", 7),
)


def _url(name: str, query: str = "") -> Callable[[], str]:
    return lambda: reverse(name) + (f"?{query}" if query else "")


def _month() -> tuple[dt.date, dt.date]:
    day = today()
    return day.replace(day=1), day


KPIS = (
    Kpi(
        "finance.receivable",
        _("Receivables"),
        "finance.view_receivables",
        lambda user: open_total(Side.CUSTOMER, user),
        _url("finance:receivables"),
        "amount",
        "finance",
        10,
    ),
    Kpi(
        "finance.overdue",
        _("Overdue receivables"),
        "finance.view_receivables",
        lambda user: open_total(Side.CUSTOMER, user, overdue_on=today()),
        _url("finance:invoice-list", "overdue=true&kind=customer"),
        "amount",
        "finance",
        20,
    ),
    Kpi(
        "finance.payable",
        _("Payables"),
        "finance.view_payables",
        lambda user: open_total(Side.SUPPLIER, user),
        _url("finance:payables"),
        "amount",
        "finance",
        30,
    ),
    Kpi(
        "finance.cash",
        _("Cash and bank"),
        "finance.view_bankaccount",
        lambda user: cash(),
        _url("finance:bank-account-list"),
        "amount",
        "finance",
        40,
    ),
    Kpi(
        "finance.revenue",
        _("Revenue this month"),
        "finance.view_account",
        lambda user: revenue_between(*_month()),
        _url("finance:trial-balance"),
        "amount",
        "finance",
        50,
    ),
)


def ageing_option(user: Any) -> dict[str, Any]:
    """Bars of receivables by age; each opens its instalments."""
    url = reverse("finance:receivable-list")
    sums = totals(ageing(Side.CUSTOMER, today(), user))
    return {
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [str(label) for _code, label, _first, _last in BUCKETS]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "type": "bar",
                "data": [
                    {"value": str(amount), "url": f"{url}?bucket={code}"}
                    for (code, *_rest), amount in zip(BUCKETS, sums, strict=True)
                ],
            }
        ],
    }


def revenue_option(user: Any) -> dict[str, Any]:
    """Revenue of the last twelve months as a line."""
    day = today()
    first = (day.replace(day=1) - dt.timedelta(days=335)).replace(day=1)
    found = dict(revenue_by_month(first, day))
    months = [first]
    while months[-1] < day.replace(day=1):
        months.append((months[-1] + dt.timedelta(days=32)).replace(day=1))
    return {
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [f"{month:%Y-%m}" for month in months]},
        "yAxis": {"type": "value"},
        "series": [{"type": "line", "areaStyle": {}, "data": [str(found.get(month, 0)) for month in months]}],
    }


CHARTS = (
    Chart(
        "finance.ageing",
        _("Receivables by age"),
        "finance.view_receivables",
        ageing_option,
        _url("finance:receivables"),
        "finance",
        10,
    ),
    Chart(
        "finance.revenue",
        _("Revenue by month"),
        "finance.view_account",
        revenue_option,
        _url("finance:trial-balance"),
        "finance",
        20,
    ),
)


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
        Work(title=str(row), url=row.get_absolute_url(), subtitle=str(row.partner), due=row.due_date, overdue=True)
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
        count=lambda user: deliveries_to_invoice().count(),
        items=deliveries_waiting,
        url=_url("finance:to-invoice"),
        step=7,
        order=40,
    ),
    WorkItems(
        "finance.receipts_to_invoice",
        _("Receipts without invoice"),
        "finance.add_invoice",
        count=lambda user: receipts_to_invoice().count(),
        items=receipts_waiting,
        url=_url("finance:to-invoice", "kind=supplier"),
        step=4,
        order=41,
    ),
    WorkItems(
        "finance.draft_invoices",
        _("Draft invoices"),
        "finance.post_invoice",
        count=lambda user: Invoice.objects.filter(state=InvoiceState.DRAFT).count(),
        items=drafts_waiting,
        url=_url("finance:invoice-list", "state=draft"),
        step=7,
        order=42,
    ),
    WorkItems(
        "finance.overdue",
        _("Overdue customer invoices"),
        "finance.add_payment",
        count=lambda user: overdue_invoices(Side.CUSTOMER, today(), user).count(),
        items=overdue_waiting,
        url=_url("finance:invoice-list", "overdue=true&kind=customer"),
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


def search_payments(text: str, user: Any, limit: int) -> Sequence[Hit]:
    """Payments by number and by the bank's reference."""
    found = Payment.objects.visible_to(user).filter(Q(number__icontains=text) | Q(reference__icontains=text))
    return [
        Hit(
            title=str(row),
            url=row.get_absolute_url(),
            subtitle=f"{row.partner} {row.reference}".strip(),
            icon="cash",
            exact=text.lower() == row.number.lower(),
        )
        for row in found.select_related("partner").order_by("-pk")[:limit]
    ]


SEARCH = (
    SearchSource("finance.invoice", _("Invoices"), "finance.view_invoice", search_invoices, 70),
    SearchSource("finance.payment", _("Payments"), "finance.view_payment", search_payments, 80),
)

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


def register() -> None:
    """Register the contributions."""
    contribute(*NAVIGATION, *FACTS, *KPIS, *CHARTS, *WORK, *SEARCH, *PANELS, *RELATED)
