"""Filters of what the proof of the books found broken, for pages and API alike."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from finance.filters.fields import DAYS
from finance.models import Breach


class BreachFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    open = django_filters.BooleanFilter(field_name="gone_at", lookup_expr="isnull", label=_("Still broken"))
    found = django_filters.DateFromToRangeFilter(field_name="found_at", label=_("Found at"), widget=DAYS)

    class Meta:
        model = Breach
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(code__icontains=value) | Q(subject__icontains=value) | Q(evidence__icontains=value))
