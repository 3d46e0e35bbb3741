"""Filters of bank statements and movements."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from finance.filters.fields import DAYS
from finance.models import BankAccount, BankMovement, BankStatement
from finance.states import MovementState, StatementState


class StatementFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    bank_account = django_filters.ModelChoiceFilter(queryset=BankAccount.objects.all(), label=_("Bank account"))
    state = django_filters.MultipleChoiceFilter(choices=StatementState.choices, label=_("State"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = BankStatement
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(number__icontains=value) | Q(file_name__icontains=value))


class MovementFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    bank_account = django_filters.ModelChoiceFilter(queryset=BankAccount.objects.all(), label=_("Bank account"))
    state = django_filters.MultipleChoiceFilter(choices=MovementState.choices, label=_("State"))
    date = django_filters.DateFromToRangeFilter(field_name="booked_on", label=_("Date"), widget=DAYS)

    class Meta:
        model = BankMovement
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(name__icontains=value)
            | Q(purpose__icontains=value)
            | Q(reference__icontains=value)
            | Q(account__icontains=value)
        )
