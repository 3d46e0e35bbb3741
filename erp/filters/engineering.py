"""What the lists and the API of engineering can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from erp.models import EngineeringChange, Routing, WorkCenter
from erp.states.engineering import ChangeReason, EngineeringChangeState, RoutingState
from masterdata.filters import RecordFilter
from masterdata.selectors.search import items_matching


class WorkCenterFilter(RecordFilter):
    """Work centres by department."""

    class Meta:
        model = WorkCenter
        fields = ("department", "is_finite", "is_active")


class RoutingFilter(django_filters.FilterSet):
    """Routings by item, work centre, state."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=RoutingState.choices, label=_("State"))
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    work_center = django_filters.ModelChoiceFilter(
        field_name="operations__work_center",
        queryset=WorkCenter.objects.all(),
        label=_("Work centre"),
        distinct=True,
    )

    class Meta:
        model = Routing
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(number__icontains=value) | Q(item__in=items_matching(value).values("pk")))


class EngineeringChangeFilter(django_filters.FilterSet):
    """Engineering changes by state, reason, and the items they touch."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=EngineeringChangeState.choices, label=_("State"))
    reason = django_filters.MultipleChoiceFilter(
        field_name="reason_code", choices=ChangeReason.choices, label=_("Reason")
    )
    item = django_filters.NumberFilter(method="of_item", label=_("Item"))

    class Meta:
        model = EngineeringChange
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(number__icontains=value) | Q(title__icontains=value) | Q(cause__icontains=value))

    def of_item(self, queryset: QuerySet, _name: str, value: int) -> QuerySet:
        touched = Q(lines__item=value) | Q(lines__component=value) | Q(lines__replacement=value)
        return queryset.filter(touched).distinct()
