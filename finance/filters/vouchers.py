"""Filters of vouchers, typed entries and templates, for pages and API alike."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.typed import is_key
from finance.filters.fields import DAYS
from finance.models import EntryTemplate, FiscalPeriod, ManualEntry, Voucher
from finance.states import ManualEntryKind, ManualEntryState, Schedule, VoucherSeries, VoucherState


def periods(_request: Any) -> QuerySet[FiscalPeriod]:
    return FiscalPeriod.objects.order_by("-d0")


class VoucherFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    period = django_filters.ModelChoiceFilter(queryset=periods, label=_("Period"))
    series = django_filters.ChoiceFilter(choices=VoucherSeries.choices, label=_("Series"))
    state = django_filters.MultipleChoiceFilter(choices=VoucherState.choices, label=_("State"))
    date = django_filters.DateFromToRangeFilter(field_name="voucher_date", label=_("Date"), widget=DAYS)
    account = django_filters.NumberFilter(
        field_name="lines__account", label=_("Account"), distinct=True, widget=forms.HiddenInput
    )

    class Meta:
        model = Voucher
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        found = Q(description__icontains=value) | Q(entries__entry__source_number__icontains=value)
        if is_key(value):
            found |= Q(number=int(value))
        return queryset.filter(found).distinct()


class ManualEntryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=ManualEntryKind.choices, label=_("Kind"))
    state = django_filters.MultipleChoiceFilter(choices=ManualEntryState.choices, label=_("State"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)
    template = django_filters.NumberFilter(label=_("Template"), widget=forms.HiddenInput)

    class Meta:
        model = ManualEntry
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value) | Q(description__icontains=value) | Q(lines__description__icontains=value)
        ).distinct()


class EntryTemplateFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    schedule = django_filters.ChoiceFilter(choices=Schedule.choices, label=_("Schedule"))
    is_active = django_filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = EntryTemplate
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(code__icontains=value)
            | Q(name__icontains=value)
            | Q(name_zh__icontains=value)
            | Q(description__icontains=value)
        )
