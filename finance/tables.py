"""Tables of the app's lists."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.tables import AmountColumn, DateColumn, DocumentTable, StateColumn
from core.templatetags.figures import amount
from finance.models import BankAccount, Invoice, InvoiceInstalment, JournalEntry, JournalLine, Payment
from finance.selectors.ageing import BUCKETS


def link_column(label: Any) -> tables.Column:
    """The first column: the number, also a link for keyboards and screens without script."""
    return tables.Column(verbose_name=label, linkify=lambda record: record.get_absolute_url())


class NumberColumn(tables.Column):
    """What an invoice is called: its legal number when it has one, marked as credit note."""

    def render(self, record: Any) -> str:
        mark = _("credit note")
        if record.is_credit:
            return format_html(
                '<a href="{}">{}</a> <span class="badge badge-tone-red">{}</span>',
                record.get_absolute_url(),
                record,
                mark,
            )
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record)

    def value(self, record: Any) -> str:
        return str(record)


class InvoiceTable(DocumentTable):
    number = NumberColumn(verbose_name=_("number"), order_by=("legal_number", "number"))
    state = StateColumn()
    document_date = DateColumn()
    due_date = DateColumn()
    net_amount = AmountColumn()
    gross_amount = AmountColumn()
    open_amount = AmountColumn(verbose_name=_("open"))

    class Meta(DocumentTable.Meta):
        model = Invoice
        fields = (
            "number",
            "kind",
            "document_date",
            "partner",
            "supplier_reference",
            "due_date",
            "currency",
            "net_amount",
            "gross_amount",
            "open_amount",
            "state",
        )


class PaymentTable(DocumentTable):
    number = link_column(_("number"))
    state = StateColumn()
    document_date = DateColumn()
    amount = AmountColumn()
    open_amount = AmountColumn(verbose_name=_("not allocated"))

    class Meta(DocumentTable.Meta):
        model = Payment
        fields = (
            "number",
            "document_date",
            "direction",
            "kind",
            "partner",
            "bank_account",
            "reference",
            "currency",
            "amount",
            "open_amount",
            "state",
        )


class InstalmentTable(DocumentTable):
    invoice = tables.Column(verbose_name=_("invoice"), linkify=lambda record: record.invoice.get_absolute_url())
    partner = tables.Column(accessor="invoice__partner", verbose_name=_("partner"))
    document_date = DateColumn(accessor="invoice__document_date", verbose_name=_("invoice date"))
    due_date = DateColumn()
    days = tables.Column(empty_values=(), orderable=False, verbose_name=_("days overdue"))
    currency = tables.Column(accessor="invoice__currency", verbose_name=_("currency"))
    amount = AmountColumn()
    open_amount = AmountColumn(verbose_name=_("open"))

    class Meta(DocumentTable.Meta):
        model = InvoiceInstalment
        fields = ("invoice", "partner", "document_date", "due_date", "days", "currency", "amount", "open_amount")
        row_attrs = {"data-href": lambda record: record.invoice.get_absolute_url()}

    def __init__(self, *args: Any, as_of: Any = None, **kwargs: Any) -> None:
        self.as_of = as_of or today()
        kwargs.setdefault("row_attrs", {"data-href": lambda record: record.invoice.get_absolute_url()})
        super().__init__(*args, **kwargs)

    def render_days(self, record: InvoiceInstalment) -> str:
        days = (self.as_of - record.due_date).days
        return str(days) if days > 0 else ""


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
    running = AmountColumn(verbose_name=_("balance"), orderable=False)

    class Meta(DocumentTable.Meta):
        model = JournalLine
        fields = ("entry_date", "entry", "source", "description", "partner", "item", "debit", "credit", "running")
        orderable = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("row_attrs", {"data-href": lambda record: record.entry.get_absolute_url()})
        super().__init__(*args, **kwargs)

    def render_debit(self, record: JournalLine) -> str:
        return _figure(record.amount)

    def render_credit(self, record: JournalLine) -> str:
        return _figure(-record.amount)

    def value_debit(self, record: JournalLine) -> Any:
        return record.amount if record.amount > 0 else None

    def value_credit(self, record: JournalLine) -> Any:
        return -record.amount if record.amount < 0 else None


class BankAccountTable(DocumentTable):
    code = tables.Column(verbose_name=_("code"))
    label = tables.Column(verbose_name=_("name"), orderable=False)
    balance = AmountColumn(verbose_name=_("balance in base currency"), orderable=False)

    class Meta(DocumentTable.Meta):
        model = BankAccount
        fields = ("code", "label", "currency", "account", "bank_name", "account_number", "balance", "is_active")


def _figure(value: Any) -> str:
    return amount(value) if value > 0 else ""


class TrialBalanceTable(tables.Table):
    """The trial balance for export."""

    code = tables.Column(accessor="account__code", verbose_name=_("code"))
    name = tables.Column(accessor="account__label", verbose_name=_("account"))
    opening = AmountColumn(verbose_name=_("opening"))
    debit = AmountColumn(verbose_name=_("debit"))
    credit = AmountColumn(verbose_name=_("credit"))
    closing = AmountColumn(verbose_name=_("closing"))


class AgeingTable(tables.Table):
    """The ageing for export."""

    partner = tables.Column(verbose_name=_("partner"))
    total = AmountColumn(verbose_name=_("open"))
    advances = AmountColumn(verbose_name=_("not allocated"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        columns = [(code, AmountColumn(accessor=f"buckets__{code}", verbose_name=label)) for code, label, *_ in BUCKETS]
        super().__init__(
            *args, extra_columns=columns, sequence=("partner", *dict(columns), "total", "advances"), **kwargs
        )
