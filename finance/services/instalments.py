"""The instalments of an invoice, and how far allocations have settled them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from core.context import change_later, insert_later
from core.fields import ZERO
from finance.engines.recognition import share
from finance.models import Invoice, InvoiceInstalment
from masterdata.engines.terms import TermLine, instalments
from masterdata.models import PaymentTermLine

STORED_PLACES = 4
"""A share of a base amount is derived: it is kept as fine as it can be stored, so that no rounding rule is needed."""


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
    return write_parts(invoice, [(part.due_date or day, part.amount) for part in parts])


def write_parts(invoice: Invoice, parts: Iterable[tuple[dt.date, Decimal]]) -> list[InvoiceInstalment]:
    """Write the instalments of an invoice: (due date, amount) each, summing to it; its due date is the last of them."""
    rows = [
        InvoiceInstalment(
            invoice=invoice,
            kind=invoice.kind,
            partner_id=invoice.partner_id,
            line_no=line_no,
            due_date=due_date,
            amount=amount,
        )
        for line_no, (due_date, amount) in enumerate(parts, 1)
        if amount
    ]
    _spread_base(invoice, rows)
    insert_later(rows)
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
    _spread_base(invoice, rows)
    change_later(rows, ["settled_amount", "open_base_amount"])


def _spread_base(invoice: Invoice, rows: Sequence[InvoiceInstalment]) -> None:
    """Give every instalment its share of the base amount that is open on the invoice; the last one takes the rest."""
    left = invoice.base_gross_amount - invoice.settled_base_amount
    still = invoice.gross_amount - invoice.settled_amount
    for row in rows:
        row.open_base_amount = share(left, row.amount - row.settled_amount, still, STORED_PLACES) if still else ZERO
        left -= row.open_base_amount
        still -= row.amount - row.settled_amount
