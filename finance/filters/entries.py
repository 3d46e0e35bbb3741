"""Filters of journal entries and lines, for pages and API alike."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from finance.filters.fields import DAYS
from finance.models import JournalEntry, JournalLine
from finance.states import EntryEvent


class EntryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    event = django_filters.ChoiceFilter(choices=EntryEvent.choices, label=_("Event"))
    date = django_filters.DateFromToRangeFilter(field_name="entry_date", label=_("Date"), widget=DAYS)
    account = django_filters.NumberFilter(
        field_name="lines__account", label=_("Account"), distinct=True, widget=forms.HiddenInput
    )
    partner = django_filters.NumberFilter(
        field_name="lines__partner", label=_("Partner"), distinct=True, widget=forms.HiddenInput
    )
    source_label = django_filters.CharFilter(label=_("Kind of source"), widget=forms.HiddenInput)
    source_id = django_filters.NumberFilter(label=_("Source"), widget=forms.HiddenInput)

    class Meta:
        model = JournalEntry
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        found = Q(source_number__icontains=value) | Q(description__icontains=value)
        number = value.upper().removeprefix("JE").lstrip("0")
        if number.isdigit():
            found |= Q(pk=int(number))
        return queryset.filter(found)


class LedgerFilter(django_filters.FilterSet):
    """The span of days: the page cuts the ledger by it, with the balance before it, so nothing is filtered here."""

    date = django_filters.DateFromToRangeFilter(method="between", label=_("Date"), widget=DAYS)

    class Meta:
        model = JournalLine
        fields: tuple[str, ...] = ()

    def between(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset
