"""The list of changes of the plan."""

import re
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.tables import DateColumn, DocumentTable, QuantityColumn, RowVerbsColumn
from erp.models import PlanChange
from erp.selectors.plan_changes import cause_of, page_of, sentence_of
from erp.services.planning.deciding import LEFT_OVER
from erp.services.planning.reopening import may_be_reopened
from erp.states.plan_changes import PlanChangeKind, PlanChangeOutcome
from erp.tables.make import CHOOSE_ALL, row_box
from erp.tables.stock import WRAPPED, ItemColumn, UnitColumn

COLOURS = {
    PlanChangeKind.EXPEDITE: "amber",
    PlanChangeKind.DEFER: "blue",
    PlanChangeKind.INCREASE: "amber",
    PlanChangeKind.DECREASE: "blue",
    PlanChangeKind.CANCEL: "purple",
    PlanChangeKind.SHORTAGE: "red",
    PlanChangeKind.LATER: "red",
    PlanChangeKind.EARLIER: "green",
    PlanChangeKind.FREED: "purple",
}


DATES = re.compile(r"(\d{4}-\d\d-\d\d)")


def _unbroken(part: str) -> str:
    """Return a date that stays on one line, other words as they are."""
    return format_html('<span class="text-nowrap">{}</span>', part) if DATES.fullmatch(part) else part


class KindColumn(tables.Column):
    """The kind as a badge."""

    def render(self, record: PlanChange) -> str:
        colour = COLOURS[PlanChangeKind(record.kind)]
        return format_html(
            '<span class="badge state-badge" data-colour="{}">{}</span>', colour, record.get_kind_display()
        )

    def value(self, record: PlanChange) -> str:
        return str(record.get_kind_display())


class CauseColumn(tables.Column):
    """What happened, and to which document."""

    def render(self, record: PlanChange) -> str:
        text, number, url = cause_of(record)
        if url:
            return format_html('{} <a class="text-nowrap" href="{}">{}</a>', text, url, number)
        return format_html("{} {}", text, number)

    def value(self, record: PlanChange) -> str:
        return " ".join(cause_of(record)[:2]).strip()


class SubjectColumn(tables.Column):
    """The order that should change, or the order line that moves."""

    def render(self, record: PlanChange) -> str:
        url = page_of(record)
        text = record.source_number or gettext("planned orders")
        link = format_html('<a class="text-nowrap" href="{}">{}</a>', url, text) if url else text
        if record.order_line is None:
            return link
        return format_html('{} <div class="text-secondary small">{}</div>', link, record.order_line.order.partner)

    def value(self, record: PlanChange) -> str:
        return record.source_number


class SentenceColumn(tables.Column):
    """What should be done."""

    def render(self, record: PlanChange) -> str:
        parts = DATES.split(sentence_of(record))
        return format_html_join("", "{}", ((_unbroken(part),) for part in parts))

    def value(self, record: PlanChange) -> str:
        return sentence_of(record)


def decisions_on(change: PlanChange) -> list[tuple[str, Any]]:
    """Return (action, label) of what can be decided on a change, or of what takes the decision back."""
    if change.outcome != PlanChangeOutcome.OPEN:
        return [("take-back", _("Take back"))] if may_be_reopened(change) else []
    decisions: list[tuple[str, Any]] = [("carry-out", _("Carry out"))]
    if change.kind in LEFT_OVER:
        decisions.append(("to-stock", _("To stock")))
    return [*decisions, ("dismiss", _("Dismiss"))]


class DecisionsColumn(RowVerbsColumn):
    """The decisions on one change, or what became of it."""

    def verbs_of(self, record: PlanChange, table: Any) -> list[tuple[str, Any]]:
        return decisions_on(record) if table.may_decide else []

    def render(self, record: PlanChange, table: Any) -> str:
        buttons = super().render(record, table)
        if record.outcome == PlanChangeOutcome.OPEN and buttons:
            return buttons
        return format_html("{} {}", record.get_outcome_display(), buttons)


class PlanChangeTable(DocumentTable):
    """What the last runs found changed."""

    ON_WISH = ("old_date", "new_date", "quantity", "unit", "partner", "outcome", "decided_by", "note", "created_at")

    choose = tables.Column(verbose_name=CHOOSE_ALL, accessor="pk", orderable=False, exclude_from_export=True)
    kind = KindColumn()
    item = ItemColumn()
    subject = SubjectColumn(verbose_name=_("Order"), accessor="source_number", empty_values=(), attrs=WRAPPED)
    what = SentenceColumn(verbose_name=_("What to do"), accessor="pk", orderable=False, attrs=WRAPPED)
    cause = CauseColumn(verbose_name=_("Because"), empty_values=(), attrs=WRAPPED)
    partner = tables.Column(
        accessor="order_line__order__partner", verbose_name=_("Customer"), default="–", attrs=WRAPPED
    )
    old_date = DateColumn()
    new_date = DateColumn()
    quantity = QuantityColumn()
    unit = UnitColumn()
    outcome = tables.Column(accessor="get_outcome_display", order_by="outcome", verbose_name=_("Outcome"))
    decided_by = tables.Column()
    note = tables.Column()
    created_at = tables.DateTimeColumn(format="Y-m-d H:i")
    decide = DecisionsColumn()

    class Meta(DocumentTable.Meta):
        model = PlanChange
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": page_of}

    @property
    def may_decide(self) -> bool:
        """Whether the reader may decide."""
        return self.user is not None and self.user.has_perm("erp.decide_planchange")

    def render_choose(self, value: int, record: PlanChange) -> str:
        return row_box(value, record)
