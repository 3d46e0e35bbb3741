"""Filters of invoices and their instalments, for pages and API alike."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from finance.filters.fields import DAYS, PartnerChoice
from finance.models import Invoice, InvoiceInstalment
from finance.selectors.ageing import BUCKETS, in_bucket
from finance.selectors.matching import blocked
from finance.states import InvoiceState, Side
from masterdata.selectors.search import partners_matching


class InvoiceFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=Side.choices, label=_("Kind"))
    state = django_filters.MultipleChoiceFilter(choices=InvoiceState.choices, label=_("State"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)
    is_credit = django_filters.BooleanFilter(label=_("Credit note"))
    is_open = django_filters.BooleanFilter(method="only_open", label=_("Open"))
    blocked = django_filters.BooleanFilter(method="only_blocked", label=_("Blocked for payment"))
    overdue = django_filters.BooleanFilter(method="only_overdue", label=_("Overdue"))
    partner = PartnerChoice()
    sales_order = django_filters.NumberFilter(
        field_name="lines__sales_order_line__order", label=_("Sales order"), distinct=True, widget=forms.HiddenInput
    )
    purchase_order = django_filters.NumberFilter(
        field_name="lines__purchase_order_line__order",
        label=_("Purchase order"),
        distinct=True,
        widget=forms.HiddenInput,
    )
    corrects = django_filters.NumberFilter(label=_("Corrects"), widget=forms.HiddenInput)

    class Meta:
        model = Invoice
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(legal_number__icontains=value)
            | Q(supplier_reference__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )

    def only_open(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        is_open = Q(state=InvoiceState.POSTED) & ~Q(open_amount=0)
        return queryset.filter(is_open) if value else queryset.exclude(is_open)

    def only_blocked(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        keys = blocked(Invoice.objects.all()).values("pk")
        return queryset.filter(pk__in=keys) if value else queryset.exclude(pk__in=keys)

    def only_overdue(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        late = InvoiceInstalment.objects.filter(
            due_date__lt=today(), invoice__state=InvoiceState.POSTED, invoice__is_credit=False
        ).exclude(open_amount=0)
        condition = Q(pk__in=late.values("invoice"))
        return queryset.filter(condition) if value else queryset.exclude(condition)


class InstalmentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    bucket = django_filters.ChoiceFilter(
        choices=[(code, label) for code, label, _first, _last in BUCKETS], method="of_age", label=_("Age")
    )
    due = django_filters.DateFromToRangeFilter(field_name="due_date", label=_("Due date"), widget=DAYS)
    partner = PartnerChoice()

    class Meta:
        model = InvoiceInstalment
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(invoice__number__icontains=value)
            | Q(invoice__legal_number__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )

    def of_age(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return in_bucket(queryset, value, today())
