"""The list of changes of the plan."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.tables import DateColumn, DocumentTable, QuantityColumn
from erp.models import PlanChange
from erp.selectors.plan_changes import cause_of, page_of, sentence_of
from erp.states.plan_changes import PlanChangeKind
from erp.tables.make import CHOOSE_ALL
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
}


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
        return format_html('<a class="text-nowrap" href="{}">{}</a>', url, text) if url else text

    def value(self, record: PlanChange) -> str:
        return record.source_number


class SentenceColumn(tables.Column):
    """What should be done."""

    def render(self, record: PlanChange) -> str:
        return sentence_of(record)

    def value(self, record: PlanChange) -> str:
        return sentence_of(record)


class PlanChangeTable(DocumentTable):
    """What the last runs found changed."""

    ON_WISH = ("old_date", "new_date", "quantity", "unit", "decided_by", "note", "created_at")  # the sentence says it

    choose = tables.Column(verbose_name=CHOOSE_ALL, accessor="pk", orderable=False, exclude_from_export=True)
    kind = KindColumn()
    item = ItemColumn()
    subject = SubjectColumn(verbose_name=_("Order"), accessor="source_number", empty_values=())
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

    class Meta(DocumentTable.Meta):
        model = PlanChange
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": page_of}

    def render_choose(self, value: int, record: PlanChange) -> str:
        return format_html(
            '<input type="checkbox" class="form-check-input" data-row-select value="{}" aria-label="{}">', value, record
        )
