"""The list of production warnings."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.tables import DateColumn, DocumentTable
from core.templatetags.figures import quantity
from erp.models import TrackingWarning
from erp.selectors.tracking import hits_by_warning
from erp.states import TrackingKind
from erp.tables.stock import WRAPPED, ItemColumn

COLOURS = {
    TrackingKind.LATE_START: "amber",
    TrackingKind.LATE_FINISH: "red",
    TrackingKind.MISSING_MATERIAL: "red",
    TrackingKind.IDLE: "amber",
    TrackingKind.YIELD_DROP: "amber",
}


def in_words(warning: TrackingWarning) -> str:
    """Return the figures of a warning as a sentence."""
    days = abs(warning.days or 0)
    if warning.kind == TrackingKind.MISSING_MATERIAL and warning.item is not None:
        missing = f"{quantity(warning.quantity)} {warning.item}"
        return gettext("%(missing)s missing") % {"missing": missing}
    if warning.kind == TrackingKind.YIELD_DROP:
        return gettext("%(percent)s %% good") % {"percent": quantity(warning.percent)}
    if warning.kind == TrackingKind.IDLE:
        return ngettext("%(days)s day without a report", "%(days)s days without a report", days) % {"days": days}
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


class HitsColumn(tables.Column):
    """The customer orders behind the rows of a page, read at once: order, customer, salesperson."""

    def __init__(self) -> None:
        super().__init__(verbose_name=_("Customer orders"), orderable=False, empty_values=(), attrs=WRAPPED)
        self.hits: dict[int, list[Any]] | None = None

    def orders(self, record: Any, table: Any) -> list[Any]:
        """Return the orders that one warning hits."""
        if self.hits is None:
            self.hits = hits_by_warning([row.record.pk for row in table.paginated_rows], table.user)
        return self.hits.get(record.pk, [])

    def render(self, record: Any, table: Any) -> str:
        found = self.orders(record, table)
        return format_html_join(
            "",
            '<div title="{} {}"><a href="{}">{}</a> {}</div>',
            ((one.partner, one.owner or "", one.get_absolute_url(), one.number, one.partner.label()) for one in found),
        )

    def value(self, record: Any, table: Any) -> str:
        return ", ".join(f"{one.number} {one.partner} {one.owner or ''}".strip() for one in self.orders(record, table))


class TrackingTable(DocumentTable):
    """What is wrong in production now."""

    ON_WISH = ("closed_at",)  # what stands in the list is open, unless one asks for what was

    kind = tables.Column(verbose_name=_("Warning"))
    work_order = tables.Column(
        linkify=lambda record: record.work_order.get_absolute_url(), attrs={"td": {"class": "text-nowrap"}}
    )
    item = ItemColumn(accessor="work_order__item")
    progress = tables.Column(
        accessor="work_order__progress_percent",
        verbose_name=_("Progress %"),
        orderable=False,
        attrs={"th": {"class": "num"}, "td": {"class": "num"}},
    )
    start = DateColumn(accessor="work_order__start_date", verbose_name=_("Start"))
    due = DateColumn(accessor="work_order__due_date", verbose_name=_("Due"))
    figures = tables.Column(accessor="pk", verbose_name=_("What is wrong"), orderable=False, attrs=WRAPPED)
    hits = HitsColumn()
    owner = tables.Column(accessor="work_order__owner", verbose_name=_("Responsible"))
    raised_at = DateColumn(verbose_name=_("Warned since"))
    closed_at = DateColumn()

    class Meta(DocumentTable.Meta):
        model = TrackingWarning
        fields: tuple[str, ...] = ()

    def render_kind(self, record: Any) -> str:
        return format_html(
            '<span class="badge state-badge" data-colour="{}">{}</span>',
            COLOURS[TrackingKind(record.kind)],
            record.get_kind_display(),
        )

    def value_kind(self, record: Any) -> str:
        return str(record.get_kind_display())

    def render_figures(self, record: Any) -> str:
        return in_words(record)
