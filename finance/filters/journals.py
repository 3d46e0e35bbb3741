"""Filters of the journals of the general ledger, for page and API alike."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from finance.models import LedgerJournal
from finance.states import Journal


class JournalFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=Journal.choices, label=_("Kind"))
    is_standard = django_filters.BooleanFilter(label=_("The program writes in it"))
    is_active = django_filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = LedgerJournal
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(code__icontains=value) | Q(name__icontains=value) | Q(name_zh__icontains=value))
