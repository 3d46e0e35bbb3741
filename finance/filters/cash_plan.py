"""Filters of recurring payments."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from finance.models import BankAccount, RecurringCash
from finance.states import Direction


class RecurringCashFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    direction = django_filters.ChoiceFilter(choices=Direction.choices, label=_("Direction"))
    bank_account = django_filters.ModelChoiceFilter(queryset=BankAccount.objects.all(), label=_("Bank account"))
    is_active = django_filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = RecurringCash
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(name__icontains=value)
