"""Tables of journal entries, ledgers and the trial balance."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.tables import AmountColumn, DateColumn, DocumentTable
from finance.models import JournalEntry, JournalLine
from finance.tables.columns import positive


class EntryTable(DocumentTable):
    number = tables.Column(accessor="pk", verbose_name=_("entry"), linkify=lambda record: record.get_absolute_url())
    entry_date = DateColumn()
    source_number = tables.Column(verbose_name=_("source document"))
    total = AmountColumn(verbose_name=_("amount"))

    class Meta(DocumentTable.Meta):
        model = JournalEntry
        fields = ("number", "entry_date", "event", "source_number", "description", "total", "actor")

    def render_number(self, record: JournalEntry) -> str:
        return str(record)


class LedgerTable(DocumentTable):
    entry = tables.Column(verbose_name=_("entry"), linkify=lambda record: record.entry.get_absolute_url())
    entry_date = DateColumn(accessor="entry__entry_date", verbose_name=_("date"), orderable=False)
    source = tables.Column(accessor="entry__source_number", verbose_name=_("source document"), orderable=False)
    description = tables.Column(accessor="entry__description", verbose_name=_("description"), orderable=False)
    debit = AmountColumn(empty_values=(), verbose_name=_("debit"), orderable=False)
    credit = AmountColumn(empty_values=(), verbose_name=_("credit"), orderable=False)
    partner = tables.Column(verbose_name=_("partner"), orderable=False)
    item = tables.Column(verbose_name=_("item"), orderable=False)
    running = AmountColumn(verbose_name=pgettext_lazy("account", "balance"), orderable=False)

    class Meta(DocumentTable.Meta):
        model = JournalLine
        fields = ("entry_date", "entry", "source", "description", "partner", "item", "debit", "credit", "running")
        orderable = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("row_attrs", {"data-href": lambda record: record.entry.get_absolute_url()})
        super().__init__(*args, **kwargs)

    def render_debit(self, record: JournalLine) -> str:
        return positive(record.amount)

    def render_credit(self, record: JournalLine) -> str:
        return positive(-record.amount)

    def value_debit(self, record: JournalLine) -> Any:
        return record.amount if record.amount > 0 else None

    def value_credit(self, record: JournalLine) -> Any:
        return -record.amount if record.amount < 0 else None


class TrialBalanceTable(tables.Table):
    """The trial balance for export."""

    code = tables.Column(accessor="account__code", verbose_name=_("code"))
    name = tables.Column(accessor="account__label", verbose_name=_("account"))
    opening = AmountColumn(verbose_name=_("opening"))
    debit = AmountColumn(verbose_name=_("debit"))
    credit = AmountColumn(verbose_name=_("credit"))
    closing = AmountColumn(verbose_name=_("closing"))


class DimensionTable(tables.Table):
    """Balances by account and dimension for export."""

    code = tables.Column(accessor="account__code", verbose_name=_("code"))
    name = tables.Column(accessor="account__label", verbose_name=_("account"))
    named = tables.Column(verbose_name=_("dimension"))
    opening = AmountColumn(verbose_name=_("opening"))
    debit = AmountColumn(verbose_name=_("debit"))
    credit = AmountColumn(verbose_name=_("credit"))
    closing = AmountColumn(verbose_name=_("closing"))


class MonthTable(tables.Table):
    """One account month by month for export."""

    period = tables.Column(verbose_name=_("period"))
    debit = AmountColumn(verbose_name=_("debit"))
    credit = AmountColumn(verbose_name=_("credit"))
    closing = AmountColumn(verbose_name=pgettext_lazy("account", "balance"))
