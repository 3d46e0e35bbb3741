"""Posting an invoice or credit note: ledger, sub-ledgers, instalments, order progress, its legal number."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from core import history
from core.context import write_pending
from core.documents import lock, transition
from core.errors import StaleVersion
from core.locks import lock_many
from core.money import round_amount
from core.numbering import next_legal_number
from core.operations import operation
from crm.models import SalesOrder
from crm.services.sales_orders import register_invoiced as register_sales_invoiced
from erp.services.guards import require_edge
from finance.errors import EmptyInvoice, NotInvoiceable, SupplierReferenceMissing
from finance.models import GrniLine, Invoice, InvoiceLine, Payment, UnbilledLine
from finance.selectors.accounts import AccountBook, account_book
from finance.selectors.early import waiting_goods
from finance.selectors.matching import is_blocked
from finance.selectors.payments import advances_for
from finance.services.automatic.charges import follow_charges
from finance.services.automatic.price_corrections import follow_goods
from finance.services.instalments import write_instalments
from finance.services.invoices.charges import refuse_invoiced_charges
from finance.services.invoices.clearing import Clearing
from finance.services.invoices.drafts import refuse_twin
from finance.services.invoices.lines import billable
from finance.services.invoices.matching import check_match
from finance.services.payments.allocation import apply_advances
from finance.services.payments.settling import Moment, settle_with_credit, still_open
from finance.services.posting import post_entry
from finance.signals import invoice_posted
from finance.states import EntryEvent, InvoiceState, Side
from masterdata.selectors.currencies import rate_on
from masterdata.services.entry import require_complete
from masterdata.services.pricing import fill_amounts
from scm.models import LandedCost, PurchaseOrder, PurchaseOrderLine
from scm.services.landed_costs import register_charges_invoiced
from scm.services.purchase_orders import register_invoiced as register_purchase_invoiced
from scm.services.purchase_orders.locking import lock_work_orders_of
from scm.services.requisitions.progress import lock_requisitions_of

SERIES = "finance.invoice"
PRICED = (
    *("exchange_rate", "net_amount", "tax_amount", "gross_amount"),
    *("base_net_amount", "base_tax_amount", "base_gross_amount"),
    *("due_date", "discount_percent", "discount_until"),
)
"""What posting fixes on the header."""

LINE_COLUMNS = [
    "net_amount",
    "tax_amount",
    "gross_amount",
    "base_net_amount",
    "base_tax_amount",
    "cleared_amount",
    "cleared_currency_amount",
]


@operation(permission="finance.post_invoice", document=(Invoice, "invoice_id"))
def post_invoice(*, invoice_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Invoice:
    """Enter a draft in the books and make it due.

    A customer's gets its gap-free number; a credit note settles the invoice it corrects as far as that is open; money
    paid in advance for the orders on it is allocated.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is posted or cancelled (also: the second of two clicks).
        EmptyInvoice: it has no lines.
        NotInvoiceable: goods were returned, or invoiced otherwise, since it was drafted.
        SupplierReferenceMissing, DuplicateSupplierReference: about the number of the supplier's invoice.
        PartnerIncomplete: the customer lacks something an invoice needs.
        PeriodClosed, NoFiscalPeriod: its date takes no entry.
    """
    orders, corrected = _lock_orders(invoice_id)
    invoice = _lock_invoices(invoice_id, corrected, version)
    advances = lock_many(Payment, advances_for(invoice).values_list("pk", flat=True))
    require_edge(invoice, InvoiceState.POSTED)
    lines = _lines_of(invoice)
    book = account_book({line.item_id for line in lines if line.item_id})
    clearing = Clearing(invoice, lines, book)
    _refuse_if_not_ready(clearing, orders)
    _price(invoice, lines, book.decimals)
    entry_lines = clearing.entry_lines(invoice.document_date)
    clearing.save()
    history.change_later(lines, LINE_COLUMNS)
    write_instalments(invoice, _term_dates(lines, clearing.unbilled.values()))
    _grant_discount(invoice)
    _report_up(invoice, lines, actor=actor, at=at)
    follow_goods(invoice, clearing.corrections, invoice.document_date, actor=actor, at=at)
    follow_charges(invoice, clearing.dearer_charges, invoice.document_date, actor=actor, at=at)
    post_entry(
        source=invoice,
        event=EntryEvent.INVOICE,
        lines=entry_lines,
        date=invoice.document_date,
        description=str(invoice.partner),
        book=book,
        is_first=True,
        actor=actor,
        at=at,
    )
    is_last = not advances and not invoice.is_credit  # nothing is locked any more: the number may be taken
    fields = [*PRICED, *(["legal_number"] if is_last and _number(invoice) else [])]
    write_pending()  # the lines, while their invoice is a draft
    transition(invoice, InvoiceState.POSTED, actor=actor, at=at, fields=fields)
    if invoice.kind == Side.SUPPLIER and not invoice.is_credit:
        check_match(invoice, lines)
        invoice.save(update_fields=["match_state"])
    if invoice.is_credit:
        _settle_what_it_corrects(invoice, book, Moment(invoice.document_date, actor, at))
    elif advances and not is_blocked(invoice):
        apply_advances(invoice, list(advances.values()), actor=actor, at=at)
    if not is_last and _number(invoice):
        history.change_later([invoice], ["legal_number"])
    invoice.recount_open()
    invoice_posted.send(sender=Invoice, invoice=invoice, actor=actor, at=at)
    return invoice


def _number(invoice: Invoice) -> bool:
    """Give a customer's invoice its gap-free number."""
    if invoice.kind != Side.CUSTOMER:
        return False
    year = str(invoice.document_date.year)
    invoice.legal_number = f"{year}-{next_legal_number(SERIES, year):06d}"
    return True


