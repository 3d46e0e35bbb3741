"""What the lists and the API of quality can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.typed import is_key
from erp.filters.stock import DAYS
from erp.models import DefectCode, Inspection, InspectionPlan
from erp.states import DefectSeverity, InspectionKind, InspectionPlanState, InspectionState, Verdict
from masterdata.selectors.search import items_matching, partners_matching


class InspectionFilter(django_filters.FilterSet):
    """Inspections by number, item, lot, source, kind, state, verdict, date."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=InspectionKind.choices, label=_("Kind"))
    state = django_filters.MultipleChoiceFilter(choices=InspectionState.choices, label=_("State"))
    verdict = django_filters.MultipleChoiceFilter(choices=Verdict.choices, label=_("Verdict"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    partner = django_filters.NumberFilter(field_name="partner_id", label=_("Supplier or customer"))
    work_order = django_filters.NumberFilter(field_name="work_order_id", label=_("Work order"))
    work_center = django_filters.NumberFilter(field_name="work_center_id", label=_("Work centre"))
    lot = django_filters.NumberFilter(method="of_lot", label=_("Lot"))
    defect = django_filters.NumberFilter(method="with_defect", label=_("Defect"))
    source = django_filters.CharFilter(method="of_source", label=_("Source"))

    class Meta:
        model = Inspection
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(source_number__icontains=value)
            | Q(item__in=items_matching(value).values("pk"))
            | Q(partner__in=partners_matching(value).values("pk"))
            | Q(pk__in=Inspection.objects.filter(goods__lot__code__icontains=value).values("pk"))
        )

    def of_lot(self, queryset: QuerySet, _name: str, value: int) -> QuerySet:
        return queryset.filter(pk__in=Inspection.objects.filter(goods__lot=value).values("pk"))

    def with_defect(self, queryset: QuerySet, _name: str, value: int) -> QuerySet:
        return queryset.filter(pk__in=Inspection.objects.filter(defects__code=value).values("pk"))

    def of_source(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        label, _dot, key = value.rpartition(":")
        return queryset.filter(source_label=label, source_id=key) if is_key(key) else queryset.none()


class InspectionPlanFilter(django_filters.FilterSet):
    """Plans by number, item, kind, state."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=InspectionKind.choices, label=_("Kind"))
    state = django_filters.MultipleChoiceFilter(choices=InspectionPlanState.choices, label=_("State"))
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))

    class Meta:
        model = InspectionPlan
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(item__in=items_matching(value).values("pk"))
            | Q(category__code__icontains=value)
            | Q(category__name__icontains=value)
        )


class DefectCodeFilter(django_filters.FilterSet):
    """Kinds of defects by text and severity."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    severity = django_filters.MultipleChoiceFilter(choices=DefectSeverity.choices, label=_("Severity"))

    class Meta:
        model = DefectCode
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(code__icontains=value) | Q(name__icontains=value) | Q(name_zh__icontains=value))
