"""Pictures of quality: Pareto of defects, pass rates, run chart of a characteristic; every figure opens its list."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.views.base import ListPage
from erp.filters.quality_figures import DefectFilter, PassRateFilter, RunFilter
from erp.models import Inspection
from erp.selectors.quality_figures import Run, measured_characteristics
from erp.tables.quality_figures import DefectTable, PassRateTable, RunTable, behind, listed

BARS = 25


class QualityReport(ListPage):
    """A table with its picture above it."""

    model = Inspection
    permission_required = "erp.view_inspection"
    template_name = "erp/quality/report.html"
    picture_label: Any = ""
    views = (
        ("erp:quality-defects", _("Defects"), "chart-bar"),
        ("erp:quality-rates", _("Pass rates"), "percentage"),
        ("erp:quality-run", _("Run chart"), "chart-line"),
    )

    def base_queryset(self) -> Any:
        return Inspection.objects.all()

    def picture(self, filterset: Any) -> dict[str, Any] | None:
        """Return the ECharts option."""
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"picture": self.picture(context["filter"]), "picture_label": self.picture_label}


class DefectPareto(QualityReport):
    """Which defects weigh most."""

    table_class = DefectTable
    filterset_class = DefectFilter
    title = _("Defects")
    empty_text = _("No defect was found in this time.")
    page_key = "erp.qualitydefects"
    picture_label = _("Pieces by kind of defect, and their cumulative share.")

    def picture(self, filterset: Any) -> dict[str, Any] | None:
        rows = filterset.qs[:BARS]
        if not rows:
            return None
        return {
            "tooltip": {"trigger": "axis"},
            "legend": {},
            "xAxis": {
                "type": "category",
                "data": [row.code.label() for row in rows],
                "axisLabel": {"interval": 0, "width": 72, "overflow": "break"},
            },
            "yAxis": [{"type": "value", "minInterval": 1}, {"type": "value", "max": 100, "splitLine": {"show": False}}],
            "series": [
                {
                    "type": "bar",
                    "name": gettext("Pieces"),
                    "data": [{"value": row.pieces, "url": listed(defect=row.code.pk)} for row in rows],
                },
                {
                    "type": "line",
                    "name": gettext("Cumulative %"),
                    "yAxisIndex": 1,
                    "data": [str(round(row.cumulative, 2)) for row in rows],
                },
            ],
        }


class PassRates(QualityReport):
    """How much passes, by supplier, item, work centre or month."""

    table_class = PassRateTable
    filterset_class = PassRateFilter
    title = _("Pass rates")
    empty_text = _("Nothing was inspected in this time.")
    page_key = "erp.qualityrates"
    picture_label = _("Share of inspections that conformed.")

    def picture(self, filterset: Any) -> dict[str, Any] | None:
        rows = filterset.qs[:BARS]
        if not rows:
            return None
        is_month = filterset.group == "month"
        return {
            "tooltip": {"trigger": "axis"},
            "xAxis": {
                "type": "category",
                "data": [row.group.strftime("%Y-%m") if is_month else str(row.group) for row in rows],
            },
            "yAxis": {"type": "value", "max": 100, "min": 0},
            "series": [
                {
                    "type": "line" if is_month else "bar",
                    "name": gettext("Pass rate %"),
                    "data": [{"value": str(round(row.rate, 2)), "url": behind(row.group)} for row in rows],
                }
            ],
        }


class RunChart(QualityReport):
    """How a characteristic runs, with its limits."""

    table_class = RunTable
    filterset_class = RunFilter
    title = _("Run chart")
    empty_text = _("Choose a characteristic: its values are shown as they were measured.")
    page_key = "erp.qualityrun"
    picture_label = _("Measured values in their order, with specification and control limits.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        run: Run = context["filter"].run
        base = reverse("erp:quality-run")
        return context | {
            "control": run.control,
            "unit": run.unit,
            "choices": [{"name": name, "url": f"{base}?characteristic={name}"} for name in measured_characteristics()],
        }

    def picture(self, filterset: Any) -> dict[str, Any] | None:
        run: Run = filterset.run
        if not run.rows:
            return None
        last = run.rows[-1]
        lines = [(gettext("Lower limit"), last.lower), (gettext("Upper limit"), last.upper)]
        if run.control is not None:
            lines += [(gettext("Mean"), run.control.mean), ("LCL", run.control.lower), ("UCL", run.control.upper)]
        return {
            "tooltip": {"trigger": "axis"},
            "xAxis": {"type": "category", "data": [f"{row.inspection}#{row.sample_no}" for row in run.rows]},
            "yAxis": {"type": "value", "scale": True},
            "series": [
                {
                    "type": "line",
                    "name": str(filterset.asked.get("characteristic")),
                    "data": [
                        {"value": str(row.value.normalize()), "url": row.inspection.get_absolute_url()}
                        for row in run.rows
                    ],
                    "markLine": {
                        "symbol": "none",
                        "data": [
                            {
                                "yAxis": str(round(value, 4)),
                                "name": name,
                                "label": {"formatter": name, "position": "insideEndTop"},
                            }
                            for name, value in lines
                            if value is not None
                        ],
                    },
                }
            ],
        }
