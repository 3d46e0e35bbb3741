"""Tables of vouchers, typed entries and templates."""

from typing import Any

import django_tables2 as tables
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, StateColumn
from finance.models import EntryTemplate, ManualEntry, Voucher
from finance.tables.columns import link_column

CHOOSE_ALL = lazy(
    lambda: format_html(
        '<input type="checkbox" class="form-check-input" data-select-all aria-label="{}">', _("Choose all rows")
    ),
    str,
)


class VoucherTable(DocumentTable):
    choose = tables.Column(accessor="pk", verbose_name=CHOOSE_ALL(), orderable=False, exclude_from_export=True)
    number = tables.Column(
        empty_values=(),
        verbose_name=_("voucher"),
        order_by=("series", "period", "number"),
        linkify=lambda record: record.get_absolute_url(),
    )
    voucher_date = DateColumn()
    total = AmountColumn()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = Voucher
        fields = (
            "choose",
            "number",
            "voucher_date",
            "period",
            "description",
            "total",
            "attachment_count",
            "prepared_by",
            "reviewed_by",
            "posted_by",
            "state",
        )

    def render_choose(self, value: Any, record: Voucher) -> str:
        return format_html(
            '<input type="checkbox" class="form-check-input" data-row-select value="{}" aria-label="{}">', value, record
        )

    def render_number(self, record: Voucher) -> str:
        return str(record)

    def value_number(self, record: Voucher) -> str:
        return str(record)


class ManualEntryTable(DocumentTable):
    number = link_column(_("number"))
    document_date = DateColumn()
    reversal_date = DateColumn()
    total = AmountColumn(verbose_name=_("amount"), orderable=False)
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = ManualEntry
        fields = ("number", "document_date", "kind", "description", "total", "reversal_date", "template", "state")


class EntryTemplateTable(DocumentTable):
    code = link_column(_("code"))
    label = tables.Column(verbose_name=_("name"), orderable=False)
    next_date = DateColumn()
    until = DateColumn()

    class Meta(DocumentTable.Meta):
        model = EntryTemplate
        fields = (
            "code",
            "label",
            "description",
            "schedule",
            "next_date",
            "until",
            "is_posted",
            "reverses_next_period",
            "is_active",
        )
