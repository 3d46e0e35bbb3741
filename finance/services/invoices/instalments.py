"""The instalments of an invoice, and how far allocations have settled them."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from core.fields import ZERO
from finance.models import Invoice, InvoiceInstalment
from masterdata.engines.terms import TermLine, instalments
from masterdata.models import PaymentTermLine


def write_instalments(invoice: Invoice, dates: Mapping[str, dt.date]) -> list[InvoiceInstalment]:
    """Split the invoice by its payment terms; ``dates`` are those of order and shipment, where it has them.

    A credit note, and an invoice without terms, is due on its date. An instalment that counts from something the
    invoice has not got counts from the invoice.
    """
    if not invoice.gross_amount:
        return []
    day = invoice.document_date
    terms = [] if invoice.is_credit else PaymentTermLine.objects.filter(term_id=invoice.payment_term_id)
    lines = [TermLine(one.percent, one.basis, one.days, one.end_of_month) for one in terms]
    bases = {basis: dates.get(basis) or day for basis in PaymentTermLine.Basis.values} | {"invoice": day}
    parts = instalments(lines or [TermLine(Decimal(100))], invoice.gross_amount, bases, invoice.currency.decimals)
    rows = [
        InvoiceInstalment(invoice=invoice, line_no=line_no, due_date=part.due_date or day, amount=part.amount)
        for line_no, part in enumerate(parts, 1)
        if part.amount
    ]
    InvoiceInstalment.objects.bulk_create(rows)
    invoice.due_date = max(row.due_date for row in rows)
    return rows


def settle_instalments(invoice: Invoice) -> None:
    """Spread what is settled on the invoice over its instalments, the earliest due first."""
    left = abs(invoice.settled_amount)
    rows = list(invoice.instalments.order_by("due_date", "line_no"))
    for row in rows:
        part = min(left, abs(row.amount))
        row.settled_amount = part.copy_sign(row.amount) if part else ZERO
        left -= part
    InvoiceInstalment.objects.bulk_update(rows, ["settled_amount"])
