"""Table of recurring payments."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable
from finance.models import RecurringCash


class RecurringCashTable(DocumentTable):
    name = tables.Column(verbose_name=_("name"), linkify=lambda record: record.get_absolute_url())
    amount = AmountColumn()
    first_date = DateColumn()
    last_date = DateColumn()

    class Meta(DocumentTable.Meta):
        model = RecurringCash
        fields = ("name", "bank_account", "direction", "amount", "step", "first_date", "last_date", "is_active")
