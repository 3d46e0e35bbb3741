"""What stock by project and order can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from erp.filters.stock import all_projects, all_warehouses
from erp.models import Reservation
from masterdata.selectors.search import items_matching, partners_matching


class ProjectStockFilter(django_filters.FilterSet):
    """Stock of projects and orders by project, order, item, warehouse; with or without an order."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    project = django_filters.ModelChoiceFilter(field_name="demand__project", queryset=all_projects, label=_("Project"))
    order = django_filters.CharFilter(field_name="demand__source_number", lookup_expr="iexact", label=_("Order"))
    item = django_filters.NumberFilter(field_name="demand__item_id", label=_("Item"))
    warehouse = django_filters.ModelChoiceFilter(
        field_name="balance__location__warehouse", queryset=all_warehouses, label=_("Warehouse")
    )
    kept = django_filters.ChoiceFilter(
        method="kept_for",
        choices=[("order", _("For an order")), ("project", _("For the project alone"))],
        label=_("Kept"),
    )

    class Meta:
        model = Reservation
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(demand__source_number__icontains=value)
            | Q(demand__project__code__icontains=value)
            | Q(demand__project__name__icontains=value)
            | Q(demand__item__in=items_matching(value).values("pk"))
            | Q(demand__partner__in=partners_matching(value).values("pk"))
        )

    def kept_for(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        alone = Q(demand__kind="project")
        return queryset.filter(alone if value == "project" else ~alone)
