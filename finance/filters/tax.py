"""Filters of tax lines and electronic invoices."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from finance.filters.fields import DAYS
from finance.models import Invoice, InvoiceLine, TaxInvoice
from finance.states import Side, TaxInvoiceKind, TaxInvoiceStatus
from masterdata.models import Tax
from masterdata.selectors.search import partners_matching


class TaxLineFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.ChoiceFilter(field_name="invoice__kind", choices=Side.choices, label=_("Kind"))
    tax = django_filters.ModelChoiceFilter(queryset=Tax.objects.all(), label=_("Tax"))
    rate = django_filters.NumberFilter(field_name="tax_rate", label=_("Rate in %"), widget=forms.HiddenInput)
    date = django_filters.DateFromToRangeFilter(field_name="invoice__document_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = InvoiceLine
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(invoice__number__icontains=value)
            | Q(invoice__legal_number__icontains=value)
            | Q(invoice__supplier_reference__icontains=value)
            | Q(invoice__partner__in=partners_matching(value).values("pk"))
        )


class TaxInvoiceFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=TaxInvoiceKind.choices, label=_("Kind"))
    status = django_filters.MultipleChoiceFilter(choices=TaxInvoiceStatus.choices, label=_("Status"))
    date = django_filters.DateFromToRangeFilter(field_name="invoice__document_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = TaxInvoice
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(fapiao_number__icontains=value)
            | Q(invoice__legal_number__icontains=value)
            | Q(buyer_name__icontains=value)
        )


class IssuableFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)
    is_credit = django_filters.BooleanFilter(label=_("Credit note"))

    class Meta:
        model = Invoice
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(legal_number__icontains=value) | Q(partner__in=partners_matching(value).values("pk")))
