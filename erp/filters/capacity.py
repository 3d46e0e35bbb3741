"""What plans of capacity can be filtered by."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from erp.models import SchedulePlan, SchedulePlanProposal, SchedulePlanRow, WorkCenter
from erp.states.demand import SchedulePlanState, ScheduleRule


class SchedulePlanFilter(django_filters.FilterSet):
    """Plans by number, state, rule."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=SchedulePlanState.choices, label=_("State"))
    rule = django_filters.MultipleChoiceFilter(choices=ScheduleRule.choices, label=_("Order of work"))

    class Meta:
        model = SchedulePlan
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(number__icontains=value)


class SchedulePlanRowFilter(django_filters.FilterSet):
    """Rows by plan, work centre, work order."""

    plan = django_filters.NumberFilter(field_name="plan_id", label=_("Plan"))
    work_center = django_filters.NumberFilter(field_name="work_center_id", label=_("Work centre"))
    work_order = django_filters.NumberFilter(field_name="operation__work_order_id", label=_("Work order"))

    class Meta:
        model = SchedulePlanRow
        fields: tuple[str, ...] = ()


class SchedulePlanProposalFilter(django_filters.FilterSet):
    """Operations of planned orders by plan, work centre, item."""

    plan = django_filters.NumberFilter(field_name="plan_id", label=_("Plan"))
    work_center = django_filters.NumberFilter(field_name="work_center_id", label=_("Work centre"))
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))

    class Meta:
        model = SchedulePlanProposal
        fields: tuple[str, ...] = ()


class CenterFilter(django_filters.FilterSet):
    """Work centres; how the load is laid out the route itself decides."""

    work_center = django_filters.NumberFilter(field_name="pk", label=_("Work centre"))
    by = django_filters.CharFilter(method="as_it_is", label=_("By"))
    show = django_filters.CharFilter(method="as_it_is", label=_("Work"))
    buckets = django_filters.NumberFilter(method="as_it_is", label=_("Buckets"))

    class Meta:
        model = WorkCenter
        fields: tuple[str, ...] = ()

    def as_it_is(self, queryset: QuerySet, _name: str, _value: object) -> QuerySet:
        return queryset
