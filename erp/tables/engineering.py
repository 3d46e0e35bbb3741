"""The lists of engineering: work centres, routings."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import DateColumn, DocumentTable, QuantityColumn, StateColumn
from erp.models import EngineeringChange, Routing, WorkCenter
from erp.tables.make import LINKED
from erp.tables.stock import ItemColumn
from masterdata.tables import FlagColumn, NameColumn


class WorkCenterTable(DocumentTable):
    """Work centres."""

    code = tables.Column(**LINKED)
    name = NameColumn(accessor="label", order_by="name", verbose_name=_("Name"))
    department = tables.Column()
    hours_per_day = QuantityColumn()
    machines = QuantityColumn()
    efficiency_percent = QuantityColumn()
    is_finite = FlagColumn()

    class Meta(DocumentTable.Meta):
        model = WorkCenter
        fields: tuple[str, ...] = ()


class RoutingTable(DocumentTable):
    """Routings."""

    number = tables.Column(**LINKED)
    item = ItemColumn()
    revision = tables.Column()
    valid_from = DateColumn()
    valid_to = DateColumn()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = Routing
        fields: tuple[str, ...] = ()


class EngineeringChangeTable(DocumentTable):
    """Engineering changes."""

    number = tables.Column(**LINKED)
    title = tables.Column()
    reason_code = tables.Column(accessor="get_reason_code_display", order_by="reason_code", verbose_name=_("Reason"))
    effective_date = DateColumn()
    released_on = DateColumn()
    owner = tables.Column()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = EngineeringChange
        fields: tuple[str, ...] = ()
