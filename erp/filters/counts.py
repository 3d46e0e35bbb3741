"""What the lists and the API of stocktakes can be filtered by."""

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from erp.filters.stock import DAYS, all_warehouses
from erp.models import Stocktake, StocktakeLine
from erp.selectors.count_plan import due_items
from erp.states import AbcClass, StocktakeKind, StocktakeState
from masterdata.models import Item
from masterdata.selectors.search import items_matching


class StocktakeFilter(django_filters.FilterSet):
    """Stocktakes by number, kind, state, warehouse, date."""

    q = django_filters.CharFilter(field_name="number", lookup_expr="icontains", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=StocktakeKind.choices, label=_("Kind"))
    state = django_filters.MultipleChoiceFilter(choices=StocktakeState.choices, label=_("State"))
    warehouse = django_filters.ModelChoiceFilter(queryset=all_warehouses, label=_("Warehouse"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = Stocktake
        fields: tuple[str, ...] = ()


class StocktakeLineFilter(django_filters.FilterSet):
    """Lines of a count by item, place, whether they are counted, whether they differ."""

    q = django_filters.CharFilter(method="of_items", label=_("Search"))
    sheet = django_filters.NumberFilter(field_name="sheet__number", label=_("Sheet"))
    counted = django_filters.BooleanFilter(
        field_name="counted_quantity", lookup_expr="isnull", exclude=True, label=_("Counted")
    )
    differs = django_filters.BooleanFilter(method="is_different", label=_("Differs"))

    class Meta:
        model = StocktakeLine
        fields: tuple[str, ...] = ()

    def of_items(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(item__in=items_matching(value).values("pk"))
            | Q(lot__code__icontains=value)
            | Q(location__code__icontains=value)
        )

    def is_different(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        counted = queryset.filter(counted_quantity__isnull=False)
        same = Q(counted_quantity=F("book_quantity"))
        return counted.exclude(same) if value else counted.filter(same)


class CountPlanFilter(django_filters.FilterSet):
    """Items due to be counted, by warehouse and class; its rows are those of the counting plan."""

    q = django_filters.CharFilter(method="items_by_text", label=_("Search"))
    warehouse = django_filters.ModelChoiceFilter(method="keep", queryset=all_warehouses, label=_("Warehouse"))
    abc_class = django_filters.ChoiceFilter(method="keep", choices=AbcClass.choices, label=_("ABC class"))

    class Meta:
        model = Item
        fields: tuple[str, ...] = ()

    def keep(self, queryset: QuerySet, _name: str, _value: Any) -> QuerySet:
        return queryset

    def items_by_text(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return items_matching(value, queryset)

    @property
    def qs(self) -> list[Any]:
        if not hasattr(self, "_rows"):
            data = self.form.cleaned_data if self.form.is_valid() else {}
            place = data.get("warehouse")
            rows = due_items(warehouse_id=place.pk if place else None)
            if data.get("abc_class"):
                rows = [row for row in rows if row.abc_class == data["abc_class"]]
            items = Item.objects.select_related("uom").filter(pk__in={row.item_id for row in rows})
            known = {one.pk: one for one in (items_matching(data["q"], items) if data.get("q") else items)}
            places = {one.pk: one for one in all_warehouses(None)}
            self._rows = [
                {"due": row, "item": known[row.item_id], "warehouse": places.get(row.warehouse_id)}
                for row in rows
                if row.item_id in known
            ]
        return self._rows
