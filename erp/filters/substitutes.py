"""What the list of substitutes can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from erp.filters.make import YES
from erp.models import BomSubstitute
from erp.selectors.boms import valid_on
from erp.states import BomState
from masterdata.selectors.search import items_matching


class SubstituteFilter(django_filters.FilterSet):
    """Substitutes by the items that take part, by group, validity and state of the bill."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    component = django_filters.NumberFilter(field_name="bom_line__component_id", label=_("Component"))
    item = django_filters.NumberFilter(field_name="item_id", label=_("Substitute"))
    parent = django_filters.NumberFilter(field_name="bom_line__bom__item_id", label=_("Product"))
    together = django_filters.ChoiceFilter(
        method="in_groups", choices=YES, label=_("Replaced together"), empty_label="—"
    )
    valid = django_filters.ChoiceFilter(method="valid_now", choices=YES, label=_("Valid today"), empty_label="—")
    state = django_filters.MultipleChoiceFilter(
        field_name="bom_line__bom__state", choices=BomState.choices, label=_("State")
    )

    class Meta:
        model = BomSubstitute
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        items = items_matching(value).values("pk")
        own = Q(bom_line__component__in=items) | Q(item__in=items) | Q(bom_line__bom__item__in=items)
        return queryset.filter(own | Q(bom_line__substitute_group__icontains=value))

    def in_groups(self, queryset: QuerySet, _name: str, _value: str) -> QuerySet:
        return queryset.exclude(bom_line__substitute_group="")

    def valid_now(self, queryset: QuerySet, _name: str, _value: str) -> QuerySet:
        for prefix in ("", "bom_line__", "bom_line__bom__"):
            queryset = queryset.filter(valid_on(today(), prefix))
        return queryset.filter(bom_line__bom__state=BomState.RELEASED)
