"""Write-offs: bad debts given up and receipts nobody will invoice; undone when it comes after all."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.approvals.services import require_approval
from core.clock import business_date, company
from core.documents import lock, next_number, transition
from core.fields import ZERO
from core.locks import lock_many
from core.operations import operation
from finance.errors import AboveTolerance, NothingToWriteOff, OneOfAnother, OverAllocated, ReasonMissing
from finance.models import GrniLine, Invoice, JournalEntry, WriteOff, WriteOffLine
from finance.selectors.accounts import AccountBook, account_book
from finance.selectors.settings import finance_settings
from finance.services.payments.control import control_lines
from finance.services.payments.settling import Moment, base_share, release, still_open, take
from finance.services.posting import Line, merged, post_entry, reverse_entry
from finance.states import AccountRole, EntryEvent, InvoiceState, Side, WriteOffKind, WriteOffState
from masterdata.models import Partner
from scm.models import PurchaseOrder

Rows = Sequence[Mapping[str, Any]]


@operation(permission="finance.add_writeoff")
def create_write_off(
    *,
    kind: str,
    partner_id: int,
    lines: Rows,
    reason_text: str,
    document_date: dt.date | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> WriteOff:
    """Draft a write-off: rows of {"invoice_id", "amount"} (bad debt; without amount all that is open) or {"grni_id"}.

    Raises:
        ReasonMissing: no reason is given.
        NothingToWriteOff: no rows, or nothing is open on one.
        OneOfAnother: a row belongs to another partner, or is no customer's invoice.
        OverAllocated: more than is open on an invoice.
    """
    if not reason_text.strip():
        raise ReasonMissing(field="reason_text")
    write_off = WriteOff(
        number=next_number(WriteOff, at),
        kind=WriteOffKind(kind),
        partner=Partner.objects.get(pk=partner_id),
        reason=reason_text.strip(),
        document_date=document_date or business_date(at),
        note=note,
        owner=actor if getattr(actor, "pk", None) else None,
        created_at=at,
    )
    made = _invoice_lines(write_off, lines) if kind == WriteOffKind.BAD_DEBT else _receipt_lines(write_off, lines)
    if not made:
        raise NothingToWriteOff()
    write_off.amount = sum((line.base_amount for line in made), ZERO)
    write_off.save()
    WriteOffLine.objects.bulk_create(made)
    return write_off


@operation(permission="finance.post_writeoff", document=(WriteOff, "write_off_id"))
def post_write_off(*, write_off_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> WriteOff:
    """Give up what the draft names: against the provision, or as a gain for receipts never invoiced.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is posted, undone or cancelled.
        AboveTolerance: bad debts, and receipts above the tolerance, are posted by another person than their author.
        ApprovalRequired, ApprovalPending: a policy asks for approval.
        OverAllocated, NothingToWriteOff: less is open than when it was drafted.
        PeriodClosed, NoFiscalPeriod: its date takes no entry.
    """
    planned = list(WriteOffLine.objects.filter(write_off=write_off_id).select_related("grni"))
    lock_many(PurchaseOrder, {line.grni.purchase_order_id for line in planned if line.grni})
    invoices = lock_many(Invoice, {line.invoice_id for line in planned if line.invoice_id})
    write_off = lock(WriteOff, write_off_id, version=version)
    transition(write_off, WriteOffState.POSTED, actor=actor, at=at)
    _require_second_person(write_off, planned, actor)
    require_approval(document=write_off, actor=actor)
    book = account_book({line.grni.item_id for line in planned if line.grni and line.grni.item_id})
    moment = Moment(write_off.document_date, actor, at)
    if write_off.kind == WriteOffKind.BAD_DEBT:
        lines = [one for line in planned for one in _give_up_invoice(write_off, line, invoices, book, moment)]
    else:
        lines = [one for line in planned for one in _give_up_receipt(line, book)]
    WriteOffLine.objects.bulk_update(planned, ["quantity", "base_amount"])
    write_off.amount = sum((line.base_amount for line in planned), ZERO)
    write_off.save(update_fields=["amount"])
    post_entry(
        source=write_off,
        event=EntryEvent.WRITTEN_OFF,
        lines=merged(lines),
        date=write_off.document_date,
        description=f"{write_off.partner}: {write_off.reason}",
        book=book,
        actor=actor,
        at=at,
    )
    return write_off


@operation(permission="finance.reverse_writeoff", document=(WriteOff, "write_off_id"))
def reverse_write_off(
    *, write_off_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> WriteOff:
    """Undo a write-off, dated today: the customer pays after all (坏账收回), or the supplier's invoice came.

    The invoices and receipts are open again; the money is then entered as any payment.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is not posted.
        PeriodClosed, NoFiscalPeriod: today takes no entry.
    """
    planned = list(WriteOffLine.objects.filter(write_off=write_off_id).select_related("grni"))
    lock_many(PurchaseOrder, {line.grni.purchase_order_id for line in planned if line.grni})
    invoices = lock_many(Invoice, {line.invoice_id for line in planned if line.invoice_id})
    write_off = lock(WriteOff, write_off_id, version=version)
    transition(write_off, WriteOffState.REVERSED, actor=actor, at=at, reason=reason)
    moment = Moment(business_date(at), actor, at)
    for allocation in write_off.allocations.filter(reverses__isnull=True, reversal__isnull=True).order_by("pk"):
        allocation.invoice = invoices[allocation.invoice_id]
        release(allocation, moment=moment)
    rows = [line.grni for line in planned if line.grni]
    for line in planned:
        if line.grni:
            line.grni.written_off_quantity -= line.quantity
            line.grni.written_off_amount -= line.base_amount
    if rows:
        GrniLine.objects.bulk_update(rows, ["written_off_quantity", "written_off_amount"])
    for entry in JournalEntry.objects.filter(
        source_label="finance.writeoff", source_id=write_off.pk, reverses__isnull=True, reversal__isnull=True
    ):
        reverse_entry(entry=entry, date=moment.date, description=reason, actor=actor, at=at)
    return write_off


@operation(permission="finance.cancel_writeoff", document=(WriteOff, "write_off_id"))
def cancel_write_off(*, write_off_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> WriteOff:
    """Cancel a draft.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is posted, undone or cancelled.
    """
    write_off = lock(WriteOff, write_off_id, version=version)
    transition(write_off, WriteOffState.CANCELLED, actor=actor, at=at)
    return write_off


def _invoice_lines(write_off: WriteOff, rows: Rows) -> list[WriteOffLine]:
    invoices = Invoice.objects.in_bulk([int(row["invoice_id"]) for row in rows])
    decimals = account_book().decimals
    made = []
    for row in rows:
        invoice = invoices.get(int(row["invoice_id"]))
        fits = invoice is not None and (invoice.partner_id, invoice.kind, invoice.state, invoice.is_credit) == (
            write_off.partner_id,
            Side.CUSTOMER,
            InvoiceState.POSTED,
            False,
        )
        if invoice is None or not fits:
            raise OneOfAnother(document=invoice or row["invoice_id"], partner=write_off.partner)
        amount = Decimal(row.get("amount") or invoice.open_amount)
        if not 0 < amount <= invoice.open_amount:
            raise OverAllocated(document=invoice, open=invoice.open_amount, amount=amount)
        base = base_share(invoice, amount, decimals)
        made.append(WriteOffLine(write_off=write_off, invoice=invoice, amount=amount, base_amount=base))
    return made


def _receipt_lines(write_off: WriteOff, rows: Rows) -> list[WriteOffLine]:
    found = GrniLine.objects.in_bulk([int(row["grni_id"]) for row in rows])
    made = []
    for row in rows:
        line = found.get(int(row["grni_id"]))
        if line is None or line.partner_id != write_off.partner_id:
            raise OneOfAnother(document=line or row["grni_id"], partner=write_off.partner)
        if not line.open_quantity and not line.open_amount:
            raise NothingToWriteOff()
        made.append(
            WriteOffLine(
                write_off=write_off,
                grni=line,
                quantity=line.open_quantity,
                amount=line.open_amount,
                base_amount=line.open_amount,
            )
        )
    return made


def _require_second_person(write_off: WriteOff, lines: Sequence[WriteOffLine], actor: Any) -> None:
    own = company()
    if actor is None or actor.pk != write_off.owner_id or (own and own.allow_self_approval):
        return
    tolerance = finance_settings().grni_tolerance
    if write_off.kind == WriteOffKind.GRNI and all(abs(line.base_amount) <= tolerance for line in lines):
        return
    raise AboveTolerance(document=write_off)


def _give_up_invoice(
    write_off: WriteOff, line: WriteOffLine, invoices: Mapping[int, Invoice], book: AccountBook, moment: Moment
) -> list[Line]:
    invoice = invoices[line.invoice_id or 0]
    if invoice.state != InvoiceState.POSTED:
        raise NothingToWriteOff()
    if not 0 < line.amount <= still_open(invoice):
        raise OverAllocated(document=invoice, open=still_open(invoice), amount=line.amount)
    line.base_amount = base_share(invoice, line.amount, book.decimals)
    take(invoice, line.amount, line.base_amount)
    moment.allocation(invoice=invoice, write_off=write_off, amount=line.amount, base_amount=line.base_amount).save(
        force_insert=True
    )
    provision = Line(
        account_id=book.account(AccountRole.PROVISION), amount=line.base_amount, partner_id=invoice.partner_id
    )
    return [*control_lines(invoice, book, line.amount, line.base_amount), provision]


def _give_up_receipt(line: WriteOffLine, book: AccountBook) -> list[Line]:
    row = GrniLine.objects.get(pk=line.grni_id)
    if not row.open_quantity and not row.open_amount:
        raise NothingToWriteOff()
    line.quantity, line.base_amount = row.open_quantity, row.open_amount
    row.written_off_quantity += row.open_quantity
    row.written_off_amount += line.base_amount
    row.save(update_fields=["written_off_quantity", "written_off_amount"])
    return [
        Line(
            account_id=book.account(AccountRole.GRNI, row.item_id), amount=line.base_amount, partner_id=row.partner_id
        ),
        Line(
            account_id=book.account(AccountRole.GRNI_CLEARED, row.item_id),
            amount=-line.base_amount,
            item_id=row.item_id,
        ),
    ]
