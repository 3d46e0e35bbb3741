"""Tables of invoices, their instalments and their age."""

from typing import Any

import django_tables2 as tables
from django.db.models import Q, Sum
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.tables import AmountColumn, DateColumn, DocumentTable, StateColumn
from core.templatetags.figures import amount
from finance.models import Invoice, InvoiceInstalment
from finance.selectors.ageing import BUCKETS
from finance.states import InvoiceState

NUM: dict[str, Any] = {"th": {"class": "num"}, "td": {"class": "num"}}


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
    """Invoices and credit notes. Cancelled drafts count for nothing, and only what is posted is open."""

    TOTALS = ("net_amount", "gross_amount", "open_amount")
    TOTALS_APART = ("kind", "currency__code")

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

    def sum_of(self, name: str) -> Sum:
        counted = Q(state=InvoiceState.POSTED) if name == "open_amount" else ~Q(state=InvoiceState.CANCELLED)
        return Sum(name, filter=counted)

    def render_open_amount(self, record: Invoice, value: Any) -> str:
        return amount(value) if record.state == InvoiceState.POSTED else ""

    def value_open_amount(self, record: Invoice, value: Any) -> Any:
        return value if record.state == InvoiceState.POSTED else ""


class InstalmentTable(DocumentTable):
    TOTALS = ("open_amount",)
    TOTALS_APART = ("invoice__currency__code",)

    invoice = tables.Column(verbose_name=_("invoice"), linkify=lambda record: record.invoice.get_absolute_url())
    partner = tables.Column(verbose_name=_("partner"))
    document_date = DateColumn(accessor="invoice__document_date", verbose_name=_("invoice date"))
    due_date = DateColumn()
    days = tables.Column(empty_values=(), orderable=False, verbose_name=_("days overdue"), attrs=NUM)
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
