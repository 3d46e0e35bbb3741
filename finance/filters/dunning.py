"""Filters of dunning letters and levels."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from finance.filters.fields import DAYS, PartnerChoice
from finance.models import DunningLetter, DunningLevel
from finance.states import DunningState
from masterdata.selectors.search import partners_matching


class LetterFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=DunningState.choices, label=_("State"))
    level = django_filters.ModelChoiceFilter(queryset=DunningLevel.objects.all(), label=_("Level"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)
    partner = PartnerChoice()

    class Meta:
        model = DunningLetter
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(number__icontains=value) | Q(partner__in=partners_matching(value).values("pk")))


class LevelFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))

    class Meta:
        model = DunningLevel
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(title__icontains=value) | Q(title_zh__icontains=value))
