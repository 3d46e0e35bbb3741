"""What the list and the API of production warnings can be filtered by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from erp.models import TrackingWarning
from erp.states import TrackingKind
from masterdata.selectors.search import items_matching


class TrackingFilter(django_filters.FilterSet):
    """Warnings by order or item, kind, whose orders they are, the customer order that is hit."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=TrackingKind.choices, label=_("Warning"))
    mine = django_filters.ChoiceFilter(
        method="of_user", choices=[("1", _("Yes"))], label=_("My work orders"), empty_label="—"
    )
    closed = django_filters.ChoiceFilter(
        method="keep", choices=[("1", _("Yes"))], label=_("With those that are gone"), empty_label="—"
    )
    sales_order = django_filters.NumberFilter(method="of_sales_order", label=_("Sales order"))
    work_order = django_filters.NumberFilter(field_name="work_order_id", label=_("Work order"))

    class Meta:
        model = TrackingWarning
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        found = items_matching(value).values("pk")
        return queryset.filter(
            Q(work_order__number__icontains=value) | Q(work_order__item__in=found) | Q(item__in=found)
        )

    def of_user(self, queryset: QuerySet, _name: str, _value: str) -> QuerySet:
        return queryset.filter(work_order__owner=self.request.user)

    def of_sales_order(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        hit = TrackingWarning.objects.filter(hits__order_line__order=value)
        return queryset.filter(pk__in=hit.values("pk"))

    def keep(self, queryset: QuerySet, _name: str, _value: str) -> QuerySet:
        return queryset
