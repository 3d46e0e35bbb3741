"""What the list of changes of the plan can be filtered by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.typed import is_key
from erp.models import PlanChange
from erp.selectors.plan_changes import cause_choices
from erp.states.plan_changes import UNDECIDED, PlanChangeKind, PlanChangeOutcome
from masterdata.selectors.search import items_matching, partners_matching


class PlanChangeFilter(django_filters.FilterSet):
    """Changes by text, kind, outcome (undecided ones unless told otherwise), item, run."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=PlanChangeKind.choices, label=_("Change"))
    outcome = django_filters.MultipleChoiceFilter(choices=PlanChangeOutcome.choices, label=_("Outcome"))
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    run = django_filters.NumberFilter(field_name="run_number", label=_("Run"))
    cause = django_filters.CharFilter(method="because", label=_("Because"))

    class Meta:
        model = PlanChange
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(item__in=items_matching(value).values("pk"))
            | Q(source_number__icontains=value)
            | Q(cause_number__icontains=value)
            | Q(order_line__order__partner__in=partners_matching(value).values("pk"))
        )

    def because(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        """Those one document brought (``crm.salesorder:12``), or one kind of event without a document (``stock:``)."""
        name, _colon, key = value.rpartition(":")
        return (
            queryset.filter(cause_label=name, cause_id=key)
            if is_key(key)
            else queryset.filter(cause=name, cause_id=None)
        )

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("outcome") else rows.filter(outcome__in=UNDECIDED)


class PlanChangeListFilter(PlanChangeFilter):
    """The same on the page, where causes are chosen from those that still wait for a decision."""

    cause = django_filters.ChoiceFilter(method="because", label=_("Because"), empty_label="—")

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.filters["cause"].extra["choices"] = cause_choices(asked=(data or {}).get("cause", ""))
