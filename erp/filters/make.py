"""What the lists and the API of engineering, planning and production can be filtered by."""

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.forms import DayInput
from erp.filters.stock import DAYS, all_projects, all_warehouses
from erp.models import (
    Bom,
    PlannedOrder,
    PlanRun,
    PlanVerdict,
    ProductionReceipt,
    ProductionReport,
    SupplyAdvice,
    WorkOrder,
)
from erp.states import AdviceKind, BomState, LateReason, PlannedSupply, WorkOrderState
from erp.states.making import WorkOrderKind
from masterdata.selectors.search import items_matching, partners_matching

YES = [("1", _("Yes"))]


class BomFilter(django_filters.FilterSet):
    """Bills of material by item, component, state."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=BomState.choices, label=_("State"))
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    component = django_filters.NumberFilter(field_name="lines__component_id", label=_("Component"), distinct=True)

    class Meta:
        model = Bom
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(number__icontains=value) | Q(item__in=items_matching(value).values("pk")))


class PlannedOrderFilter(django_filters.FilterSet):
    """Planned orders by item, kind, dates, what is wrong with them."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    supply_type = django_filters.MultipleChoiceFilter(choices=PlannedSupply.choices, label=_("Kind"))
    start = django_filters.DateFromToRangeFilter(field_name="start_date", label=_("Release by"), widget=DAYS)
    due = django_filters.DateFromToRangeFilter(field_name="due_date", label=_("Due"), widget=DAYS)
    late = django_filters.ChoiceFilter(method="flagged", choices=YES, label=_("Late"), empty_label="—")
    past_due = django_filters.ChoiceFilter(method="flagged", choices=YES, label=_("Release overdue"), empty_label="—")
    fenced = django_filters.ChoiceFilter(method="flagged", choices=YES, label=_("Frozen days"), empty_label="—")
    without_safety = django_filters.ChoiceFilter(
        method="for_customers", choices=YES, label=_("Without safety stock"), empty_label="—"
    )

    horizon = django_filters.ChoiceFilter(
        method="as_it_is", choices=[("all", _("Whole horizon"))], label=_("Horizon"), empty_label=_("Near")
    )

    class Meta:
        model = PlannedOrder
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(item_id__in=items_matching(value).values("pk"))

    def as_it_is(self, queryset: QuerySet, _name: str, _value: str) -> QuerySet:
        return queryset

    def flagged(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        bit = {"late": PlannedOrder.LATE, "past_due": PlannedOrder.PAST_DUE, "fenced": PlannedOrder.FENCED}[name]
        return queryset.annotate(flagged=F("flags").bitand(bit)).filter(flagged=bit)

    def for_customers(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.annotate(safety=F("flags").bitand(PlannedOrder.FOR_SAFETY_STOCK)).filter(safety=0)


class ShortageFilter(django_filters.FilterSet):
    """Shortages by item, kind, and how far one looks ahead (which the list itself does)."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    days = django_filters.ChoiceFilter(
        method="as_it_is",
        label=_("Needed within"),
        empty_label=None,
        choices=[("30", _("30 days")), ("7", _("7 days")), ("90", _("90 days")), ("365", _("a year"))],
    )
    supply_type = django_filters.MultipleChoiceFilter(choices=PlannedSupply.choices, label=_("Kind"))

    class Meta:
        model = PlannedOrder
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(item_id__in=items_matching(value).values("pk"))

    def as_it_is(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset


class SupplyAdviceFilter(django_filters.FilterSet):
    """Advice by kind and item."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=AdviceKind.choices, label=_("Advice"))

    class Meta:
        model = SupplyAdvice
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(supply__item__in=items_matching(value).values("pk")) | Q(supply__source_number__icontains=value)
        )


class LateLineFilter(django_filters.FilterSet):
    """Late order lines by order, customer, item, reason."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    reason = django_filters.MultipleChoiceFilter(choices=LateReason.choices, label=_("Why"))
    due = django_filters.DateFromToRangeFilter(field_name="due_date", label=_("Due"), widget=DAYS)

    class Meta:
        model = PlanVerdict
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(order_line__order__number__icontains=value)
            | Q(order_line__order__partner__in=partners_matching(value).values("pk"))
            | Q(order_line__item__in=items_matching(value).values("pk"))
        )


class PlanRunFilter(django_filters.FilterSet):
    """Runs by day."""

    day = django_filters.DateFilter(field_name="as_of_date", label=_("Planned as of"), widget=DayInput())

    class Meta:
        model = PlanRun
        fields: tuple[str, ...] = ()


class WorkOrderFilter(django_filters.FilterSet):
    """Work orders by number, item, state, dates, sales order."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=WorkOrderState.choices, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(choices=WorkOrderKind.choices, label=_("Kind"))
    warehouse = django_filters.ModelChoiceFilter(queryset=all_warehouses, label=_("Warehouse"))
    due = django_filters.DateFromToRangeFilter(field_name="due_date", label=_("Due"), widget=DAYS)
    start = django_filters.DateFromToRangeFilter(field_name="start_date", label=_("Start"), widget=DAYS)
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    sales_order = django_filters.NumberFilter(field_name="sales_order_line__order_id", label=_("Sales order"))
    project = django_filters.ModelChoiceFilter(queryset=all_projects, label=_("Project"))
    late = django_filters.ChoiceFilter(method="is_late", choices=YES, label=_("Late"), empty_label="—")

    class Meta:
        model = WorkOrder
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(item__in=items_matching(value).values("pk"))
            | Q(sales_order_line__order__number__icontains=value)
        )

    def is_late(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        still_open = [WorkOrderState.DRAFT, WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS]
        return queryset.filter(state__in=still_open, due_date__lt=today())


class ProductionReportFilter(django_filters.FilterSet):
    """Reports by order, employee, day."""

    work_order = django_filters.NumberFilter(field_name="work_order_id", label=_("Work order"))
    employee = django_filters.NumberFilter(field_name="employee_id", label=_("Employee"))
    date = django_filters.DateFromToRangeFilter(field_name="report_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = ProductionReport
        fields: tuple[str, ...] = ()


class ProductionReceiptFilter(django_filters.FilterSet):
    """Receipts by order, day."""

    work_order = django_filters.NumberFilter(field_name="work_order_id", label=_("Work order"))
    date = django_filters.DateFromToRangeFilter(field_name="receipt_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = ProductionReceipt
        fields: tuple[str, ...] = ()
