"""Tables of dunning."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, StateColumn
from finance.models import DunningLetter, DunningLevel
from finance.tables.columns import link_column


class LetterTable(DocumentTable):
    number = link_column(_("number"))
    state = StateColumn()
    document_date = DateColumn()
    pay_until = DateColumn()
    amount = AmountColumn()

    class Meta(DocumentTable.Meta):
        model = DunningLetter
        fields = ("number", "document_date", "partner", "level", "pay_until", "amount", "owner", "state")


class LevelTable(DocumentTable):
    level = link_column(_("level"))

    class Meta(DocumentTable.Meta):
        model = DunningLevel
        fields = ("level", "days_overdue", "title", "title_zh")


class DueLetterTable(tables.Table):
    """Overdue customers, for export."""

    partner = tables.Column(verbose_name=_("customer"))
    overdue = AmountColumn(verbose_name=_("overdue in base currency"))
    items = tables.Column(verbose_name=_("items"))
    days = tables.Column(verbose_name=_("days overdue"))
    last_level = tables.Column(verbose_name=_("last level"))
    last_date = DateColumn(verbose_name=_("last letter"))
    level = tables.Column(verbose_name=_("next level"))
