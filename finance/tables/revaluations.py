"""Tables of currency revaluations."""

from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, StateColumn
from finance.models import Revaluation
from finance.tables.columns import link_column


class RevaluationTable(DocumentTable):
    number = link_column(_("number"))
    state = StateColumn()
    document_date = DateColumn()
    difference = AmountColumn()

    class Meta(DocumentTable.Meta):
        model = Revaluation
        fields = ("number", "document_date", "difference", "owner", "state")
