"""Filters of currency revaluations."""

import django_filters
from django.utils.translation import gettext_lazy as _

from finance.filters.fields import DAYS
from finance.models import Revaluation
from finance.states import RevaluationState


class RevaluationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="number", lookup_expr="icontains", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=RevaluationState.choices, label=_("State"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = Revaluation
        fields: tuple[str, ...] = ()
