"""What the list and the API of corrective actions can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from erp.models import CorrectiveAction
from erp.selectors.corrective_actions import UNSOLVED, staff
from erp.states import CorrectiveActionState
from masterdata.selectors.search import items_matching

YES = [("1", _("Yes"))]


class CorrectiveActionFilter(django_filters.FilterSet):
    """Corrective actions by text, state, who is responsible, whether they are late."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=CorrectiveActionState.choices, label=_("State"))
    responsible = django_filters.ModelChoiceFilter(queryset=lambda request: staff(), label=_("Responsible"))
    late = django_filters.ChoiceFilter(method="is_late", choices=YES, label=_("Late"), empty_label="—")
    inspection = django_filters.NumberFilter(field_name="inspection_id", label=_("Inspection"))
    return_receipt = django_filters.NumberFilter(field_name="return_receipt_id", label=_("Customer return"))
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    partner = django_filters.NumberFilter(field_name="partner_id", label=_("Supplier or customer"))

    class Meta:
        model = CorrectiveAction
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value) | Q(title__icontains=value) | Q(item__in=items_matching(value).values("pk"))
        )

    def is_late(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(due_date__lt=today(), state__in=UNSOLVED)
