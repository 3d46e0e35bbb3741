"""生产任务跟踪预警: the warnings, the wall screen, the thresholds."""

from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.views.base import FormPage, ListPage, OperationView, Page
from erp.filters.tracking import TrackingFilter
from erp.forms.tracking import TrackingSettingsForm
from erp.models import TrackingWarning
from erp.selectors.tracking import hits_by_warning, open_warnings, tracking_rules, warnings
from erp.services import tracking
from erp.states import TrackingKind
from erp.tables.tracking import COLOURS, TrackingTable, in_words
from erp.views.verbs import posted_version

ON_THE_WALL = 14


def counts_by_kind() -> list[dict[str, Any]]:
    """Return how many warnings of each kind stand, with the list behind each figure."""
    found = Counter(TrackingWarning.objects.filter(closed_at__isnull=True).order_by().values_list("kind", flat=True))
    base = reverse("erp:tracking")
    return [
        {"label": label, "count": found[code], "url": f"{base}?kind={code}", "colour": COLOURS[TrackingKind(code)]}
        for code, label in TrackingKind.choices
    ]


class TrackingPage(ListPage):
    """The warnings that stand."""

    model = TrackingWarning
    table_class = TrackingTable
    filterset_class = TrackingFilter
    permission_required = "erp.view_trackingwarning"
    template_name = "erp/tracking/list.html"
    title = _("Production tracking")
    empty_text = _("No work order is beyond a threshold. The worker checks them every quarter of an hour.")

    def base_queryset(self) -> Any:
        return warnings() if self.request.GET.get("closed") else open_warnings()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "counts": counts_by_kind(),
            "may_check": user.has_perm("erp.check_trackingwarning"),
            "may_configure": user.has_perm("erp.configure_tracking"),
        }


class TrackingWall(Page, TemplateView):
    """The wall screen: dark, large, refreshing itself; htmx asks for the rows alone."""

    permission_required = "erp.view_trackingwarning"
    template_name = "erp/tracking/wall.html"

    def get_template_names(self) -> list[str]:
        return ["erp/tracking/_wall.html"] if self.request.headers.get("HX-Request") else [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(open_warnings()[:ON_THE_WALL])
        hits = hits_by_warning([row.pk for row in rows], self.request.user)
        counts = counts_by_kind()
        return super().get_context_data(**kwargs) | {
            "counts": counts,
            "total": sum(one["count"] for one in counts),
            "rows": [
                {
                    "warning": row,
                    "text": in_words(row),
                    "colour": COLOURS[TrackingKind(row.kind)],
                    "orders": hits.get(row.pk, []),
                }
                for row in rows
            ],
            "now": timezone.now(),
        }


class CheckProduction(OperationView):
    """Check now instead of waiting for the worker."""

    service = tracking.check_production
    message = _("All work orders are checked.")

    def success_url(self, result: Any) -> str:
        return reverse("erp:tracking")


class TrackingSettingsPage(FormPage):
    """From when on the program warns."""

    service = tracking.configure_tracking
    form_class = TrackingSettingsForm
    template_name = "core/form.html"
    title = _("Tracking settings")

    def get_document(self) -> Any:
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"instance": tracking_rules()}

    def get_initial(self) -> dict[str, Any]:
        return {}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"rules": form.cleaned_data, "version": posted_version(self.request)}

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:tracking")}

    def success_url(self, result: Any) -> str:
        return reverse("erp:tracking-settings")
