"""Invoices before they are posted: created, changed, cancelled."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from core import history
from core.clock import business_date
from core.documents import lock, next_number, transition
from core.operations import operation
from crm.models import SalesOrder
from finance.errors import DuplicateSupplierReference, EmptyInvoice, MixedInvoice, NotADraft
from finance.models import Invoice, InvoiceLine
from finance.services.invoices.charges import require_own_charges
from finance.services.invoices.lines import HEADER, Drafted, build_lines
from finance.states import GONE_INVOICES, InvoiceState, Side
from masterdata.models import Partner
from masterdata.selectors.currencies import rate_on
from masterdata.services.entry import require_complete, require_own_record
from masterdata.services.pricing import fill_amounts

Rows = Sequence[Mapping[str, Any]]


@operation(permission="finance.add_invoice")
def create_invoice(
    *,
    kind: str,
    partner_id: int,
    lines: Rows,
    document_date: dt.date | None = None,
    currency_id: int | None = None,
    tax_included: bool = False,
    payment_term_id: int | None = None,
    supplier_reference: str = "",
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Invoice:
    """Draft an invoice of a customer or supplier; lines as `build_lines` takes them.

    Currency, way of pricing and terms come from the orders; ``currency_id``, ``tax_included`` and ``payment_term_id``
    count for invoices of free lines alone.

    Raises:
        EmptyInvoice: no lines.
        NotInvoiceable, ChargeNotInvoiceable, MixedInvoice, LineWithoutSource, AccountNotPostable, ControlAccount: see
            `build_lines`.
        PartnerIncomplete: the customer lacks something an invoice needs.
        MergedAway: the partner was merged into another one, and no order of his is invoiced (what was ordered before,
            and from who is closed, still is).
        DuplicateSupplierReference: this invoice of the supplier was entered before.
        NoExchangeRate: the currency has no rate on the day.
    """
    partner = Partner.objects.select_related("tax").get(pk=partner_id)
    if kind == Side.CUSTOMER:
        require_complete(partner, "invoice")
    drafted = build_lines(kind, lines)
    if not drafted.orders:
        require_own_record(partner)
    invoice = Invoice(
        kind=kind,
        partner=partner,
        currency_id=currency_id or partner.currency_id,
        tax_included=tax_included,
        payment_term_id=payment_term_id or partner.payment_term_id,
        document_date=document_date or business_date(at),
        supplier_reference=supplier_reference.strip(),
        note=note,
        owner=actor if getattr(actor, "pk", None) else None,
        created_at=at,
    )
    _take_over(invoice, drafted, payment_term_id)
    refuse_twin(invoice)
    _price(invoice, drafted.lines)
    invoice.number = next_number(Invoice, at)
    history.create_with_lines(invoice, drafted.lines, "invoice")
    return invoice


@operation(permission="finance.change_invoice", document=(Invoice, "invoice_id"))
def update_invoice(
    *,
    invoice_id: int,
    version: int | None = None,
    lines: Rows,
    document_date: dt.date,
    payment_term_id: int | None = None,
    supplier_reference: str = "",
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Invoice:
    """Replace the lines and the typed header fields of a draft; a credit note keeps its lines, smaller at most.

    Raises:
        StaleVersion: somebody changed it since.
        NotADraft: it is posted or cancelled.
        EmptyInvoice, NotInvoiceable, MixedInvoice, LineWithoutSource, AccountNotPostable, ControlAccount: see
            `create_invoice`.
    """
    invoice = lock(Invoice, invoice_id, version=version)
    if invoice.state != InvoiceState.DRAFT or invoice.is_credit:
        raise NotADraft(document=invoice, state=str(invoice.get_state_display()))
    drafted = build_lines(invoice.kind, lines, invoice_id=invoice.pk)
    invoice.document_date = document_date
    invoice.payment_term_id = payment_term_id
    invoice.supplier_reference = supplier_reference.strip()
    invoice.note = note
    _take_over(invoice, drafted, payment_term_id)
    refuse_twin(invoice)
    _price(invoice, drafted.lines)
    invoice.version += 1
    invoice.save()
    invoice.lines.all().delete()
    _store(invoice, drafted.lines)
    return invoice


@operation(permission="finance.cancel_invoice", document=(Invoice, "invoice_id"))
def cancel_invoice(*, invoice_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Invoice:
    """Cancel a draft: what it held may be invoiced again.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is posted (make a credit note) or cancelled.
    """
    invoice = lock(Invoice, invoice_id, version=version)
    transition(invoice, InvoiceState.CANCELLED, actor=actor, at=at)
    return invoice


def refuse_twin(invoice: Invoice) -> None:
    """Refuse a supplier's invoice number that was entered for him before.

    Raises:
        DuplicateSupplierReference: on another invoice that is not cancelled.
    """
    if invoice.kind != Side.SUPPLIER or not invoice.supplier_reference:
        return
    twin = (
        Invoice.objects.filter(
            kind=Side.SUPPLIER, partner_id=invoice.partner_id, supplier_reference=invoice.supplier_reference
        )
        .exclude(pk=invoice.pk)
        .exclude(state__in=GONE_INVOICES)
        .first()
    )
    if twin is not None:
        raise DuplicateSupplierReference(reference=invoice.supplier_reference, document=twin)


def _take_over(invoice: Invoice, drafted: Drafted, typed_term: int | None) -> None:
    """Give the invoice the way of pricing, the terms and the origin of its orders."""
    if not drafted.lines:
        raise EmptyInvoice(document=invoice.number or str(invoice.get_kind_display()))
    require_own_charges(invoice, drafted.lines)
    if not drafted.orders:
        return
    order = drafted.orders[0]
    if order.partner_id != invoice.partner_id:
        raise MixedInvoice(line=1)
    for name in HEADER:
        setattr(invoice, name, getattr(order, name))
    if type(order)._meta.get_field("currency").is_cached(order):
        invoice.currency = order.currency
    if typed_term is None and drafted.terms[0] is not None:
        invoice.payment_term_id = drafted.terms[0]
    if isinstance(order, SalesOrder):
        sources = {one.source for one in drafted.orders}
        campaigns = {one.campaign_id for one in drafted.orders}
        invoice.source = sources.pop() if len(sources) == 1 else ""
        invoice.campaign_id = campaigns.pop() if len(campaigns) == 1 else None


def _price(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    invoice.exchange_rate = rate_on(invoice.currency, invoice.document_date)
    fill_amounts(invoice, lines)


def _store(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    for line in lines:
        line.invoice = invoice
    history.bulk_create(list(lines), InvoiceLine)
