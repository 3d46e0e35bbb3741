"""Filters of journal entries and lines, for pages and API alike."""

from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.typed import is_key
from finance.filters.fields import DAYS, PartnerChoice
from finance.models import JournalEntry, JournalLine, LedgerJournal
from finance.selectors.journals import all_journals
from finance.selectors.ledger import adjustments_of_order
from finance.states import EntryEvent, Journal
from masterdata.models import Department, ItemCategory, Project


def journals(_request: Any) -> QuerySet[LedgerJournal]:
    return all_journals()


class EntryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    journal = django_filters.ChoiceFilter(choices=Journal.choices, label=_("Journal"))
    ledger_journal = django_filters.ModelChoiceFilter(
        queryset=journals, method="in_journal", label=_("Written in"), empty_label=_("Every journal")
    )
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
    subcontract_order = django_filters.NumberFilter(
        method="adjusting", label=_("Adjustments of subcontract order"), widget=forms.HiddenInput
    )

    class Meta:
        model = JournalEntry
        fields: tuple[str, ...] = ()

    def in_journal(self, queryset: QuerySet, _name: str, value: LedgerJournal) -> QuerySet:
        if value.is_standard:
            return queryset.filter(journal=value.kind, ledger_journal__isnull=True)
        return queryset.filter(ledger_journal=value)

    def adjusting(self, queryset: QuerySet, _name: str, value: Decimal) -> QuerySet:
        return queryset.filter(pk__in=adjustments_of_order(int(value)).values("pk"))

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        found = Q(source_number__icontains=value) | Q(description__icontains=value)
        number = value.upper().removeprefix("JE").lstrip("0")
        if is_key(number):
            found |= Q(pk=int(number))
        return queryset.filter(found)


def departments(_request: Any) -> QuerySet[Department]:
    return Department.objects.order_by("code")


def projects(_request: Any) -> QuerySet[Project]:
    return Project.objects.order_by("code")


def item_groups(_request: Any) -> QuerySet[ItemCategory]:
    return ItemCategory.objects.order_by("code")


class LedgerFilter(django_filters.FilterSet):
    """The span of days and the dimensions: the page cuts the ledger by them, with the balance before it."""

    date = django_filters.DateFromToRangeFilter(method="by_the_page", label=_("Date"), widget=DAYS)
    department = django_filters.ModelChoiceFilter(queryset=departments, method="by_the_page", label=_("Department"))
    project = django_filters.ModelChoiceFilter(queryset=projects, method="by_the_page", label=_("Project"))
    item_category = django_filters.ModelChoiceFilter(queryset=item_groups, method="by_the_page", label=_("Item group"))
    partner = PartnerChoice(method="by_the_page")
    item = django_filters.NumberFilter(method="by_the_page", label=_("Item"), widget=forms.HiddenInput)
    sales_order = django_filters.NumberFilter(method="by_the_page", label=_("Sales order"), widget=forms.HiddenInput)
    purchase_order = django_filters.NumberFilter(
        method="by_the_page", label=_("Purchase order"), widget=forms.HiddenInput
    )
    work_order = django_filters.NumberFilter(method="by_the_page", label=_("Work order"), widget=forms.HiddenInput)

    class Meta:
        model = JournalLine
        fields: tuple[str, ...] = ()

    def by_the_page(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset
