"""Pages of capacity: load of work centres, what-if plans, the picture one can drag."""

import datetime as dt
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.clock import moment, today
from core.errors import InvalidInput
from core.typed import day_typed, is_key, moment_typed
from core.views.base import DocumentPage, FormPage, ListPage, Page, Verb
from erp.filters.capacity import SchedulePlanFilter
from erp.forms.capacity import SchedulePlanForm
from erp.models import SchedulePlan, WorkCenter
from erp.selectors import capacity as load
from erp.selectors import schedules as reading
from erp.selectors.schedule_drift import drift_of
from erp.selectors.schedule_inputs import company_zone
from erp.services import schedules
from erp.states.demand import SchedulePlanState as S
from erp.states.demand import ScheduleSolver
from erp.tables.capacity import SchedulePlanTable
from erp.views.verbs import DocumentVerb

BUCKETS = {load.WEEK: 12, load.DAY: 14}
DRAFT = frozenset({S.DRAFT})


SHOWN = ((load.ALL, _("All work")), (load.FIRM, _("Work orders")), (load.PLANNED, _("Planned orders")))


def _show(request: Any, usual: str = load.ALL) -> str:
    asked = str(request.GET.get("show", usual))
    return asked if asked in load.SHOWN else usual


def _shown(request: Any, active: str) -> list[dict[str, Any]]:
    """The tabs that choose between work orders and planned orders; the rest of the address stays."""
    kept = {name: value for name, value in request.GET.items() if name != "show"}
    return [
        {"label": label, "url": f"{request.path}?{urlencode(kept | {'show': code})}", "active": code == active}
        for code, label in SHOWN
    ]


def _size(request: Any) -> str:
    return load.DAY if request.GET.get("by") == load.DAY else load.WEEK


class CapacityPage(Page, TemplateView):
    """Every work centre against what it offers."""

    permission_required = "erp.view_scheduleplan"
    template_name = "erp/capacity/load.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        size = _size(self.request)
        show = _show(self.request)
        rows = load.center_loads(today(), BUCKETS[size], size, show=show)
        here = reverse("erp:capacity")
        return super().get_context_data(**kwargs) | {
            "rows": [
                (one, [(cell, _work_url(one.center.pk, cell.start, size, show)) for cell in one.cells]) for one in rows
            ],
            "shown": _shown(self.request, show),
            "starts": load.starts_from(today(), BUCKETS[size], size),
            "tabs": [
                {"label": label, "url": f"{here}?by={code}&show={show}", "active": code == size}
                for code, label in ((load.WEEK, _("By week")), (load.DAY, _("By day")))
            ],
            "may_plan": self.request.user.has_perm("erp.add_scheduleplan"),
        }


def _work_url(center_id: int, start: dt.date, size: str, show: str) -> str:
    query = urlencode({"by": size, "start": start.isoformat(), "show": show})
    return f"{reverse('erp:capacity-center', args=[center_id])}?{query}"


class CenterLoadPage(Page, TemplateView):
    """One work centre: its load, and the operations behind a bucket."""

    permission_required = "erp.view_scheduleplan"
    template_name = "erp/capacity/center.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        center = WorkCenter.objects.filter(pk=self.kwargs["pk"]).first()
        if center is None:
            raise Http404
        size = _size(self.request)
        show = _show(self.request)
        [one] = load.center_loads(today(), BUCKETS[size], size, [center.pk], show=show) or [None]
        if one is None:
            raise Http404
        starts = [cell.start for cell in one.cells]
        asked = day_typed(self.request.GET.get("start", "")) or starts[0]
        start = max((day for day in starts if day <= asked), default=starts[0])
        words = {
            "hours": gettext("Hours"),
            "firm": gettext("Orders"),
            "planned": gettext("Plan"),
            "capacity": gettext("Offered"),
        }
        return super().get_context_data(**kwargs) | {
            "center": center,
            "cell": next(cell for cell in one.cells if cell.start == start),
            "works": [
                (work, minutes / 60) for work, minutes in load.work_in(center.pk, today(), start, size, show=show)
            ],
            "picture": load.load_picture(one, [_work_url(center.pk, day, size, show) for day in starts], words),
            "shown": _shown(self.request, show),
            "tabs": [
                {"label": label, "url": f"{self.request.path}?by={code}&show={show}", "active": code == size}
                for code, label in ((load.WEEK, _("By week")), (load.DAY, _("By day")))
            ],
        }


class SchedulePlanList(ListPage):
    """All what-if plans."""

    model = SchedulePlan
    table_class = SchedulePlanTable
    filterset_class = SchedulePlanFilter
    permission_required = "erp.view_scheduleplan"
    title = _("Plans of capacity")
    empty_text = _("A plan says when each operation is done on limited machines; compare it, then accept it.")
    create_url = "erp:schedule-plan-create"
    create_label = _("New plan")
    create_permission = "erp.add_scheduleplan"

    def base_queryset(self) -> Any:
        return reading.schedule_plans()


class MakeSchedulePlan(FormPage):
    """Plan all open operations."""

    service = schedules.create_schedule_plan
    form_class = SchedulePlanForm
    template_name = "core/form.html"
    title = _("New plan of capacity")
    message = _("Planned. Nothing changes before you accept it.")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return dict(form.cleaned_data)


