"""Filters of the value of stock."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from erp.filters.stock import DAYS
from erp.models import AverageRun, CostLayer, LayerUse
from erp.states import MoveKind


class CostLayerFilter(django_filters.FilterSet):
    """Layers by day, kind and whether anything is left."""

    received = django_filters.DateFromToRangeFilter(field_name="received_on", label=_("Date"), widget=DAYS)
    kind = django_filters.MultipleChoiceFilter(field_name="move__kind", choices=MoveKind.choices, label=_("Kind"))
    left = django_filters.BooleanFilter(method="is_left", label=_("Something is left"))

    class Meta:
        model = CostLayer
        fields: tuple[str, ...] = ()

    def is_left(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        return queryset.filter(remaining_quantity__gt=0) if value else queryset.filter(remaining_quantity=0)


class CostLayerApiFilter(CostLayerFilter):
    """The same, by item."""

    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    move = django_filters.NumberFilter(field_name="move_id", label=_("Move"))


class LayerUseFilter(django_filters.FilterSet):
    """Uses by layer, move and item."""

    layer = django_filters.NumberFilter(field_name="layer_id", label=_("Layer"))
    move = django_filters.NumberFilter(field_name="move_id", label=_("Move"))
    item = django_filters.NumberFilter(field_name="layer__item_id", label=_("Item"))

    class Meta:
        model = LayerUse
        fields: tuple[str, ...] = ()


class AverageRunFilter(django_filters.FilterSet):
    """Runs by month."""

    month = django_filters.DateFromToRangeFilter(label=_("Month"), widget=DAYS)

    class Meta:
        model = AverageRun
        fields: tuple[str, ...] = ()
