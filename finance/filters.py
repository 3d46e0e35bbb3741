"""Filters of the app's lists, for pages and API alike."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from finance.models import BankAccount, Invoice, InvoiceInstalment, JournalEntry, JournalLine, Payment
from finance.selectors.ageing import BUCKETS, in_bucket
from finance.states import Direction, EntryEvent, InvoiceState, PaymentState, Side
from masterdata.models import Partner
from masterdata.selectors.search import partners_matching

DAYS = django_filters.widgets.DateRangeWidget(attrs={"type": "date"})


def partners(_request: Any) -> QuerySet[Partner]:
    return Partner.objects.all()


class PartnerChoice(django_filters.ModelChoiceFilter):
    """A partner by key: a link from another page, not a select over all of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=partners, label=_("Partner"), widget=forms.HiddenInput, **kwargs)


class InvoiceFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=Side.choices, label=_("Kind"))
    state = django_filters.MultipleChoiceFilter(choices=InvoiceState.choices, label=_("State"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)
    is_credit = django_filters.BooleanFilter(label=_("Credit note"))
    is_open = django_filters.BooleanFilter(method="only_open", label=_("Open"))
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

    def only_overdue(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        late = InvoiceInstalment.objects.filter(
            due_date__lt=today(), invoice__state=InvoiceState.POSTED, invoice__is_credit=False
        ).exclude(open_amount=0)
        condition = Q(pk__in=late.values("invoice"))
        return queryset.filter(condition) if value else queryset.exclude(condition)


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


class BankAccountFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    is_active = django_filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = BankAccount
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(code__icontains=value)
            | Q(name__icontains=value)
            | Q(name_zh__icontains=value)
            | Q(account_number__icontains=value)
        )


class LedgerFilter(django_filters.FilterSet):
    """The span of days: the page cuts the ledger by it, with the balance before it, so nothing is filtered here."""

    date = django_filters.DateFromToRangeFilter(method="between", label=_("Date"), widget=DAYS)

    class Meta:
        model = JournalLine
        fields: tuple[str, ...] = ()

    def between(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset


class InstalmentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    bucket = django_filters.ChoiceFilter(
        choices=[(code, label) for code, label, _first, _last in BUCKETS], method="of_age", label=_("Age")
    )
    due = django_filters.DateFromToRangeFilter(field_name="due_date", label=_("Due date"), widget=DAYS)
    partner = PartnerChoice(field_name="invoice__partner")

    class Meta:
        model = InvoiceInstalment
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(invoice__number__icontains=value)
            | Q(invoice__legal_number__icontains=value)
            | Q(invoice__partner__in=partners_matching(value).values("pk"))
        )

    def of_age(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return in_bucket(queryset, value, today())
