"""The list of plans of capacity."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.tables import DocumentTable, StateColumn
from erp.models import SchedulePlan
from erp.tables.stock import LINKED
from erp.tables.stock_reports import NUM


class SchedulePlanTable(DocumentTable):
    """What-if plans of capacity."""

    number = tables.Column(**LINKED)
    planned_at = tables.DateTimeColumn(format="Y-m-d H:i")
    direction = tables.Column(
        accessor="get_direction_display", verbose_name=pgettext_lazy("schedule", "Direction"), order_by="direction"
    )
    rule = tables.Column(accessor="get_rule_display", verbose_name=_("Order of work"), order_by="rule")
    operations = tables.Column(verbose_name=_("Operations"), attrs=NUM)
    unplaced = tables.Column(attrs=NUM)
    owner = tables.Column()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = SchedulePlan
        fields: tuple[str, ...] = ()
