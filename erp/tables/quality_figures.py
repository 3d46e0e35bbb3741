"""The tables under the pictures of quality."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.tables import DateColumn, DocumentTable, QuantityColumn, RoundedColumn

NUM: dict[str, Any] = {"th": {"class": "num"}, "td": {"class": "num"}}


def listed(**query: Any) -> str:
    """Return the list of inspections behind a figure."""
    return f"{reverse('erp:inspection-list')}?{urlencode(query)}"


class DefectTable(DocumentTable):
    """Kinds of defects, the most frequent first."""

    code = tables.Column(accessor="code__code", verbose_name=_("Code"))
    name = tables.Column(accessor="code__label", verbose_name=_("Defect"), orderable=False)
    severity = tables.Column(accessor="code__get_severity_display", verbose_name=_("Severity"), orderable=False)
    pieces = tables.Column(verbose_name=_("Pieces"), attrs=NUM)
    inspections = tables.Column(verbose_name=_("Inspections"), attrs=NUM)
    share = RoundedColumn(verbose_name=_("Share %"))
    cumulative = RoundedColumn(verbose_name=_("Cumulative %"))

    class Meta(DocumentTable.Meta):
        row_attrs: dict[str, Any] = {"data-href": lambda record: listed(defect=record.code.pk)}


class PassRateTable(DocumentTable):
    """How much passes, by group."""

    group = tables.Column(verbose_name=_("Group"))
    inspections = tables.Column(verbose_name=_("Inspections"), attrs=NUM)
    passed = tables.Column(verbose_name=_("Conforming"), attrs=NUM)
    failed = tables.Column(verbose_name=_("Nonconforming"), attrs=NUM)
    rate = RoundedColumn(verbose_name=_("Pass rate %"))
    sample = tables.Column(verbose_name=_("Pieces inspected"), attrs=NUM)
    defective = tables.Column(verbose_name=_("Defective"), attrs=NUM)
    ppm = QuantityColumn(verbose_name=_("Defective ppm"))

    class Meta(DocumentTable.Meta):
        row_attrs: dict[str, Any] = {"data-href": lambda record: behind(record.group)}

    def render_group(self, value: Any) -> str:
        return value.strftime("%Y-%m") if isinstance(value, dt.date) else str(value)

    def value_group(self, value: Any) -> str:
        return self.render_group(value)


def behind(group: Any) -> str:
    """Return the list of inspections of a supplier, an item, a work centre or a month."""
    if isinstance(group, dt.date):
        last = (group.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        return listed(date_min=group.isoformat(), date_max=last.isoformat())
    return listed(**{{"partner": "partner", "item": "item"}.get(group._meta.model_name, "work_center"): group.pk})


class RunTable(DocumentTable):
    """Measured values as they came."""

    day = DateColumn(verbose_name=_("Date"))
    inspection = tables.Column(
        verbose_name=_("Inspection"), linkify=lambda record: record.inspection.get_absolute_url(), orderable=False
    )
    sample_no = tables.Column(verbose_name=_("Piece"), attrs=NUM)
    value = QuantityColumn(verbose_name=_("Value"))
    lower = QuantityColumn(verbose_name=_("Lower limit"))
    upper = QuantityColumn(verbose_name=_("Upper limit"))
    remark = tables.Column(verbose_name=_("Remarks"), accessor="is_out", orderable=False, empty_values=())

    class Meta(DocumentTable.Meta):
        row_attrs: dict[str, Any] = {"data-href": lambda record: record.inspection.get_absolute_url()}

    def render_remark(self, record: Any) -> str:
        text, colour = remark_of(record)
        return format_html('<span class="badge state-badge" data-colour="{}">{}</span>', colour, text) if text else ""

    def value_remark(self, record: Any) -> str:
        return str(remark_of(record)[0])


def remark_of(row: Any) -> tuple[Any, str]:
    """Return what is wrong with a value and its colour."""
    if row.is_out:
        return _("out of the limits"), "red"
    return (_("beyond the control limits"), "amber") if row.is_signal else ("", "")
