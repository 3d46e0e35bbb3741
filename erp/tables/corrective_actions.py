"""The list of corrective actions."""

import django_tables2 as tables

from core.tables import DateColumn, DocumentTable, StateColumn
from erp.models import CorrectiveAction
from erp.tables.stock import LINKED, ItemColumn


class CorrectiveActionTable(DocumentTable):
    """Corrective actions."""

    ON_WISH = ("closed_on", "defect")

    number = tables.Column(**LINKED)
    document_date = DateColumn()
    title = tables.Column()
    item = ItemColumn()
    partner = tables.Column()
    defect = tables.Column()
    responsible = tables.Column()
    due_date = DateColumn()
    state = StateColumn()
    closed_on = DateColumn()

    class Meta(DocumentTable.Meta):
        model = CorrectiveAction
        fields: tuple[str, ...] = ()
