"""The list of what the planner proposes for existing supply, with the decisions on it."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.formats import readable
from core.tables import DateColumn, DocumentTable, QuantityColumn
from erp.models import PlanChange, SupplyAdvice
from erp.selectors.plan_changes import decisions_on_advice
from erp.selectors.sources import url_of
from erp.states.plan_changes import UNDECIDED
from erp.tables.make import CHOOSE_ALL, row_box
from erp.tables.plan_changes import DecisionsColumn


class AdviceDecisionsColumn(DecisionsColumn):
    """The decisions on the change of the plan that an advice is, or what became of it."""

    def render(self, record: SupplyAdvice, table: Any) -> str:  # type: ignore[override]
        change = table.change_of(record)
        return super().render(change, table) if change else ""


class SupplyAdviceTable(DocumentTable):
    """What the planner proposes for existing supply."""

    choose = tables.Column(verbose_name=CHOOSE_ALL, empty_values=(), orderable=False, exclude_from_export=True)
    kind = tables.Column(accessor="get_kind_display", order_by="kind", verbose_name=_("Advice"))
    source = tables.Column(accessor="supply__source_number", verbose_name=_("Order"))
    source_kind = tables.Column(accessor="supply__get_kind_display", verbose_name=_("Kind"), order_by="supply__kind")
    item = tables.Column(accessor="supply__item", verbose_name=_("Item"), order_by="supply__item__code")
    quantity = QuantityColumn(accessor="supply__open_quantity", verbose_name=_("Expected"))
    unit = tables.Column(accessor="supply__item__uom", verbose_name=_("Unit"), orderable=False)
    due_date = DateColumn(accessor="supply__due_date", verbose_name=_("Due"))
    advised_date = DateColumn()
    surplus_quantity = QuantityColumn()
    decide = AdviceDecisionsColumn()

    class Meta(DocumentTable.Meta):
        model = SupplyAdvice
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: url_of(record.supply.source_label, record.supply.source_id)}

    @property
    def may_decide(self) -> bool:
        """Whether the reader may decide on what is advised."""
        return self.user is not None and self.user.has_perm("erp.decide_planchange")

    @property
    def changes(self) -> dict[tuple[int, str], PlanChange]:
        """The decisions on the advice of the page."""
        if not hasattr(self, "_changes"):
            rows = self.paginated_rows if self.page else self.rows
            self._changes = decisions_on_advice([row.record for row in rows])
        return self._changes

    def render_choose(self, record: SupplyAdvice) -> str:
        change = self.change_of(record)
        return row_box(change.pk, change.source_number) if change and change.outcome in UNDECIDED else ""

    def change_of(self, record: SupplyAdvice) -> PlanChange | None:
        """The decision on one advice."""
        return self.changes.get((record.supply_id, record.kind))

    def render_surplus_quantity(self, value: Any) -> str:
        return readable(value) if value else "–"
