"""Tables of budgets."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DocumentTable, StateColumn
from finance.models import Budget


class BudgetTable(DocumentTable):
    code = tables.Column(verbose_name=_("code"), linkify=lambda record: record.get_absolute_url())
    state = StateColumn()
    total = AmountColumn(verbose_name=_("amount"), orderable=False)

    class Meta(DocumentTable.Meta):
        model = Budget
        fields = ("code", "name", "year", "number", "state", "responsible", "total")


class BudgetRowTable(tables.Table):
    """A budget against actual and committed, for export."""

    account = tables.Column(accessor="line__account", verbose_name=_("account"))
    department = tables.Column(accessor="line__department", verbose_name=_("department"))
    project = tables.Column(accessor="line__project", verbose_name=_("project"))
    month = tables.Column(accessor="line__month", verbose_name=_("month"))
    amount = AmountColumn(accessor="line__amount", verbose_name=_("budget"))
    requisitions = AmountColumn(accessor="consumption__requisitions", verbose_name=_("requested"))
    orders = AmountColumn(accessor="consumption__orders", verbose_name=_("ordered"))
    receipts = AmountColumn(accessor="consumption__receipts", verbose_name=_("received"))
    used = AmountColumn(accessor="consumption__used", verbose_name=_("used"))
    left = AmountColumn(verbose_name=_("left"))
    percent = AmountColumn(verbose_name=_("used in percent"))
