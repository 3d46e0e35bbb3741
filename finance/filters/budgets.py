"""Filters of budgets."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from finance.models import Budget
from finance.states import BudgetState


class BudgetFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    year = django_filters.NumberFilter(label=_("Year"))
    state = django_filters.MultipleChoiceFilter(choices=BudgetState.choices, label=_("State"))

    class Meta:
        model = Budget
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(code__icontains=value) | Q(name__icontains=value))
