"""Electronic invoices (数电发票): prepared from posted invoices, exported, answered by the tax platform."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from core import audit
from core.clock import company
from core.documents import lock
from core.locks import lock_many
from core.operations import operation
from finance.errors import (
    FapiaoNumberTaken,
    InvoiceUnknown,
    IssuedAlready,
    NotIssuable,
    TaxCodeMissing,
    WrongFapiaoNumber,
)
from finance.models import Invoice, TaxInvoice
from finance.selectors.settings import finance_settings
from finance.states import InvoiceState, Side, TaxInvoiceKind, TaxInvoiceStatus

NUMBER = re.compile(r"^\d{20}$")
Rows = Sequence[Mapping[str, Any]]


@operation(permission="finance.issue_taxinvoice")
def prepare_tax_invoices(
    *, invoice_ids: Sequence[int], kind: str = TaxInvoiceKind.SPECIAL, actor: Any, at: dt.datetime
) -> list[int]:
    """Prepare electronic invoices for posted customer invoices and credit notes; returns their keys.

    A special invoice (专票) needs the buyer's tax number; without one it becomes an ordinary one (普票).

    Raises:
        NotIssuable: an invoice is not posted, not a customer's, or has an electronic invoice already.
        TaxCodeMissing: a line has no tax classification code.
    """
    invoices = lock_many(Invoice, invoice_ids)
    taken = set(TaxInvoice.objects.filter(invoice__in=invoices).values_list("invoice", flat=True))
    made = []
    for pk in sorted(invoices):
        invoice = invoices[pk]
        if invoice.state != InvoiceState.POSTED or invoice.kind != Side.CUSTOMER or pk in taken:
            raise NotIssuable(document=invoice)
        _require_codes(invoice)
        row = TaxInvoice(invoice=invoice, kind=kind, **_buyer(invoice), **_seller())
        if not row.buyer_tax_number:
            row.kind = TaxInvoiceKind.ORDINARY
        row.save()
        made.append(row.pk)
    return made


@operation(permission="finance.issue_taxinvoice")
def mark_exported(*, tax_invoice_ids: Sequence[int], actor: Any, at: dt.datetime) -> list[int]:
    """Note that prepared (or refused) electronic invoices went to the tax platform in a file; returns all their keys.

    Raises:
        IssuedAlready: one of them has its number.
    """
    rows = lock_many(TaxInvoice, tax_invoice_ids)
    for row in rows.values():
        if row.status == TaxInvoiceStatus.ISSUED:
            raise IssuedAlready(document=row)
        _change(row, TaxInvoiceStatus.EXPORTED)
    return sorted(rows)


@operation(permission="finance.issue_taxinvoice", document=(TaxInvoice, "tax_invoice_id"))
def change_tax_invoice(
    *, tax_invoice_id: int, version: int | None = None, actor: Any, at: dt.datetime, **typed: Any
) -> TaxInvoice:
    """Correct buyer, kind or red-letter data before it is issued: fields of TaxInvoice by name.

    Raises:
        StaleVersion: somebody changed it since.
        IssuedAlready: it has its number.
    """
    row = lock(TaxInvoice, tax_invoice_id, version=version)
    if row.status == TaxInvoiceStatus.ISSUED:
        raise IssuedAlready(document=row)
    for name in CHANGEABLE & typed.keys():
        setattr(row, name, typed[name])
    _change(row, row.status)
    return row


@operation(permission="finance.issue_taxinvoice")
def record_answers(*, answers: Rows, actor: Any, at: dt.datetime) -> int:
    """Take the platform's answers: {"number", "fapiao_number", "issued_on", "answer"} by our invoice number.

    With a number it is issued, without one it was refused for the reason in "answer". Returns how many there were.

    Raises:
        InvoiceUnknown: no electronic invoice is prepared for a number.
        WrongFapiaoNumber: a number has not twenty digits, or no date beside it.
        FapiaoNumberTaken: another invoice has it.
    """
    numbers = [str(row["number"]) for row in answers]
    keys = dict(TaxInvoice.objects.filter(invoice__legal_number__in=numbers).values_list("invoice__legal_number", "pk"))
    rows = lock_many(TaxInvoice, keys.values())
    for answer in answers:
        row = rows.get(keys.get(str(answer["number"]), 0))
        if row is None:
            raise InvoiceUnknown(number=answer["number"])
        number = str(answer.get("fapiao_number") or "").strip()
        row.answer = str(answer.get("answer") or "")[:300]
        if not number:
            _change(row, TaxInvoiceStatus.REFUSED)
            continue
        if not NUMBER.match(number) or not answer.get("issued_on"):
            raise WrongFapiaoNumber(number=number)
        if TaxInvoice.objects.filter(fapiao_number=number).exclude(pk=row.pk).exists():
            raise FapiaoNumberTaken(number=number)
        if row.status == TaxInvoiceStatus.ISSUED and row.fapiao_number != number:
            raise IssuedAlready(document=row)
        row.fapiao_number, row.issued_on = number, answer["issued_on"]
        _change(row, TaxInvoiceStatus.ISSUED)
        audit.record(row.invoice, "einvoice.issued", actor=actor, at=at, number=number)
    return len(answers)


CHANGEABLE = frozenset(
    {
        "kind",
        "buyer_name",
        "buyer_tax_number",
        "buyer_address",
        "buyer_phone",
        "buyer_bank",
        "buyer_account",
        "red_confirmation",
        "red_reason",
    }
)


def _change(row: TaxInvoice, status: str) -> None:
    row.status = status
    row.version += 1
    row.save()


def _require_codes(invoice: Invoice) -> None:
    fallback = finance_settings().service_tax_code
    for line in invoice.lines.select_related("item").order_by("line_no"):
        code = line.item.tax_category_code if line.item else fallback
        if not code:
            raise TaxCodeMissing(document=invoice, line=line.item or line.description)


def _buyer(invoice: Invoice) -> dict[str, str]:
    partner = invoice.partner
    addresses = partner.addresses.filter(is_active=True)
    address = addresses.filter(kind="billing").first() or addresses.first()
    bank = partner.bank_accounts.filter(is_active=True).order_by("-is_default", "pk").first()
    return {
        "buyer_name": partner.name_zh or partner.name,
        "buyer_tax_number": partner.tax_number,
        "buyer_address": address.one_line() if address else "",
        "buyer_phone": partner.phone,
        "buyer_bank": bank.bank_name if bank else "",
        "buyer_account": bank.account_number if bank else "",
    }


def _seller() -> dict[str, str]:
    own = company()
    if own is None:
        return {"seller_name": ""}
    return {
        "seller_name": own.name_zh or own.name,
        "seller_tax_number": own.tax_number,
        "seller_address": own.address,
        "seller_phone": own.phone,
        "seller_bank": own.bank_name,
        "seller_account": own.bank_account,
    }
