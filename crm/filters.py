"""What the lists and the API of sales can be filtered by."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.models import User
from crm.models import (
    Campaign,
    DeliveryRequest,
    Lead,
    Opportunity,
    OpportunityStage,
    Quotation,
    QuotationLine,
    ReturnRequest,
    SalesOrder,
    SalesOrderLine,
)
from crm.selectors.fulfilment import DELIVERS_WITHIN, due_orders, overdue_orders, with_fulfilment
from crm.states import (
    DeliveryRequestState,
    Fulfilment,
    LeadSource,
    LeadState,
    OpportunityState,
    QuotationState,
    ReturnRequestState,
    SalesOrderState,
)
from masterdata.filters import FamilyFilter
from masterdata.models import Item, Partner
from masterdata.selectors.search import items_matching, partners_matching

DAYS = django_filters.widgets.DateRangeWidget(attrs={"type": "date"})


def people(_request: Any) -> QuerySet[User]:
    """The staff who may own documents."""
    return User.objects.filter(kind=User.Kind.STAFF).order_by("username")


def partners(request: Any) -> QuerySet[Partner]:
    """The partners the reader may see."""
    return Partner.objects.visible_to(request.user) if request is not None else Partner.objects.none()


class DocumentFilter(django_filters.FilterSet):
    """Number and partner (name, code, pinyin) in one box; owner; date from and to."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    owner = django_filters.ModelChoiceFilter(queryset=people, label=_("Salesperson"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(number__icontains=value) | Q(partner__in=partners_matching(value).values("pk")))


class LeadFilter(DocumentFilter):
    """Leads."""

    state = django_filters.MultipleChoiceFilter(choices=LeadState.choices, label=_("State"))
    partner = FamilyFilter(queryset=partners, widget=forms.HiddenInput, label=_("Customer"))
    source = django_filters.MultipleChoiceFilter(choices=LeadSource.choices, label=_("Source"))
    campaign = django_filters.ModelChoiceFilter(queryset=Campaign.objects.all(), label=_("Campaign"))
    due = django_filters.BooleanFilter(method="to_follow", label=_("To be followed up now"))

    class Meta:
        model = Lead
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        for word in value.split():
            queryset = queryset.filter(
                Q(number__icontains=word)
                | Q(company_name__icontains=word)
                | Q(contact_name__icontains=word)
                | Q(phone__icontains=word)
                | Q(interest__icontains=word)
            )
        return queryset

    def to_follow(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        due = Q(next_contact_date__isnull=True) | Q(next_contact_date__lte=today())
        return queryset.filter(due, state=LeadState.NEW) if value else queryset


class OpportunityFilter(DocumentFilter):
    """Opportunities."""

    state = django_filters.MultipleChoiceFilter(choices=OpportunityState.choices, label=_("State"))
    stage = django_filters.ModelMultipleChoiceFilter(queryset=OpportunityStage.objects.all(), label=_("Stage"))
    partner = FamilyFilter(queryset=partners, widget=forms.HiddenInput, label=_("Customer"))
    expected = django_filters.DateFromToRangeFilter(field_name="expected_date", label=_("Expected on"), widget=DAYS)

    class Meta:
        model = Opportunity
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(title__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )


class PricedFilter(DocumentFilter):
    """Quotations and orders: also by item."""

    lines: Any = None
    parent = ""
    reference = ""
    partner = FamilyFilter(queryset=partners, widget=forms.HiddenInput, label=_("Customer"))
    item = django_filters.ModelChoiceFilter(
        queryset=Item.objects.all(), widget=forms.HiddenInput, method="of_item", label=_("Item")
    )

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        items = self.lines.objects.filter(item__in=items_matching(value).values("pk")).values(self.parent)
        return queryset.filter(
            Q(number__icontains=value)
            | Q(**{f"{self.reference}__icontains": value})
            | Q(partner__in=partners_matching(value).values("pk"))
            | Q(pk__in=items)
        )

    def of_item(self, queryset: QuerySet, _name: str, value: Item) -> QuerySet:
        return queryset.filter(pk__in=self.lines.objects.filter(item=value).values(self.parent))


class QuotationFilter(PricedFilter):
    """Quotations."""

    lines, parent, reference = QuotationLine, "quotation", "customer_reference"
    state = django_filters.MultipleChoiceFilter(choices=QuotationState.choices, label=_("State"))
    expiring = django_filters.BooleanFilter(method="only_expiring", label=_("Expires within a week"))

    class Meta:
        model = Quotation
        fields: tuple[str, ...] = ()

    def only_expiring(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        until = today() + dt.timedelta(days=7)
        return queryset.filter(state=QuotationState.SENT, valid_until__lte=until) if value else queryset


class SalesOrderFilter(PricedFilter):
    """Sales orders."""

    lines, parent, reference = SalesOrderLine, "order", "customer_po"
    state = django_filters.MultipleChoiceFilter(choices=SalesOrderState.choices, label=_("State"))
    fulfilment = django_filters.ChoiceFilter(choices=Fulfilment.choices, method="of_fulfilment", label=_("Delivery"))
    wanted = django_filters.DateFromToRangeFilter(field_name="requested_date", label=_("Wanted on"), widget=DAYS)
    overdue = django_filters.BooleanFilter(method="only_overdue", label=_("Overdue"))
    due = django_filters.BooleanFilter(method="only_due", label=_("To be released for delivery"))

    class Meta:
        model = SalesOrder
        fields: tuple[str, ...] = ()

    def of_fulfilment(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        if "fulfilment" not in queryset.query.annotations:
            queryset = with_fulfilment(queryset)
        return queryset.filter(fulfilment=value)

    def only_due(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        return due_orders(queryset, today() + DELIVERS_WITHIN) if value else queryset

    def only_overdue(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        return overdue_orders(queryset, today()) if value else queryset


class DeliveryRequestFilter(DocumentFilter):
    """Delivery requests."""

    state = django_filters.MultipleChoiceFilter(choices=DeliveryRequestState.choices, label=_("State"))
    partner = FamilyFilter(queryset=partners, widget=forms.HiddenInput, label=_("Customer"))
    order = django_filters.NumberFilter(field_name="order_id", widget=forms.HiddenInput, label=_("Sales order"))
    ship = django_filters.DateFromToRangeFilter(field_name="ship_date", label=_("Ship on"), widget=DAYS)

    class Meta:
        model = DeliveryRequest
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(order__number__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )


class ReturnRequestFilter(DocumentFilter):
    """Return requests."""

    state = django_filters.MultipleChoiceFilter(choices=ReturnRequestState.choices, label=_("State"))
    partner = FamilyFilter(queryset=partners, widget=forms.HiddenInput, label=_("Customer"))
    order = django_filters.NumberFilter(field_name="order_id", widget=forms.HiddenInput, label=_("Sales order"))

    class Meta:
        model = ReturnRequest
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(order__number__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )


class CampaignFilter(django_filters.FilterSet):
    """Campaigns."""

    q = django_filters.CharFilter(method="search", label=_("Search"))

    class Meta:
        model = Campaign
        fields = ("is_active",)

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(code__icontains=value) | Q(name__icontains=value) | Q(name_zh__icontains=value))


class StageFilter(django_filters.FilterSet):
    """Sales stages."""

    class Meta:
        model = OpportunityStage
        fields = ("is_active",)