def _settle_what_it_corrects(credit: Invoice, book: AccountBook, moment: Moment) -> None:
    """Settle the corrected invoice as far as it is open; what is left of the credit note stays open."""
    invoice = credit.corrects
    if invoice is None:
        return
    amount = min(still_open(invoice), -still_open(credit))
    if amount > 0:
        made, lines = settle_with_credit(credit, invoice, amount, book=book, moment=moment)
        post_entry(
            source=credit,
            event=EntryEvent.ALLOCATION,
            event_ref=made.pk,
            lines=lines,
            date=moment.date,
            book=book,
            actor=moment.actor,
            at=moment.at,
        )


def _lock_orders(invoice_id: int) -> tuple[set[tuple[str, int]], set[int]]:
    """Lock the orders on the invoice, upstream first; their sub-ledger rows are guarded with them.

    Returns them as (side, key), and the keys of the invoices that it corrects (none or one).
    """
    lines = InvoiceLine.objects.filter(invoice_id=invoice_id).order_by()
    names = (
        "sales_order_line__order_id",
        "purchase_order_line__order_id",
        "invoice__corrects_id",
        "landed_charge__landed_cost_id",
    )
    found = set(lines.values_list(*names))
    sales, purchases, corrected, landed = ({row[place] for row in found} - {None} for place in range(4))
    lock_many(SalesOrder, sales)
    lock_work_orders_of(purchases)
    lock_requisitions_of(PurchaseOrderLine.objects.filter(order_id__in=purchases).values_list("pk", flat=True))
    lock_many(PurchaseOrder, purchases)
    lock_many(LandedCost, landed)
    return {("sales", pk) for pk in sales} | {("purchase", pk) for pk in purchases} | {
        ("landed", pk) for pk in landed
    }, corrected


def _lock_invoices(invoice_id: int, corrected: set[int], version: int | None) -> Invoice:
    """Lock the invoice, and the one it corrects with it, in key order."""
    if corrected:
        lock_many(Invoice, {invoice_id, *corrected})
    return lock(Invoice, invoice_id, version=version)


def _lines_of(invoice: Invoice) -> list[InvoiceLine]:
    lines = list(
        invoice.lines.select_related(
            "item__uom",
            "uom",
            "tax",
            "sales_order_line__order",
            "purchase_order_line__order",
            "purchase_order_line__requisition_line__requisition",
            "receipt_line",
            "landed_charge",
            "corrects_line__invoice",
            "invoice__partner",
            "invoice__payment_term",
            "invoice__currency",
        ).order_by("line_no")
    )
    for line in lines:
        for name in ("partner", "payment_term", "currency"):
            setattr(invoice, name, getattr(line.invoice, name))
        line.invoice = invoice
    return lines


def _refuse_if_not_ready(clearing: Clearing, locked: set[tuple[str, int]]) -> None:
    invoice, lines = clearing.invoice, clearing.lines
    if not lines:
        raise EmptyInvoice(document=invoice)
    needed = {("sales", line.sales_order_line.order_id) for line in lines if line.sales_order_line}
    needed |= {("purchase", line.purchase_order_line.order_id) for line in lines if line.purchase_order_line}
    needed |= {("landed", line.landed_charge.landed_cost_id) for line in lines if line.landed_charge}
    if not needed <= locked:
        raise StaleVersion(document=invoice)
    if invoice.kind == Side.CUSTOMER and not invoice.is_credit:
        require_complete(invoice.partner, "invoice")
    if invoice.kind == Side.SUPPLIER:
        if not invoice.supplier_reference:
            raise SupplierReferenceMissing(document=invoice)
        refuse_twin(invoice)
    if not invoice.is_credit:
        _refuse_more_than_open(clearing)
        refuse_invoiced_charges(lines)


