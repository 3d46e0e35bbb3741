"""What the report of order costs can be filtered by; its rows are cost cards."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from erp.filters.stock import DAYS
from erp.models import WorkOrder
from erp.selectors.order_costs import CostCard, cost_cards
from erp.states import WorkOrderState
from masterdata.selectors.search import items_matching

MOST = 1000
"""Most orders of one report, the newest; a narrower question shows the others."""


class OrderCostFilter(django_filters.FilterSet):
    """Orders by number, item, state, dates, customer's order; only those over their plan."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=WorkOrderState.choices, label=_("State"))
    closed = django_filters.DateFromToRangeFilter(field_name="closed_on", label=_("Closed on"), widget=DAYS)
    due = django_filters.DateFromToRangeFilter(field_name="due_date", label=_("Due"), widget=DAYS)
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    sales_order = django_filters.NumberFilter(field_name="sales_order_line__order_id", label=_("Sales order"))
    over = django_filters.BooleanFilter(method="keep", label=_("Over the plan"))

    class Meta:
        model = WorkOrder
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(number__icontains=value) | Q(item__in=items_matching(value).values("pk")))

    def keep(self, queryset: QuerySet, _name: str, _value: Any) -> QuerySet:
        return queryset

    @property
    def qs(self) -> list[CostCard]:
        if not hasattr(self, "_rows"):
            asked = self.form.cleaned_data if self.form.is_valid() else {}
            cards = cost_cards(list(super().qs[:MOST]))
            over = asked.get("over")
            self._rows = cards if over is None else [one for one in cards if (one.overrun_percent > 0) == over]
        return self._rows
