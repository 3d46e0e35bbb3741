"""Filters of write-offs, of receipts not invoiced, of provision runs and tolerances."""

import datetime as dt

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from finance.filters.fields import DAYS, PartnerChoice
from finance.models import AccruedCharge, GrniLine, MatchTolerance, ProvisionRun, WriteOff
from finance.states import ProvisionState, WriteOffKind, WriteOffState
from masterdata.selectors.search import partners_matching

AGES = (("30", _("Older than 30 days")), ("90", _("Older than 90 days")), ("180", _("Older than 180 days")))


class WriteOffFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=WriteOffKind.choices, label=_("Kind"))
    state = django_filters.MultipleChoiceFilter(choices=WriteOffState.choices, label=_("State"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)
    partner = PartnerChoice()

    class Meta:
        model = WriteOff
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(reason__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )


class GrniFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    age = django_filters.ChoiceFilter(choices=AGES, method="of_age", label=_("Age"))
    date = django_filters.DateFromToRangeFilter(field_name="received_date", label=_("Received on"), widget=DAYS)
    partner = PartnerChoice()

    class Meta:
        model = GrniLine
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(receipt__number__icontains=value)
            | Q(purchase_order__number__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )

    def of_age(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(received_date__lt=today() - dt.timedelta(days=int(value)))


OPEN = (("open", _("Not invoiced")), ("all", _("All")))


class AccruedChargeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    show = django_filters.ChoiceFilter(choices=OPEN, method="of_progress", label=_("Show"))
    date = django_filters.DateFromToRangeFilter(field_name="accrued_date", label=_("Accrued on"), widget=DAYS)
    partner = PartnerChoice()

    class Meta:
        model = AccruedCharge
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(landed_cost__number__icontains=value)
            | Q(landed_cost__reference__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )

    def of_progress(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.exclude(open_amount=0) if value == "open" else queryset


class ProvisionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="number", lookup_expr="icontains", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=ProvisionState.choices, label=_("State"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = ProvisionRun
        fields: tuple[str, ...] = ()


class ToleranceFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))

    class Meta:
        model = MatchTolerance
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(partner__in=partners_matching(value).values("pk"))
