"""The lists of inspections, inspection plans and defect codes."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.tables import DateColumn, DocumentTable, QuantityColumn, StateColumn
from erp.models import DefectCode, Inspection, InspectionPlan
from erp.tables.stock import LINKED, ItemColumn, UnitColumn

NUM: dict[str, Any] = {"th": {"class": "num"}, "td": {"class": "num"}}
COLOURS = {"passed": "green", "failed": "red"}


class VerdictColumn(tables.Column):
    """Conforming or not, as a badge."""

    def render(self, record: Any) -> str:
        return format_html(
            '<span class="badge state-badge" data-colour="{}">{}</span>',
            COLOURS[record.verdict],
            record.get_verdict_display(),
        )

    def value(self, record: Any) -> str:
        return str(record.get_verdict_display())


class InspectionTable(DocumentTable):
    """Inspections."""

    ON_WISH = ("sample_size", "defective", "inspector")

    number = tables.Column(**LINKED)
    document_date = DateColumn()
    kind = tables.Column(accessor="get_kind_display", verbose_name=_("Kind"), order_by="kind")
    item = ItemColumn()
    quantity = QuantityColumn()
    unit = UnitColumn()
    source_number = tables.Column(verbose_name=_("Source"))
    partner = tables.Column()
    sample_size = tables.Column(attrs=NUM)
    defective = tables.Column(attrs=NUM)
    verdict = VerdictColumn()
    state = StateColumn()
    inspector = tables.Column()

    class Meta(DocumentTable.Meta):
        model = Inspection
        fields: tuple[str, ...] = ()


class InspectionPlanTable(DocumentTable):
    """Inspection plans."""

    number = tables.Column(**LINKED)
    kind = tables.Column(accessor="get_kind_display", verbose_name=_("Kind"), order_by="kind")
    subject = tables.Column(verbose_name=_("For"), orderable=False)
    operation_no = tables.Column(attrs=NUM)
    sampling = tables.Column(accessor="get_sampling_display", verbose_name=_("Sampling"), order_by="sampling")
    revision = tables.Column(attrs=NUM)
    valid_from = DateColumn()
    valid_to = DateColumn()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = InspectionPlan
        fields: tuple[str, ...] = ()


class DefectCodeTable(DocumentTable):
    """The catalogue of defects."""

    code = tables.Column(**LINKED)
    name = tables.Column()
    name_zh = tables.Column()
    severity = tables.Column(accessor="get_severity_display", verbose_name=_("Severity"), order_by="severity")
    is_active = tables.BooleanColumn()

    class Meta(DocumentTable.Meta):
        model = DefectCode
        fields: tuple[str, ...] = ()
