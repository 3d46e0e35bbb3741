"""Pages of work centres, made like those of all master data."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.clock import today
from erp.filters.engineering import WorkCenterFilter
from erp.models import RoutingOperation, WorkCenter
from erp.selectors.work_centers import weeks_of
from erp.services import work_centers
from erp.services.work_centers import WORK_CENTER
from erp.tables.engineering import WorkCenterTable
from masterdata.forms import grid_formset, record_form
from masterdata.views.records import Pages, Parts

WEEKS = 8


def work_center_context(center: WorkCenter, user: Any) -> dict[str, Any]:
    """Return what a work centre offers in the next weeks, and where it is used."""
    return {
        "weeks": weeks_of(center, today(), WEEKS),
        "uses": RoutingOperation.objects.filter(work_center=center).values("routing").distinct().count(),
        "sees_routings": user.has_perm("erp.view_routing"),
    }


PAGES = Pages(
    "work_center",
    _("Work centres"),
    _("New work centre"),
    _("A machine, a line or a group of people. Routings say which operation is done where."),
    groups=((_("Capacity"), ("calendar", "hours_per_day", "machines", "efficiency_percent", "is_finite")),),
    joined=("department",),
    grid_titles=(_("Rates per hour"), _("Exceptions in capacity")),
    detail_template="erp/work_center/detail.html",
    context=work_center_context,
    made_of=Parts(
        WORK_CENTER,
        work_centers.create_work_center,
        work_centers.update_work_center,
        record_form(WORK_CENTER),
        [grid_formset(grid) for grid in WORK_CENTER.grids],
        WorkCenterTable,
        WorkCenterFilter,
    ),
    namespace="erp",
)
