"""Credit notes (红字): the exact negative of a posted invoice, or of a part of it."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from core import history
from core.clock import business_date
from core.documents import lock, next_number
from core.fields import ZERO
from core.money import round_amount, round_quantity
from core.operations import operation
from finance.errors import EmptyInvoice, NothingToCredit, NotPosted
from finance.models import EarlyLine, Invoice, InvoiceLine
from finance.services.invoices.drafts import refuse_twin
from finance.states import InvoiceState

COPIED = (
    "item",
    "description",
    "uom",
    "price",
    "discount_percent",
    "tax",
    "tax_rate",
    "sales_order_line",
    "shipment_line",
    "purchase_order_line",
    "receipt_line",
    "landed_charge",
    "account",
)
HEADER = ("kind", "partner", "currency", "exchange_rate", "tax_included", "rounding_level", "payment_term", "source")
QUANTITIES = ("quantity", "stock_quantity")
AMOUNTS = ("net_amount", "tax_amount", "gross_amount")


@operation(permission="finance.credit_invoice", document=(Invoice, "invoice_id"))
def create_credit_note(
    *,
    invoice_id: int,
    quantities: Mapping[str, Decimal] | None = None,
    document_date: dt.date | None = None,
    supplier_reference: str = "",
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Invoice:
    """Draft a credit note: for {invoice line key: quantity in stock unit} or, without, for all that is left to credit.

    Every figure is the negative of its share of what earlier credit notes and allowances left of the invoice's line;
    the last part of a line takes all of that. Debit notes are credited on their own.

    Raises:
        NotPosted: the invoice is no posted invoice.
        DuplicateSupplierReference: this credit note of the supplier was entered before.
        NothingToCredit: more than is left of a line (other credit notes, drafts too, counted), or nothing is.
    """
    invoice = lock(Invoice, invoice_id)
    if invoice.state != InvoiceState.POSTED or invoice.is_credit:
        raise NotPosted(document=invoice)
    lines = _lines(invoice, quantities)
    if not lines:
        raise EmptyInvoice(document=invoice)
    credit = Invoice(
        is_credit=True,
        corrects=invoice,
        campaign_id=invoice.campaign_id,
        number=next_number(Invoice, at),
        document_date=document_date or business_date(at),
        supplier_reference=supplier_reference.strip(),
        note=note,
        owner=actor if getattr(actor, "pk", None) else None,
        created_at=at,
        **{name: getattr(invoice, name) for name in HEADER},
    )
    for name in ("net_amount", "tax_amount", "gross_amount"):
        setattr(credit, name, sum((getattr(line, name) for line in lines), ZERO))
    refuse_twin(credit)
    credit.save()
    for line in lines:
        line.invoice = credit
    history.bulk_create(lines, InvoiceLine)
    return credit


def _lines(invoice: Invoice, quantities: Mapping[str, Decimal] | None) -> list[InvoiceLine]:
    before: dict[int, Any] = {
        row["corrects_line"]: row
        for row in InvoiceLine.objects.filter(corrects_line__invoice=invoice, invoice__is_credit=True)
        .exclude(invoice__state=InvoiceState.CANCELLED)
        .values("corrects_line")
        .annotate(
            **{name: Sum(name, filter=~Q(billed_quantity=0), default=ZERO) for name in QUANTITIES},
            **{name: Sum(name) for name in AMOUNTS},
            billed_quantity=Sum("billed_quantity"),  # last: its name hides the column
        )
    }
    wanted = {int(key): Decimal(value) for key, value in (quantities or {}).items()}
    made: list[InvoiceLine] = []
    for original in invoice.lines.order_by("line_no"):
        credited: dict[str, Decimal] = before.get(original.pk, {})
        left = original.billed_quantity + credited.get("billed_quantity", ZERO)
        quantity = left if quantities is None else wanted.get(original.pk, ZERO)
        if (
            not original.billed_quantity
            and quantities is None
            and original.net_amount + credited.get("net_amount", ZERO)
        ):
            made.append(_line(original, ZERO, credited, len(made) + 1, invoice.currency.decimals))
        if not quantity:
            continue
        if not 0 < quantity <= left:
            raise NothingToCredit(line=original.description, open=left, quantity=quantity)
        for goods, part in _goods_of(original, quantity):
            line = _line(original, part, credited, len(made) + 1, invoice.currency.decimals)
            for name, value in goods.items():
                setattr(line, name, value)
            names = ("billed_quantity", *QUANTITIES, *AMOUNTS)
            credited = {name: credited.get(name, ZERO) + getattr(line, name) for name in names}
            made.append(line)
    return made


def _goods_of(original: InvoiceLine, quantity: Decimal) -> list[tuple[dict[str, Any], Decimal]]:
    """Say what a credited quantity comes off: of a line invoiced early, goods given back, goods to come, goods kept."""
    early = EarlyLine.objects.filter(invoice_line=original).first()
    if early is None:
        return [({}, quantity)]
    column, ledger = ("shipment_line_id", "unbilled") if early.sales_order_line_id else ("receipt_line_id", "grni")
    matched = list(
        early.matches.order_by(ledger)
        .values_list(f"{ledger}__{column}", f"{ledger}__open_quantity")
        .annotate(total=Sum("quantity"))
        .filter(total__gt=0)
    )
    given_back = [({column: key}, min(total, -left)) for key, left, total in matched if left < 0]
    kept = [({column: key}, total - max(min(total, -left), ZERO)) for key, left, total in matched]
    parts: list[tuple[dict[str, Any], Decimal]] = []
    for goods, most in [*given_back, ({}, early.open_quantity), *kept]:
        part = min(most, quantity)
        if part > 0:
            parts.append((goods, part))
            quantity -= part
    return parts


def _line(
    original: InvoiceLine, quantity: Decimal, credited: Mapping[str, Decimal], line_no: int, places: int
) -> InvoiceLine:
    line = InvoiceLine(line_no=line_no, corrects_line=original, billed_quantity=-quantity)
    for name in COPIED:
        setattr(line, name, getattr(original, name))
    left_quantity = original.billed_quantity + credited.get("billed_quantity", ZERO)
    for name in (*QUANTITIES, *AMOUNTS):
        left = getattr(original, name) + credited.get(name, ZERO)
        if quantity == left_quantity:
            setattr(line, name, -left)
        elif name in QUANTITIES:
            setattr(line, name, -round_quantity(left * quantity / left_quantity))
        else:
            setattr(line, name, -round_amount(left * quantity / left_quantity, places))
    line.gross_amount = line.net_amount + line.tax_amount
    return line
