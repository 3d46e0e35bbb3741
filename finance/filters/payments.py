"""Filters of payments, for pages and API alike."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from finance.filters.fields import DAYS, PartnerChoice
from finance.models import BankAccount, Payment
from finance.states import Direction, PaymentState, Side
from masterdata.selectors.search import partners_matching


class PaymentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=Side.choices, label=_("Kind"))
    direction = django_filters.ChoiceFilter(choices=Direction.choices, label=_("Direction"))
    state = django_filters.MultipleChoiceFilter(choices=PaymentState.choices, label=_("State"))
    bank_account = django_filters.ModelChoiceFilter(queryset=BankAccount.objects.all(), label=_("Bank account"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)
    is_open = django_filters.BooleanFilter(method="only_open", label=_("Not allocated"))
    partner = PartnerChoice()
    invoice = django_filters.NumberFilter(
        field_name="allocations__invoice", label=_("Invoice"), distinct=True, widget=forms.HiddenInput
    )
    sales_order = django_filters.NumberFilter(label=_("Sales order"), widget=forms.HiddenInput)
    purchase_order = django_filters.NumberFilter(label=_("Purchase order"), widget=forms.HiddenInput)

    class Meta:
        model = Payment
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(reference__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )

    def only_open(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        is_open = Q(state=PaymentState.POSTED) & ~Q(open_amount=0)
        return queryset.filter(is_open) if value else queryset.exclude(is_open)
