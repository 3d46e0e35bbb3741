"""The journals of the general ledger: which there are, which may be chosen, which have entries."""

from django.db.models import QuerySet

from finance.models import EntryTemplate, JournalEntry, LedgerJournal, ManualEntry


def all_journals() -> QuerySet[LedgerJournal]:
    """Return every journal with its default accounts, the program's own first."""
    found = LedgerJournal.objects.select_related("debit_account", "credit_account")
    return found.order_by("-is_standard", "code")


def typed_journals() -> QuerySet[LedgerJournal]:
    """Return the journals that a typed entry may be written in besides the standard one."""
    return LedgerJournal.objects.filter(is_standard=False, is_active=True).order_by("code")


def book_of(entry: JournalEntry) -> LedgerJournal:
    """Return the journal an entry is written in: the added one it names, else the program's own of its kind."""
    return entry.ledger_journal or LedgerJournal.objects.get(is_standard=True, kind=entry.journal)


def entries_in(journal: LedgerJournal) -> QuerySet[JournalEntry]:
    """Return the entries written in a journal."""
    if journal.is_standard:
        return JournalEntry.objects.filter(journal=journal.kind, ledger_journal__isnull=True)
    return JournalEntry.objects.filter(ledger_journal=journal)


def is_used(journal: LedgerJournal) -> bool:
    """Return whether entries, drafts or templates stand in a journal."""
    typed = (model.objects.filter(ledger_journal=journal) for model in (ManualEntry, EntryTemplate))
    return entries_in(journal).exists() or any(rows.exists() for rows in typed)