def _refuse_more_than_open(clearing: Clearing) -> None:
    """Refuse what the source no longer has: goods came back, or another draft was posted first."""
    lines = clearing.lines
    wanted: dict[tuple[str, int], Decimal] = {}
    for line in lines:
        for column in ("shipment_line", "receipt_line"):
            key = getattr(line, f"{column}_id")
            if key and line.billed_quantity:
                wanted[column, key] = wanted.get((column, key), Decimal(0)) + line.billed_quantity
    rows: dict[tuple[str, int], Any] = {("shipment_line", key): row for key, row in clearing.unbilled.items()}
    rows |= {("receipt_line", key): row for key, row in clearing.grni.items()}
    for key, quantity in wanted.items():
        row = rows[key]
        if quantity > row.open_quantity:
            raise NotInvoiceable(line=str(row.item), open=max(row.open_quantity, Decimal(0)), quantity=quantity)
    for line in lines:
        if line.billed_quantity:
            _refuse_more_than_ordered(line)


def _refuse_more_than_ordered(line: InvoiceLine) -> None:
    """Lines without goods are bounded by their order line."""
    if line.sales_order_line and not line.shipment_line_id:
        waiting = waiting_goods(UnbilledLine, "sales_order_line", [line.sales_order_line.pk]) if line.item_id else {}
        left = billable(line.sales_order_line) - waiting.get(line.sales_order_line.pk, Decimal(0))
    elif line.purchase_order_line and not line.receipt_line_id:
        waiting = waiting_goods(GrniLine, "purchase_order_line", [line.purchase_order_line.pk]) if line.item_id else {}
        left = billable(line.purchase_order_line) - waiting.get(line.purchase_order_line.pk, Decimal(0))
    else:
        return
    if line.billed_quantity > left:
        raise NotInvoiceable(line=line.description, open=max(left, Decimal(0)), quantity=line.billed_quantity)


def _price(invoice: Invoice, lines: Sequence[InvoiceLine], decimals: int) -> None:
    """Fix rate and amounts; a credit note keeps the figures and the rate of what it corrects."""
    if not invoice.is_credit:
        invoice.exchange_rate = rate_on(invoice.currency, invoice.document_date)
        fill_amounts(invoice, lines)
    invoice.base_gross_amount = round_amount(invoice.gross_amount * invoice.exchange_rate, decimals)
    if invoice.corrects and -invoice.gross_amount == invoice.corrects.open_amount:
        invoice.base_gross_amount = -invoice.corrects.open_base_amount


def _term_dates(lines: Sequence[InvoiceLine], deliveries: Iterable[UnbilledLine]) -> dict[str, dt.date]:
    orders = [line.sales_order_line.order for line in lines if line.sales_order_line]
    shipped = [row.shipped_date for row in deliveries]
    dates: dict[str, dt.date] = {}
    if orders:
        dates["order"] = min(order.confirmed_date or order.document_date for order in orders)
    if shipped:
        dates["shipment"] = max(shipped)
    return dates


def _grant_discount(invoice: Invoice) -> None:
    """Write down what the terms give for early payment."""
    term = invoice.payment_term
    if term is not None and term.discount_percent and not invoice.is_credit:
        invoice.discount_percent = term.discount_percent
        invoice.discount_until = invoice.document_date + dt.timedelta(days=term.discount_days)


def _report_up(invoice: Invoice, lines: Sequence[InvoiceLine], *, actor: Any, at: dt.datetime) -> None:
    """Tell the orders what was invoiced, in the stock unit; negative for a credit note."""
    name, register = (
        ("sales_order_line_id", register_sales_invoiced)
        if invoice.kind == Side.CUSTOMER
        else ("purchase_order_line_id", register_purchase_invoiced)
    )
    quantities: dict[int, Decimal] = {}
    for line in lines:
        key = getattr(line, name)
        if key:
            quantities[key] = quantities.get(key, Decimal(0)) + line.billed_quantity
    if quantities:
        register(quantities=quantities, actor=actor, at=at)
    parts: dict[int, Decimal] = {}
    for line in lines:
        if line.landed_charge_id:
            parts[line.landed_charge_id] = parts.get(line.landed_charge_id, Decimal(0)) + line.billed_quantity
    if parts:
        register_charges_invoiced(quantities=parts, actor=actor, at=at)
