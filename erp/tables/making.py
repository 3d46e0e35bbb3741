"""The lists of picking for production and operations."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import DateColumn, DocumentTable, StateColumn
from erp.models import MergedPick
from erp.tables.stock import LINKED


class MergedPickTable(DocumentTable):
    """Merged picks."""

    number = tables.Column(**LINKED)
    document_date = DateColumn()
    warehouse = tables.Column()
    split_rule = tables.Column(accessor="get_split_rule_display", order_by="split_rule", verbose_name=_("Too little"))
    state = StateColumn()
    posting_date = DateColumn()
    owner = tables.Column()
    note = tables.Column()

    class Meta(DocumentTable.Meta):
        model = MergedPick
        fields: tuple[str, ...] = ()
