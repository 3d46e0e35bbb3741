"""Taking openings back: an open item alone, or everything an opening voucher opened, by exact negatives."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from core.context import change_later
from core.documents import lock, transition
from core.errors import StaleVersion
from core.fields import ZERO
from core.locks import lock_rows
from core.operations import operation
from finance.errors import ClaimOfBill, NoOpeningItem, OpeningInUse, OpeningOfVoucher
from finance.models import Invoice, ManualEntry, Payment
from finance.selectors.bills import dishonoured_opening
from finance.services.payments.posting import take_back
from finance.services.posting import live_entry, reverse_entry
from finance.states import EntryEvent, InvoiceState, PaymentState


@dataclass(frozen=True)
class Opened:
    """What an opening voucher opened and nobody took back yet, locked: open items and advances."""

    items: list[Invoice]
    advances: list[Payment]

    @property
    def keys(self) -> tuple[set[int], set[int]]:
        """The keys of items and advances."""
        return {item.pk for item in self.items}, {advance.pk for advance in self.advances}


@operation(permission="finance.enter_openingitem", document=(Invoice, "invoice_id"))
def withdraw_opening_item(
    *, invoice_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> Invoice:
    """Take back an open item that was entered wrongly; its number may be entered again.

    Raises:
        StaleVersion: somebody changed it since.
        NoOpeningItem: it is an invoice of these books.
        ClaimOfBill: a dishonoured bill is owed by it.
        OpeningOfVoucher: a voucher opened it, and takes it back when it is reversed.
        OpeningInUse: it was paid, allocated or credited.
        InvalidTransition: it was taken back already.
        PeriodClosed, PeriodHeld: the first period takes no entry any more.
    """
    item = lock(Invoice, invoice_id, version=version)
    if not item.is_opening:
        raise NoOpeningItem(document=item)
    bill = dishonoured_opening(item)
    if bill is not None:
        raise ClaimOfBill(document=item, bill=bill)
    if item.opening_entry is not None:
        raise OpeningOfVoucher(document=item, voucher=item.opening_entry)
    _refuse_used_item(item)
    _withdraw(item, item.document_date, reason, actor=actor, at=at)
    return item


def lock_opened(entry_id: int) -> Opened:
    """Lock what an opening voucher opened; the voucher itself is locked after it."""
    items = Invoice.objects.filter(opening_entry=entry_id, state=InvoiceState.POSTED)
    advances = Payment.objects.filter(opening_entry=entry_id, state=PaymentState.POSTED)
    return Opened(lock_rows(items), lock_rows(advances))


def refuse_used(opened: Opened, entry: ManualEntry) -> None:
    """Refuse to take back what was used, or what the (locked) voucher opened after `lock_opened` had looked.

    Raises:
        OpeningInUse: one was paid, allocated or credited.
        StaleVersion: the voucher was posted meanwhile.
    """
    items = Invoice.objects.filter(opening_entry=entry, state=InvoiceState.POSTED)
    advances = Payment.objects.filter(opening_entry=entry, state=PaymentState.POSTED)
    if opened.keys != (set(items.values_list("pk", flat=True)), set(advances.values_list("pk", flat=True))):
        raise StaleVersion(document=entry)
    for item in opened.items:
        _refuse_used_item(item)
    for advance in opened.advances:
        if advance.allocated_amount:
            raise OpeningInUse(document=advance)


def withdraw(opened: Opened, date: dt.date, reason: str, *, actor: Any, at: dt.datetime) -> None:
    """Take back everything that is locked in ``opened``, dated ``date``; see `refuse_used`."""
    for item in opened.items:
        _withdraw(item, date, reason, actor=actor, at=at)
    for advance in opened.advances:
        take_back(advance, date, reason, actor=actor, at=at)


def _refuse_used_item(item: Invoice) -> None:
    if item.settled_amount or item.credit_notes.exclude(state=InvoiceState.CANCELLED).exists():
        raise OpeningInUse(document=item)


def _withdraw(item: Invoice, date: dt.date, reason: str, *, actor: Any, at: dt.datetime) -> None:
    """Reverse the entry of a locked item; nothing is due on its instalments any more."""
    transition(item, InvoiceState.REVERSED, actor=actor, at=at, reason=reason)
    parts = list(item.instalments.all())
    for part in parts:
        part.settled_amount, part.open_base_amount = part.amount, ZERO
    change_later(parts, ["settled_amount", "open_base_amount"])
    entry = live_entry(item, EntryEvent.INVOICE)
    if entry is not None:
        reverse_entry(entry=entry, date=date, description=reason, actor=actor, at=at)
