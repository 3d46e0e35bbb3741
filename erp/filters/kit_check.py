"""What a kit check can be asked, and which of its rows are shown."""

from functools import cached_property
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput
from erp.engines.kitting import Policy
from erp.filters.make import YES
from erp.filters.stock import all_warehouses
from erp.models import WorkOrder
from erp.selectors.kit_check import KitCheck, KitQuestion, KitRow, UnlockingReceipt, check_orders
from erp.states import KitMode, KitPolicy, KitStatus
from masterdata.selectors.search import items_matching


class KitFilter(django_filters.FilterSet):
    """The question (mode, receipts until, policy, auxiliary material), then the orders by text, place and answer."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    mode = django_filters.ChoiceFilter(method="keep", label=_("Counts"), empty_label=None, choices=KitMode.choices)
    until = django_filters.DateFilter(method="keep", label=_("Receipts until"), widget=DayInput())
    policy = django_filters.ChoiceFilter(
        method="keep", label=_("What is short"), empty_label=None, choices=KitPolicy.choices
    )
    status = django_filters.ChoiceFilter(method="keep", label=_("Kit"), choices=KitStatus.choices)
    late = django_filters.ChoiceFilter(method="keep", label=_("Too late to start"), choices=YES, empty_label="—")
    auxiliaries = django_filters.ChoiceFilter(
        method="keep", label=_("With auxiliary material"), choices=YES, empty_label="—"
    )
    operation = django_filters.NumberFilter(method="keep", label=_("Operation"))
    warehouse = django_filters.ModelChoiceFilter(queryset=all_warehouses, label=_("Warehouse"))

    class Meta:
        model = WorkOrder
        fields: tuple[str, ...] = ()

    def keep(self, queryset: QuerySet, _name: str, _value: Any) -> QuerySet:
        return queryset

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(item__in=items_matching(value).values("pk"))
            | Q(sales_order_line__order__number__icontains=value)
        )

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked, as far as it is valid."""
        return self.form.cleaned_data if self.form.is_valid() else {}

    @cached_property
    def check(self) -> KitCheck:
        """The answer for all released orders."""
        asked = self.asked
        return check_orders(
            KitQuestion(
                mode=asked.get("mode") or KitMode.ON_HAND,
                until=asked.get("until"),
                policy=Policy(asked.get("policy") or Policy.GREEDY),
                with_auxiliaries=bool(asked.get("auxiliaries")),
                operation=int(asked["operation"]) if asked.get("operation") else None,
            )
        )

    @cached_property
    def chosen(self) -> set[int] | None:
        """The orders that text and place leave over; None: all."""
        if not (self.asked.get("q") or self.asked.get("warehouse")):
            return None
        return set(super().qs.values_list("pk", flat=True))

    @cached_property
    def qs(self) -> list[Any]:
        return self.rows()

    def rows(self) -> list[Any]:
        """Return the orders with their kits."""
        asked = self.asked
        return [row for row in self.check.rows() if self._shows(row, asked)]

    def _shows(self, row: KitRow, asked: dict[str, Any]) -> bool:
        return (
            (self.chosen is None or row.pk in self.chosen)
            and (not asked.get("status") or row.status == asked["status"])
            and (not asked.get("late") or row.is_late)
        )


class UnlockFilter(KitFilter):
    """Receipts that orders wait for; the question and the orders are asked as in the kit check."""

    completes = django_filters.ChoiceFilter(method="keep", label=_("Completes an order"), choices=YES, empty_label="—")

    def rows(self) -> list[UnlockingReceipt]:
        found = self.check.receipts()
        if self.chosen is not None:
            found = [one for one in found if any(row.order.pk in self.chosen for row in one.orders)]
        return [one for one in found if one.completed or not self.asked.get("completes")]
