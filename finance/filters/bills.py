"""Filters of bills of exchange."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from finance.filters.fields import DAYS, PartnerChoice
from finance.models import Bill
from finance.states import BillKind, BillSide, BillState
from masterdata.selectors.search import partners_matching


class BillFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    side = django_filters.ChoiceFilter(choices=BillSide.choices, label=_("Side"))
    kind = django_filters.ChoiceFilter(choices=BillKind.choices, label=_("Kind"))
    state = django_filters.MultipleChoiceFilter(choices=BillState.choices, label=_("State"))
    due = django_filters.DateFromToRangeFilter(field_name="due_date", label=_("Due date"), widget=DAYS)
    partner = PartnerChoice()

    class Meta:
        model = Bill
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(bill_number__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )
