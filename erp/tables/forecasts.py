"""The lists of forecasts: documents, the grid of items and buckets, accuracy."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.formats import plain
from core.tables import DateColumn, DocumentTable, QuantityColumn, StateColumn
from core.templatetags.figures import quantity as written
from erp.models import Forecast, ForecastLine
from erp.states.demand import ForecastBucketSize
from erp.tables.stock import LINKED, UnitColumn
from erp.tables.stock_reports import NUM, CodeColumn, NameColumn


class ForecastTable(DocumentTable):
    """Forecasts."""

    number = tables.Column(**LINKED)
    title = tables.Column()
    bucket_size = tables.Column(accessor="get_bucket_size_display", verbose_name=_("Bucket"), order_by="bucket_size")
    category = tables.Column()
    start_date = DateColumn()
    horizon = tables.Column(attrs=NUM)
    items = tables.Column(verbose_name=_("Items"), attrs=NUM)
    edition = tables.Column(attrs=NUM)
    calculated_at = tables.DateTimeColumn(format="Y-m-d H:i")
    owner = tables.Column()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = Forecast
        fields: tuple[str, ...] = ()


def label_of_bucket(start: dt.date, size: str) -> str:
    """Return how a bucket is headed: 2026-03, or the Monday of a week."""
    return start.strftime("%Y-%m") if size == ForecastBucketSize.MONTH else start.isoformat()


class BucketColumn(tables.Column):
    """One bucket of the forecast grid: a cell to type in (empty: as calculated), or just the figure."""

    def __init__(self, start: dt.date, size: str, *, editable: bool) -> None:
        super().__init__(verbose_name=label_of_bucket(start, size), orderable=False, empty_values=(), attrs=NUM)
        self.start = start
        self.editable = editable

    def _bucket(self, record: ForecastLine) -> Any:
        return next((one for one in record.buckets.all() if one.start_date == self.start), None)

    def render(self, record: ForecastLine) -> str:
        bucket = self._bucket(record)
        if not self.editable:
            return written(bucket.quantity) if bucket else ""
        typed = "" if bucket is None or bucket.override is None else str(plain(bucket.override))
        return format_html(
            '<input class="form-control plan-cell" form="plan-grid" inputmode="decimal" autocomplete="off" '
            'data-plan-cell data-was="{typed}" name="cell-{item}-{day}" value="{typed}" placeholder="{calculated}" '
            'title="{why}" aria-label="{code} {head}">',
            typed=typed,
            item=record.item_id,
            day=self.start.isoformat(),
            calculated=str(plain(bucket.statistical)) if bucket else "",
            why=bucket.reason if bucket else "",
            code=record.item.code,
            head=self.verbose_name,
        )

    def value(self, record: ForecastLine) -> Any:
        bucket = self._bucket(record)
        return bucket.quantity if bucket else None


class ForecastGridTable(DocumentTable):
    """Items down, buckets across."""

    item = tables.Column(accessor="item__code", verbose_name=_("Item"), linkify=True, attrs=LINKED["attrs"])
    name = tables.Column(accessor="item__label", verbose_name=_("Name"), order_by="item__name")
    unit = UnitColumn()
    method = tables.Column(accessor="get_method_display", verbose_name=_("Method"), order_by="method")
    pattern = tables.Column(accessor="get_pattern_display", verbose_name=_("Pattern"), order_by="pattern")
    wape = tables.Column(attrs=NUM)

    class Meta(DocumentTable.Meta):
        model = ForecastLine
        fields: tuple[str, ...] = ()
        row_attrs: dict[str, Any] = {}

    def __init__(
        self, *args: Any, starts: Sequence[dt.date] = (), size: str = "", editable: bool = False, **kwargs: Any
    ) -> None:
        buckets = [(f"b{one:%Y%m%d}", BucketColumn(one, size, editable=editable)) for one in starts]
        super().__init__(*args, extra_columns=buckets, row_attrs={}, **kwargs)


class AccuracyTable(DocumentTable):
    """Forecast against what came."""

    code = CodeColumn()
    name = NameColumn()
    unit = UnitColumn()
    count = tables.Column(verbose_name=_("Buckets"), attrs=NUM)
    forecast = QuantityColumn(verbose_name=_("Forecast"))
    actual = QuantityColumn(verbose_name=_("Actual"))
    errors = QuantityColumn(verbose_name=_("Sum of errors"))
    wape = tables.Column(verbose_name=_("Error in %"), attrs=NUM)
    bias = QuantityColumn(verbose_name=_("Bias"))

    class Meta(DocumentTable.Meta):
        row_attrs: dict[str, Any] = {}
