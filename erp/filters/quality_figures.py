"""What the figures of quality can be filtered by; the rows of each are those of its selector."""

import datetime as dt
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.forms import DayInput
from erp.models import Inspection
from erp.selectors.quality_figures import Run, defect_shares, judged, pass_rates, run_of
from erp.states import InspectionKind

SPAN = dt.timedelta(days=365)


class QualityFilter(django_filters.FilterSet):
    """A span (the last year unless told otherwise), the occasion, item and supplier; a subclass computes its rows."""

    start = django_filters.DateFilter(method="keep", label=_("From"), widget=DayInput())
    end = django_filters.DateFilter(method="keep", label=_("To"), widget=DayInput())
    kind = django_filters.ChoiceFilter(method="keep", choices=InspectionKind.choices, label=_("Kind"))
    item = django_filters.NumberFilter(method="keep", label=_("Item"))
    partner = django_filters.NumberFilter(method="keep", label=_("Supplier or customer"))
    work_center = django_filters.NumberFilter(method="keep", label=_("Work centre"))

    class Meta:
        model = Inspection
        fields: tuple[str, ...] = ()

    def keep(self, queryset: QuerySet, _name: str, _value: Any) -> QuerySet:
        return queryset

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked, as far as it is valid."""
        return self.form.cleaned_data if self.form.is_valid() else {}

    def span(self) -> tuple[dt.date, dt.date]:
        """Return the first and the last day."""
        end = self.asked.get("end") or today()
        start = self.asked.get("start") or end - SPAN
        return min(start, end), max(start, end)

    def inspections(self) -> QuerySet[Inspection]:
        """Return the finished inspections that were asked for."""
        asked = self.asked
        return judged(
            *self.span(),
            kind=asked.get("kind"),
            item_id=asked.get("item"),
            partner_id=asked.get("partner"),
            work_center_id=asked.get("work_center"),
        )

    def rows(self) -> list[Any]:
        """Compute the rows."""
        raise AssertionError("a report computes its rows")

    @property
    def qs(self) -> list[Any]:
        if not hasattr(self, "_rows"):
            self._rows = self.rows()
        return self._rows


class DefectFilter(QualityFilter):
    """Kinds of defects."""

    def rows(self) -> list[Any]:
        return defect_shares(self.inspections())


class PassRateFilter(QualityFilter):
    """By what the rates are grouped."""

    by = django_filters.ChoiceFilter(
        method="keep",
        label=_("By"),
        empty_label=None,
        choices=[
            ("supplier", _("Supplier or customer")),
            ("item", _("Item")),
            ("work_center", _("Work centre")),
            ("month", _("Month")),
        ],
    )

    @property
    def group(self) -> str:
        """Return by what the rates are grouped: suppliers unless told otherwise."""
        return str(self.asked.get("by") or "supplier")

    def rows(self) -> list[Any]:
        return pass_rates(self.inspections(), self.group)


class RunFilter(QualityFilter):
    """Which characteristic runs."""

    characteristic = django_filters.CharFilter(method="keep", label=_("Characteristic"))

    @property
    def run(self) -> Run:
        """Return the run that was asked for; empty without a characteristic."""
        if not hasattr(self, "_run"):
            name = self.asked.get("characteristic")
            self._run = run_of(self.inspections(), name) if name else Run([], None)
        return self._run

    def rows(self) -> list[Any]:
        return self.run.rows
