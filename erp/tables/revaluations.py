"""The list of stock revaluations."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, StateColumn
from erp.models import StockRevaluation


class StockRevaluationTable(DocumentTable):
    """Decisions about the cost of stock."""

    number = tables.Column(verbose_name=_("Number"), linkify=True)
    state = StateColumn()
    document_date = DateColumn()
    difference = AmountColumn()

    class Meta(DocumentTable.Meta):
        model = StockRevaluation
        fields = ("number", "document_date", "reason", "owner", "state", "difference")
