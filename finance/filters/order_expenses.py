"""Filters of suppliers' costs."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from finance.filters.fields import DAYS
from finance.models import InvoiceLine


class ExpenseLineFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    date = django_filters.DateFromToRangeFilter(field_name="invoice__document_date", label=_("Date"), widget=DAYS)
    is_left = django_filters.BooleanFilter(method="with_rest", label=_("Not assigned"))

    class Meta:
        model = InvoiceLine
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(description__icontains=value)
            | Q(invoice__number__icontains=value)
            | Q(invoice__supplier_reference__icontains=value)
            | Q(invoice__partner__name__icontains=value)
        )

    def with_rest(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        return queryset.exclude(left=0) if value else queryset.filter(left=0)