class SchedulePlanPage(DocumentPage):
    """One plan: what it changes, whom it hits, the picture."""

    model = SchedulePlan
    permission_required = "erp.view_scheduleplan"
    template_name = "erp/capacity/plan.html"
    list_url = "erp:schedule-plan-list"
    main_path = (S.DRAFT, S.ACCEPTED)
    verbs = (
        Verb(
            pgettext_lazy("advice", "Accept"),
            "erp:schedule-plan-accept",
            schedules.accept_schedule_plan,
            to=S.ACCEPTED,
            main=True,
            icon="check",
            confirm=_(
                "The operations get these times, late orders their new due dates, and planned orders that were moved "
                "theirs. Accept?"
            ),
        ),
        Verb(
            _("Plan again"), "erp:schedule-plan-renew", schedules.renew_schedule_plan, states=DRAFT, icon="refresh",
        ),
        Verb(
            _("Discard"), "erp:schedule-plan-discard", schedules.discard_schedule_plan, to=S.DISCARDED, danger=True,
            icon="x",
        ),
    )  # fmt: skip

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        show = _show(self.request)
        rows = reading.rows_of(document) if show != load.PLANNED else []
        proposals = reading.proposals_of(document) if show != load.FIRM else []
        shifts = reading.shifts_of(rows, proposals)
        asked = self.request.GET.get("days", "")
        span = int(asked) if is_key(asked) and int(asked) in reading.SPANS else 14
        may_move = document.state == S.DRAFT and self.request.user.has_perm("erp.move_scheduleplan")
        start = day_typed(self.request.GET.get("start", "")) or document.planned_at.astimezone(company_zone()).date()
        return {
            "subtitle": _subtitle(document),
            "picture": reading.gantt([*rows, *proposals], document.planned_at, span, start=start, movable=may_move),
            "rows": rows,
            "proposals": proposals,
            "shifts": shifts,
            "later": sum(one.days_moved > 0 for one in shifts),
            "earlier": sum(one.days_moved < 0 for one in shifts),
            "late": sum(one.days_late > 0 for one in shifts),
            "broken": [one for one in shifts if one.breaks_promise],
            "may_move": may_move,
            "drift": drift_of(document, moment()) if document.state == S.DRAFT else None,
            "shown": _shown(self.request, show) if document.with_planned else [],
        } | _around(self.request.path, span, start, show)


def _subtitle(plan: SchedulePlan) -> str:
    parts = [plan.get_direction_display(), plan.get_rule_display()]
    if plan.solver != ScheduleSolver.RULES:
        parts[1] = plan.get_solver_display()
        parts.append(gettext("proven: none has less lateness") if plan.is_proven else gettext("best of ten seconds"))
    return " · ".join(parts)


def _around(path: str, span: int, start: dt.date, show: str) -> dict[str, Any]:
    """How to look at other days: longer or shorter, earlier, later."""

    def url(days: int, first: dt.date) -> str:
        return f"{path}?{urlencode({'days': days, 'start': first.isoformat(), 'show': show})}"

    return {
        "spans": [
            {"label": _("%(days)s days") % {"days": days}, "url": url(days, start), "active": days == span}
            for days in reading.SPANS
        ],
        "previous": url(span, start - dt.timedelta(days=span)),
        "following": url(span, start + dt.timedelta(days=span)),
    }


class LiveSchedule(Page, TemplateView):
    """The accepted times of all operations that are not done."""

    permission_required = "erp.view_scheduleplan"
    template_name = "erp/capacity/live.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("days", "")
        span = int(asked) if is_key(asked) and int(asked) in reading.SPANS else 14
        start = day_typed(self.request.GET.get("start", "")) or today()
        show = _show(self.request, load.FIRM)
        slots = list(reading.live_slots())
        proposals = reading.proposals_beside(slots, moment()) if show != load.FIRM else []
        shown = [*(slots if show != load.PLANNED else []), *proposals]
        return (
            super().get_context_data(**kwargs)
            | {
                "picture": reading.gantt(shown, moment(), span, start=start, movable=False),
                "slots": shown,
                "shown": _shown(self.request, show),
            }
            | _around(self.request.path, span, start, show)
        )


class _PlanVerb(DocumentVerb):
    def arguments(self) -> dict[str, Any]:
        operation = self.request.POST.get("operation_id", "")
        if not is_key(operation):
            raise InvalidInput(message=gettext("Which operation?"), field="operation_id")
        return super().arguments() | {"operation_id": int(operation)}


class _PlannedVerb(DocumentVerb):
    """Of a planned order, which has no row of its own: named by its identity and the number of the operation."""

    def arguments(self) -> dict[str, Any]:
        identity, number = (self.request.POST.get(name, "") for name in ("identity", "number"))
        if not identity or not is_key(number):
            raise InvalidInput(message=gettext("Which operation?"), field="identity")
        return super().arguments() | {"identity": identity, "number": int(number)}


class _MoveVerb(DocumentVerb):
    message = _("Moved; everything else is planned around it.")

    def arguments(self) -> dict[str, Any]:
        typed = moment_typed(self.request.POST.get("starts_at", ""))
        if typed is None:
            raise InvalidInput(message=gettext("Type when it is to begin."), field="starts_at")
        center = self.request.POST.get("work_center_id", "")
        return super().arguments() | {
            "starts_at": typed if typed.tzinfo else typed.replace(tzinfo=company_zone()),
            "work_center_id": int(center) if is_key(center) else None,
        }


class MoveOperation(_MoveVerb, _PlanVerb):
    """Put an operation somewhere else: dropped in the picture, or typed."""

    service = schedules.move_operation


class MovePlannedOperation(_MoveVerb, _PlannedVerb):
    """Put an operation of a planned order somewhere else."""

    service = schedules.move_planned_operation


class FreePlannedOperation(_PlannedVerb):
    """Let the planner place an operation of a planned order again."""

    service = schedules.free_planned_operation
    message = _("The planner places it again.")


class FreeOperation(_PlanVerb):
    """Let the planner place it again."""

    service = schedules.free_operation
    message = _("The planner places it again.")
