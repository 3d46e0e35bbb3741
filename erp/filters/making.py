"""What the lists and the API of picking for production and operations can be filtered by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from erp.filters.stock import DAYS, all_warehouses
from erp.models import BackflushShortage, MergedPick, PieceRate, PieceWage, WorkCenter, WorkOrderOperation
from erp.selectors.floor import wages_by_employee
from erp.states.making import MergedPickState, OperationState, ShortageReason
from masterdata.models import Employee
from masterdata.selectors.search import items_matching


def open_work_centers(_request: Any) -> QuerySet:
    """Return the work centres in use."""
    return WorkCenter.objects.filter(is_active=True).order_by("code")


def open_employees(_request: Any) -> QuerySet:
    """Return the people who work here."""
    return Employee.objects.filter(is_active=True).order_by("code")


class MergedPickFilter(django_filters.FilterSet):
    """Merged picks by number, order, state, warehouse, date."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=MergedPickState.choices, label=_("State"))
    warehouse = django_filters.ModelChoiceFilter(queryset=all_warehouses, label=_("Warehouse"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)
    work_order = django_filters.NumberFilter(
        field_name="lines__shares__work_order_id", label=_("Work order"), distinct=True
    )

    class Meta:
        model = MergedPick
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        of_order = MergedPick.objects.filter(lines__shares__work_order__number__icontains=value)
        return queryset.filter(number__icontains=value) | queryset.filter(pk__in=of_order.values("pk"))


class BackflushShortageFilter(django_filters.FilterSet):
    """The error queue by item, order, reason, day; settled errors when asked for."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    reason_code = django_filters.MultipleChoiceFilter(choices=ShortageReason.choices, label=_("Why"))
    work_order = django_filters.NumberFilter(field_name="work_order_id", label=_("Work order"))
    date = django_filters.DateFromToRangeFilter(field_name="report_date", label=_("Reported on"), widget=DAYS)

    class Meta:
        model = BackflushShortage
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset.filter(Q(item__in=items_matching(value).values("pk")) | Q(work_order__number__icontains=value))


class OperationFilter(django_filters.FilterSet):
    """Steps on the floor by order, work centre, person, state."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    work_order = django_filters.NumberFilter(field_name="work_order_id", label=_("Work order"))
    work_center = django_filters.ModelChoiceFilter(queryset=open_work_centers, label=_("Work centre"))
    responsible = django_filters.ModelChoiceFilter(queryset=open_employees, label=_("Responsible"))
    state = django_filters.MultipleChoiceFilter(choices=OperationState.choices, label=_("State"))

    class Meta:
        model = WorkOrderOperation
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        of_item = Q(work_order__item__in=items_matching(value).values("pk"))
        return queryset.filter(Q(work_order__number__icontains=value) | Q(name__icontains=value) | of_item)


class PieceRateFilter(django_filters.FilterSet):
    """Piece rates by item."""

    q = django_filters.CharFilter(method="search", label=_("Search"))

    class Meta:
        model = PieceRate
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset.filter(item__in=items_matching(value).values("pk"))


class PieceWageFilter(django_filters.FilterSet):
    """Piece wages by person, order, day."""

    q = django_filters.CharFilter(field_name="work_order__number", lookup_expr="icontains", label=_("Search"))
    employee = django_filters.ModelChoiceFilter(queryset=open_employees, label=_("Employee"))
    date = django_filters.DateFromToRangeFilter(field_name="wage_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = PieceWage
        fields: tuple[str, ...] = ()


class WageSumFilter(PieceWageFilter):
    """Piece wages added up by person and month."""

    @property
    def qs(self) -> Any:
        return wages_by_employee(super().qs)
