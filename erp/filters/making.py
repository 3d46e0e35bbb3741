"""What the lists and the API of picking for production and operations can be filtered by."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from erp.filters.stock import DAYS, all_warehouses
from erp.models import MergedPick
from erp.states.making import MergedPickState


class MergedPickFilter(django_filters.FilterSet):
    """Merged picks by number, order, state, warehouse, date."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=MergedPickState.choices, label=_("State"))
    warehouse = django_filters.ModelChoiceFilter(queryset=all_warehouses, label=_("Warehouse"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)
    work_order = django_filters.NumberFilter(
        field_name="lines__shares__work_order_id", label=_("Work order"), distinct=True
    )

    class Meta:
        model = MergedPick
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        of_order = MergedPick.objects.filter(lines__shares__work_order__number__icontains=value)
        return queryset.filter(number__icontains=value) | queryset.filter(pk__in=of_order.values("pk"))
