"""What the stock reports can be filtered by; the rows of each are those of its selector."""

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.forms import DayInput
from erp.filters.stock import DAYS, all_places, all_warehouses, categories
from erp.models import ItemClass, Reservation, StockLimit
from erp.selectors.consumption import turnover
from erp.selectors.slow_stock import CAUSES, slow_items
from erp.selectors.stock_as_of import stock_as_of
from erp.selectors.stock_limits import limit_states
from erp.states import AbcClass, DemandKind
from masterdata.models import Item
from masterdata.selectors.search import items_matching, partners_matching


class ReportFilter(django_filters.FilterSet):
    """Items by text and category; a subclass computes its rows from what was asked."""

    q = django_filters.CharFilter(method="items_by_text", label=_("Search"))
    category = django_filters.ModelChoiceFilter(queryset=categories, label=_("Item category"))

    class Meta:
        model = Item
        fields: tuple[str, ...] = ()

    def keep(self, queryset: QuerySet, _name: str, _value: Any) -> QuerySet:
        return queryset

    def keep_place(self, queryset: QuerySet, _name: str, value: int) -> QuerySet:
        return queryset

    def items_by_text(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return items_matching(value, queryset)

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked, as far as it is valid."""
        return self.form.cleaned_data if self.form.is_valid() else {}

    def rows(self, asked: dict[str, Any], items: QuerySet[Item] | None) -> list[Any]:
        """Compute the rows (of ``items`` alone, unless None)."""
        raise AssertionError("a report computes its rows")

    @property
    def qs(self) -> list[Any]:
        if not hasattr(self, "_rows"):
            asked = self.asked
            chosen = super().qs.select_related("uom", "category") if asked.get("q") or asked.get("category") else None
            self._rows = self.rows(asked, chosen)
        return self._rows


class StockAsOfFilter(ReportFilter):
    """A day (today unless told otherwise), how fine, where."""

    day = django_filters.DateFilter(method="keep", label=_("At the end of"), widget=DayInput())
    group = django_filters.ChoiceFilter(
        method="keep",
        label=_("By"),
        empty_label=None,
        choices=[
            ("item", _("Item")),
            ("warehouse", _("Warehouse")),
            ("place", _("Place")),
            ("lot", _("Lot or serial number")),
        ],
    )
    warehouse = django_filters.ModelChoiceFilter(method="keep_place", queryset=all_warehouses, label=_("Warehouse"))
    location = django_filters.ModelChoiceFilter(method="keep_place", queryset=all_places, label=_("Place"))

    def rows(self, asked: dict[str, Any], items: QuerySet[Item] | None) -> list[Any]:
        place, location = asked.get("warehouse"), asked.get("location")
        return stock_as_of(
            asked.get("day") or today(),
            group=asked.get("group") or "item",
            items=items,
            warehouse_id=place.pk if place else None,
            location_id=location.pk if location else None,
        )


class SlowStockFilter(ReportFilter):
    """Slow-moving stock by warehouse, cause and how long it lies."""

    warehouse = django_filters.ModelChoiceFilter(method="keep_place", queryset=all_warehouses, label=_("Warehouse"))
    cause = django_filters.ChoiceFilter(
        method="keep", label=_("Cause"), choices=[(cause.value, label) for cause, label in CAUSES.items()]
    )
    idle_days = django_filters.NumberFilter(method="keep", label=_("Idle for … days at least"))

    def rows(self, asked: dict[str, Any], items: QuerySet[Item] | None) -> list[Any]:
        place = asked.get("warehouse")
        found = slow_items(warehouse_id=place.pk if place else None)
        wanted = None if items is None else set(items.values_list("pk", flat=True))
        return [
            row
            for row in found
            if (wanted is None or row.item.pk in wanted)
            and (not asked.get("cause") or row.cause == asked["cause"])
            and row.idle_days >= (asked.get("idle_days") or 0)
        ]


class TurnoverFilter(ReportFilter):
    """A span (this year unless told otherwise) and how the stock is grouped."""

    start = django_filters.DateFilter(method="keep", label=_("From"), widget=DayInput())
    end = django_filters.DateFilter(method="keep", label=_("To"), widget=DayInput())
    group = django_filters.ChoiceFilter(
        method="keep",
        label=_("By"),
        empty_label=None,
        choices=[("item", _("Item")), ("category", _("Item category")), ("warehouse", _("Warehouse"))],
    )

    def rows(self, asked: dict[str, Any], items: QuerySet[Item] | None) -> list[Any]:
        end = asked.get("end") or today()
        start = asked.get("start") or end.replace(month=1, day=1)
        return turnover(min(start, end), end, asked.get("group") or "item", items)


class ItemClassFilter(django_filters.FilterSet):
    """Items by class, proposal, and whether the two differ."""

    q = django_filters.CharFilter(method="of_items", label=_("Search"))
    abc_class = django_filters.ChoiceFilter(choices=AbcClass.choices, label=_("ABC class"))
    proposed_class = django_filters.ChoiceFilter(choices=AbcClass.choices, label=_("Proposed"))
    differs = django_filters.BooleanFilter(method="is_different", label=_("Proposal differs"))

    class Meta:
        model = ItemClass
        fields: tuple[str, ...] = ()

    def of_items(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(item__in=items_matching(value).values("pk"))

    def is_different(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        same = Q(abc_class=F("proposed_class"))
        return queryset.exclude(same) if value else queryset.filter(same)


class StockLimitFilter(django_filters.FilterSet):
    """Limits by item and warehouse."""

    q = django_filters.CharFilter(method="of_items", label=_("Search"))
    warehouse = django_filters.ModelChoiceFilter(queryset=all_warehouses, label=_("Warehouse"))

    class Meta:
        model = StockLimit
        fields: tuple[str, ...] = ()

    def of_items(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(item__in=items_matching(value).values("pk"))


class BreachFilter(ReportFilter):
    """Broken limits by warehouse and side; its rows are those of the limits that are broken."""

    warehouse = django_filters.ModelChoiceFilter(method="keep_place", queryset=all_warehouses, label=_("Warehouse"))
    breach = django_filters.ChoiceFilter(
        method="keep", label=_("Breach"), choices=[("low", _("below the minimum")), ("high", _("above the maximum"))]
    )

    def rows(self, asked: dict[str, Any], items: QuerySet[Item] | None) -> list[Any]:
        place = asked.get("warehouse")
        wanted = None if items is None else set(items.values_list("pk", flat=True))
        return [
            row
            for row in limit_states()
            if (wanted is None or row.limit.item_id in wanted)
            and (place is None or row.limit.warehouse_id == place.pk)
            and (not asked.get("breach") or row.breach == asked["breach"])
        ]


class ReservationFilter(django_filters.FilterSet):
    """Reservations by item, order or quotation, customer, warehouse, kind, due date."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    item = django_filters.NumberFilter(field_name="demand__item_id", label=_("Item"))
    kind = django_filters.MultipleChoiceFilter(field_name="demand__kind", choices=DemandKind.choices, label=_("Kind"))
    source_label = django_filters.CharFilter(field_name="demand__source_label", label=_("Source"))
    source_id = django_filters.NumberFilter(field_name="demand__source_id", label=_("Source document"))
    warehouse = django_filters.ModelChoiceFilter(
        field_name="balance__location__warehouse", queryset=all_warehouses, label=_("Warehouse")
    )
    due = django_filters.DateFromToRangeFilter(field_name="demand__due_date", label=_("Due date"), widget=DAYS)

    class Meta:
        model = Reservation
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(demand__source_number__icontains=value)
            | Q(demand__item__in=items_matching(value).values("pk"))
            | Q(demand__partner__in=partners_matching(value).values("pk"))
        )
