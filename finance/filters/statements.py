"""Filters of the statement layouts."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from finance.models import StatementLayout
from finance.states import StatementKind, StatementStandard


class LayoutFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=StatementKind.choices, label=_("Statement"))
    standard = django_filters.ChoiceFilter(choices=StatementStandard.choices, label=_("Standard"))
    is_active = django_filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = StatementLayout
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(code__icontains=value) | Q(name__icontains=value) | Q(name_zh__icontains=value))
