"""What stock revaluations are searched by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from erp.models import StockRevaluation
from erp.states import RevaluationState


class StockRevaluationFilter(django_filters.FilterSet):
    """By number or reason, state, date, item."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=RevaluationState.choices, label=_("State"))
    date = django_filters.DateFromToRangeFilter(
        field_name="document_date",
        label=_("Date"),
        widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"}),
    )
    item = django_filters.NumberFilter(field_name="lines__item", label=_("Item"), distinct=True)

    class Meta:
        model = StockRevaluation
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(number__icontains=value) | Q(reason__icontains=value))
