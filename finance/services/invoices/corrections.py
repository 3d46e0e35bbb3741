"""Corrections of price: debit notes (more is owed) and allowances (折让, less is owed), quantities untouched."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core import history
from core.clock import business_date
from core.documents import lock, next_number
from core.fields import ZERO
from core.operations import operation
from finance.errors import AllowanceTooLarge, EmptyInvoice, MixedCorrection, NotPosted
from finance.models import Invoice, InvoiceLine
from finance.services.invoices.credits import COPIED, HEADER
from finance.services.invoices.drafts import refuse_twin
from finance.states import InvoiceState
from masterdata.engines.pricing import LineInput, total
from masterdata.selectors.currencies import rate_on

AMOUNTS = ("net_amount", "tax_amount", "gross_amount")


@operation(permission="finance.credit_invoice", document=(Invoice, "invoice_id"))
def create_price_correction(
    *,
    invoice_id: int,
    amounts: Mapping[str, Decimal],
    document_date: dt.date | None = None,
    supplier_reference: str = "",
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Invoice:
    """Draft a debit note (amounts above zero) or an allowance (below zero): {invoice line key: amount}.

    An amount has tax in it when the invoice's prices have. A debit note is at the rate of its own day, an allowance at
    the rate of the invoice.

    Raises:
        NotPosted: the invoice is no posted invoice.
        EmptyInvoice: no amount is given.
        MixedCorrection: some amounts are above zero and some below.
        AllowanceTooLarge: more than is left of a line, earlier credit notes (drafts too) counted.
        DuplicateSupplierReference: this note of the supplier was entered before.
    """
    invoice = lock(Invoice, invoice_id)
    if invoice.state != InvoiceState.POSTED or invoice.is_credit:
        raise NotPosted(document=invoice)
    wanted = {int(key): Decimal(amount) for key, amount in amounts.items() if Decimal(amount)}
    originals = [line for line in invoice.lines.order_by("line_no") if line.pk in wanted]
    if not originals:
        raise EmptyInvoice(document=invoice)
    is_credit = wanted[originals[0].pk] < 0
    if any((wanted[line.pk] < 0) != is_credit for line in originals):
        raise MixedCorrection()
    day = document_date or business_date(at)
    made = Invoice(
        is_credit=is_credit,
        corrects=invoice,
        campaign_id=invoice.campaign_id,
        number=next_number(Invoice, at),
        document_date=day,
        supplier_reference=supplier_reference.strip(),
        note=note,
        owner=actor if getattr(actor, "pk", None) else None,
        created_at=at,
        **{name: getattr(invoice, name) for name in HEADER},
    )
    if not is_credit:
        made.exchange_rate = rate_on(invoice.currency, day)
    lines = [_line(line, wanted[line.pk], line_no) for line_no, line in enumerate(originals, 1)]
    _price(made, lines)
    if is_credit:
        _refuse_too_much(invoice, lines)
    refuse_twin(made)
    made.save()
    for line in lines:
        line.invoice = made
    history.bulk_create(lines, InvoiceLine)
    return made


def _line(original: InvoiceLine, amount: Decimal, line_no: int) -> InvoiceLine:
    line = InvoiceLine(line_no=line_no, corrects_line=original, billed_quantity=ZERO)
    for name in COPIED:
        setattr(line, name, getattr(original, name))
    line.quantity = Decimal(1).copy_sign(amount)
    line.stock_quantity = line.quantity
    line.price = abs(amount)
    line.discount_percent = ZERO
    return line


def _price(invoice: Invoice, lines: list[InvoiceLine]) -> None:
    """Give lines and invoice their amounts by the one tax function."""
    typed = [LineInput(abs(line.quantity), line.price, ZERO, line.tax_rate) for line in lines]
    priced = total(typed, invoice.rounding_level, invoice.tax_included, invoice.currency.decimals)
    sign = -1 if invoice.is_credit else 1
    for line, one in zip(lines, priced.lines, strict=True):
        line.net_amount, line.tax_amount, line.gross_amount = sign * one.net, sign * one.tax, sign * one.gross
    for name in AMOUNTS:
        setattr(invoice, name, sum((getattr(line, name) for line in lines), ZERO))


def _refuse_too_much(invoice: Invoice, lines: list[InvoiceLine]) -> None:
    before: dict[int | None, Decimal] = dict(
        InvoiceLine.objects.filter(corrects_line__invoice=invoice, invoice__is_credit=True)
        .exclude(invoice__state=InvoiceState.CANCELLED)
        .order_by()
        .values_list("corrects_line")
        .annotate(total=Sum("gross_amount"))
    )
    for line in lines:
        original = line.corrects_line
        left = (original.gross_amount if original else ZERO) + before.get(line.corrects_line_id, ZERO)
        if -line.gross_amount > left:
            raise AllowanceTooLarge(line=line.description, open=left, amount=-line.gross_amount)
