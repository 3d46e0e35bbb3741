"""The lists of the value of stock."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, PriceColumn, QuantityColumn
from erp.models import AverageRun, CostLayer


class CostLayerTable(DocumentTable):
    """What is left of the receipts of one item, oldest first."""

    received_on = DateColumn()
    source = tables.Column(accessor="move__source_number", verbose_name=_("Document"), orderable=False)
    kind = tables.Column(accessor="move__get_kind_display", verbose_name=_("Kind"), orderable=False)
    lot = tables.Column(accessor="move__lot", verbose_name=_("Lot or serial number"), orderable=False)
    quantity = QuantityColumn(verbose_name=_("Received"))
    worth = AmountColumn(verbose_name=_("Came in at"))
    unit_cost = PriceColumn(verbose_name=_("Per unit"), orderable=False)
    remaining_quantity = QuantityColumn()
    present_value = AmountColumn(verbose_name=_("Value of what is left"), orderable=False)

    class Meta(DocumentTable.Meta):
        model = CostLayer
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: reverse("erp:cost-layer", args=[record.pk])}


class AverageRunTable(DocumentTable):
    """Runs of the month-end average, newest month first."""

    month = tables.DateColumn(format="Y-m", linkify=True)
    created_at = tables.DateTimeColumn()
    actor = tables.Column()
    items = QuantityColumn(verbose_name=_("Items"))
    booked = AmountColumn(verbose_name=_("Issued at"))
    final = AmountColumn(verbose_name=_("Issued at average"))
    difference = AmountColumn(verbose_name=_("Difference"))

    class Meta(DocumentTable.Meta):
        model = AverageRun
        fields: tuple[str, ...] = ()
