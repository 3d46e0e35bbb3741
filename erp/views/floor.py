"""Pages around the shop floor: error queue of backflushing, dispatching, what pieces pay."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.errors import DomainError
from core.formats import readable
from core.operations import perform
from core.typed import is_key
from core.views.base import FormPage, ListPage, Page
from erp.filters.making import (
    BackflushShortageFilter,
    OperationFilter,
    PieceRateFilter,
    PieceWageFilter,
    WageSumFilter,
)
from erp.forms.floor import DispatchForm, DispatchRows, PieceRateForm
from erp.models import BackflushShortage, PieceRate, PieceWage, WorkCenter, WorkOrderOperation
from erp.selectors.backflushing import open_shortages, waiting_orders
from erp.selectors.floor import (
    load_by_person,
    open_hours,
    piece_rates,
    piece_wages,
    planned_start,
    steps_on_the_floor,
)
from erp.services import floor, work_orders
from erp.tables.making import (
    BackflushShortageTable,
    OperationTable,
    PieceRateTable,
    PieceWageTable,
    WageSumTable,
)
from erp.views.verbs import DocumentVerb
from erp.views.work_orders import WorkOrderPage
from masterdata.models import Employee

ROWS = 200


def booked_on_days(days: Iterable[dt.date]) -> str:
    """Return the sentence that says on which days backflush errors were booked."""
    told = readable(sorted(days))
    return gettext(
        "Booked on %(days)s: on the day of the report while its period is open and the goods lay there, else today."
    ) % {"days": told}


class BackflushQueue(ListPage):
    """Material that was used up and could not be posted by itself."""

    model = BackflushShortage
    table_class = BackflushShortageTable
    filterset_class = BackflushShortageFilter
    permission_required = "erp.view_backflushshortage"
    title = _("Backflush errors")
    empty_text = _("All material that was reported as used up is posted.")

    template_name = "erp/shop_floor/queue.html"

    def base_queryset(self) -> Any:
        return open_shortages()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.request.user.has_perm("erp.retry_backflushshortage")
        return super().get_context_data(**kwargs) | {"may_retry": may and open_shortages().exists()}


class RetryQueue(Page):
    """POST: every order of the queue is posted again, each by itself: one that is refused stops no other."""

    permission_required = "erp.retry_backflushshortage"

    def post(self, request: HttpRequest) -> HttpResponse:
        key = request.POST.get("_key", "")
        refused, days = [], set()
        for pk in waiting_orders(request.user):
            one = f"{key}:{pk}" if key else None
            try:
                order = perform(work_orders.retry_backflush, actor=request.user, key=one, work_order_id=pk)
                days |= set(getattr(order, "booked_on", ()))
            except DomainError as refusal:
                refused.append(str(refusal))
        for sentence in dict.fromkeys(refused):
            messages.error(request, sentence)
        if days:
            messages.info(request, booked_on_days(days))
        left = open_shortages().count()
        if left:
            messages.warning(request, gettext("What was there is posted. Errors left: %(left)s.") % {"left": left})
        else:
            messages.success(request, gettext("All material that was used up is posted."))
        return HttpResponseRedirect(reverse("erp:backflush-queue"))


class RetryBackflush(DocumentVerb):
    """Post backflush errors of an order again; says on which days they were booked."""

    service = work_orders.retry_backflush
    page = WorkOrderPage

    def done(self, result: Any) -> HttpResponse:
        days = getattr(result, "booked_on", ())
        self.message = booked_on_days(days) if days else _("Nothing of it could be posted yet.")
        return super().done(result)


class OperationList(ListPage):
    """Steps on the floor, in the order in which they are to be done."""

    model = WorkOrderOperation
    table_class = OperationTable
    filterset_class = OperationFilter
    permission_required = "erp.view_workorderoperation"
    title = _("Operations to do")
    empty_text = _("Operations of released orders stand here; they come from the routing of the item.")
    create_url = "erp:dispatch"
    create_label = _("Dispatch")
    create_permission = "erp.dispatch_workorderoperation"

    def base_queryset(self) -> Any:
        return steps_on_the_floor()


class Dispatch(FormPage):
    """Say who does which step of a work centre, and in which order; several at once, with what everybody has to do."""

    service = floor.dispatch_operations
    form_class = DispatchForm
    formset_class = DispatchRows
    template_name = "erp/shop_floor/dispatch.html"
    title = _("Dispatch")
    message = _("Dispatched.")

    def center(self) -> int | None:
        asked = self.request.GET.get("work_center", "")
        return int(asked) if is_key(asked) else None

    def steps(self) -> Any:
        if not hasattr(self, "_steps"):
            self._steps = list(steps_on_the_floor(self.center())[:ROWS])
            for one in self._steps:
                one.planned_start, one.open_hours = planned_start(one), open_hours(one)
        return self._steps

    @cached_property
    def people(self) -> list[Employee]:
        """Whom steps can be given to."""
        return list(Employee.objects.filter(is_active=True).order_by("code"))

    def form_kwargs(self) -> dict[str, Any]:
        return {"people": self.people}

    def formset_kwargs(self) -> dict[str, Any]:
        return {"steps": self.steps(), "people": self.people}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [{"operation": one.pk, "responsible": one.responsible_id, "rank": one.rank} for one in self.steps()]

    def extra_context(self) -> dict[str, Any]:
        return {
            "centers": WorkCenter.objects.filter(is_active=True).order_by("code"),
            "center": self.center(),
            "loads": load_by_person(),
            "back_url": reverse("erp:operation-list"),
        }

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"rows": formset.typed(form.cleaned_data["assign_to"])}

    def success_url(self, result: Any) -> str:
        return self.request.get_full_path()


class PieceRateList(ListPage):
    """What good pieces pay."""

    model = PieceRate
    table_class = PieceRateTable
    filterset_class = PieceRateFilter
    permission_required = "erp.view_piecerate"
    title = _("Piece rates")
    empty_text = _("A piece rate says what a good piece pays at an operation. Without one, hours cost their rate.")
    create_url = "erp:piece-rate-set"
    create_label = _("Set a rate")
    create_permission = "erp.change_piecerate"

    def base_queryset(self) -> Any:
        return piece_rates()


class SetPieceRate(FormPage):
    """Set a rate from a day on."""

    service = floor.set_piece_rate
    form_class = PieceRateForm
    template_name = "core/form.html"
    title = _("Set a piece rate")

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": today()} | super().get_initial()

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:piece-rate-list")}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return form.values()

    def success_url(self, result: Any) -> str:
        return reverse("erp:piece-rate-list")


class PieceWageList(ListPage):
    """What people earned by pieces, report by report."""

    model = PieceWage
    table_class = PieceWageTable
    filterset_class = PieceWageFilter
    permission_required = "erp.view_piecewage"
    title = _("Piece wages")
    empty_text = _("Reports of operations with a piece rate leave their wage here.")
    views = (
        ("erp:piece-wage-list", _("Reports"), "list"),
        ("erp:piece-wage-sums", _("By employee and month"), "users"),
    )

    def base_queryset(self) -> Any:
        return piece_wages()


class PieceWageSums(PieceWageList):
    """What people earned by pieces, by month."""

    table_class = WageSumTable
    filterset_class = WageSumFilter
    title = _("Piece wages by employee and month")

    @property
    def page_key(self) -> str:
        return "erp.piecewagesum"

    def base_queryset(self) -> Any:
        return PieceWage.objects.all()
