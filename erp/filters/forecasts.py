"""What forecasts, their lines, their accuracy and stocking advice can be filtered by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from erp.filters.stock import categories
from erp.filters.stock_reports import ReportFilter
from erp.models import Forecast, ForecastLine, StockingAdvice
from erp.selectors.demand_history import category_branch
from erp.selectors.forecasts import accuracy_of
from erp.states import AbcClass
from erp.states.demand import DemandPattern, ForecastBucketSize, ForecastMethod, ForecastState
from masterdata.models import Item
from masterdata.selectors.search import items_matching

YES = [("1", _("Yes"))]


class ForecastFilter(django_filters.FilterSet):
    """Forecasts by text, state, bucket."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=ForecastState.choices, label=_("State"))
    bucket_size = django_filters.ChoiceFilter(choices=ForecastBucketSize.choices, label=_("Bucket"))

    class Meta:
        model = Forecast
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(number__icontains=value) | Q(title__icontains=value))


class ForecastLineFilter(django_filters.FilterSet):
    """Lines by forecast, item, pattern, method, what was changed by hand."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    forecast = django_filters.NumberFilter(field_name="forecast_id", label=_("Forecast"))
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    category = django_filters.ModelChoiceFilter(queryset=categories, method="branch", label=_("Item category"))
    pattern = django_filters.MultipleChoiceFilter(choices=DemandPattern.choices, label=_("Pattern"))
    method = django_filters.MultipleChoiceFilter(choices=ForecastMethod.choices, label=_("Method"))
    by_hand = django_filters.ChoiceFilter(method="typed", choices=YES, label=_("Changed by hand"), empty_label="—")

    class Meta:
        model = ForecastLine
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(item__in=items_matching(value).values("pk"))

    def branch(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset.filter(item__category_id__in=category_branch(value.pk) or ())

    def typed(self, queryset: QuerySet, _name: str, _value: str) -> QuerySet:
        return queryset.filter(Q(by_hand=True) | Q(buckets__override__isnull=False)).distinct()


class GridFilter(ForecastLineFilter):
    """The lines of the one forecast a grid shows."""

    forecast = None
    item = None


def released_forecasts(_request: Any) -> QuerySet[Forecast]:
    """Return the forecasts of which there is an edition, the newest first."""
    return Forecast.objects.filter(edition__gt=0).order_by("-pk")


class AccuracyFilter(ReportFilter):
    """Accuracy of one forecast (the newest unless told otherwise)."""

    forecast = django_filters.ModelChoiceFilter(method="keep_place", queryset=released_forecasts, label=_("Forecast"))

    def rows(self, asked: dict[str, Any], items: QuerySet[Item] | None) -> list[Any]:
        forecast = asked.get("forecast") or released_forecasts(None).first()
        if forecast is None:
            return []
        wanted = None if items is None else set(items.values_list("pk", flat=True))
        return accuracy_of(forecast, today(), wanted)


class StockingAdviceFilter(django_filters.FilterSet):
    """Advice by item, category, class, kind of supply, whether it differs and which way."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    category = django_filters.ModelChoiceFilter(queryset=categories, method="branch", label=_("Item category"))
    abc_class = django_filters.MultipleChoiceFilter(choices=AbcClass.choices, label=_("ABC class"))
    supply_type = django_filters.MultipleChoiceFilter(
        field_name="item__supply_type", choices=Item.SupplyType.choices, label=_("Supply")
    )
    differs = django_filters.ChoiceFilter(method="differing", choices=YES, label=_("Differs"), empty_label="—")
    effect = django_filters.ChoiceFilter(
        method="by_effect", choices=[("less", _("Less stock")), ("more", _("More stock"))], label=_("Effect")
    )

    class Meta:
        model = StockingAdvice
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(item__in=items_matching(value).values("pk"))

    def branch(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset.filter(item__category_id__in=category_branch(value.pk) or ())

    def differing(self, queryset: QuerySet, _name: str, _value: str) -> QuerySet:
        return queryset.filter(differs=True)

    def by_effect(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(value_effect__lt=0) if value == "less" else queryset.filter(value_effect__gt=0)


class MasterScheduleFilter(django_filters.FilterSet):
    """Items of the master schedule by text, category, kind of supply; how many weeks the page itself decides."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    category = django_filters.ModelChoiceFilter(queryset=categories, method="branch", label=_("Item category"))
    supply_type = django_filters.MultipleChoiceFilter(choices=Item.SupplyType.choices, label=_("Supply"))
    weeks = django_filters.ChoiceFilter(
        method="as_it_is",
        label=_("Weeks"),
        empty_label=None,
        choices=[("12", "12"), ("8", "8"), ("26", "26"), ("52", "52")],
    )

    class Meta:
        model = Item
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return items_matching(value, queryset)

    def branch(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset.filter(category_id__in=category_branch(value.pk) or ())

    def as_it_is(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset
