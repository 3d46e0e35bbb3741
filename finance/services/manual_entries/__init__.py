"""Entries that people type: drafted, posted, reversed; opening balances; made from templates on a schedule."""

from finance.services.manual_entries.drafts import cancel_manual_entry, create_manual_entry, update_manual_entry
from finance.services.manual_entries.posting import (
    book_due_reversal,
    post_manual_entry,
    record_manual_entry,
    reverse_manual_entry,
)
from finance.services.manual_entries.scheduled import entry_from_template, run_template
from finance.services.manual_entries.templates import save_template

__all__ = [
    "book_due_reversal",
    "cancel_manual_entry",
    "create_manual_entry",
    "entry_from_template",
    "post_manual_entry",
    "record_manual_entry",
    "reverse_manual_entry",
    "run_template",
    "save_template",
    "update_manual_entry",
]
