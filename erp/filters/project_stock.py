"""What stock by project and order can be filtered by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from erp.filters.stock import DAYS, all_projects, all_warehouses
from erp.models import ProjectTransfer, ProjectTransferLine, Reservation
from masterdata.models import Project
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


class ProjectTransferFilter(django_filters.FilterSet):
    """Transfers of stock between projects by number, project (giving or taking), item, day."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    project = django_filters.ModelChoiceFilter(method="between", queryset=all_projects, label=_("Project"))
    item = django_filters.NumberFilter(method="of_item", label=_("Item"))
    date = django_filters.DateFromToRangeFilter(field_name="transfer_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = ProjectTransfer
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        lines = ProjectTransferLine.objects.filter(item__in=items_matching(value).values("pk"))
        return queryset.filter(
            Q(number__icontains=value)
            | Q(reason__icontains=value)
            | Q(from_project__code__icontains=value)
            | Q(to_project__code__icontains=value)
            | Q(pk__in=lines.values("transfer"))
        )

    def of_item(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset.filter(pk__in=ProjectTransferLine.objects.filter(item_id=value).values("transfer"))

    def between(self, queryset: QuerySet, _name: str, value: Project) -> QuerySet:
        return queryset.filter(Q(from_project=value) | Q(to_project=value))
