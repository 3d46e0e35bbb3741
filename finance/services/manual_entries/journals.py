"""The journal a typed entry is written in, and the accounts its lines take from it."""

from finance.errors import JournalClosed, WrongJournal
from finance.models import LedgerJournal
from finance.states import ManualEntryKind


def require_journal(journal_id: int | None, kind: str) -> LedgerJournal | None:
    """Return the journal that an entry of ``kind`` is written in (None: the standard one of its kind).

    Raises:
        JournalClosed: it is no longer active.
        WrongJournal: the program's own journals and opening balances are not chosen.
    """
    if journal_id is None:
        return None
    journal = LedgerJournal.objects.get(pk=journal_id)
    if journal.is_standard or kind == ManualEntryKind.OPENING:
        raise WrongJournal(journal=journal, field="ledger_journal")
    if not journal.is_active:
        raise JournalClosed(journal=journal, field="ledger_journal")
    return journal
