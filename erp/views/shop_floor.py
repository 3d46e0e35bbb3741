"""The shop floor on a tablet or a phone: scan the badge, scan the order, start, pause, finish with quantities."""

import json
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from core.errors import DomainError
from core.formats import plain
from core.operations import perform
from core.views.base import Page
from erp.forms.work_orders import FinishForm
from erp.models import WorkOrder, WorkOrderOperation
from erp.selectors.floor import orders_without_steps, paused_minutes, steps_for, steps_with_progress
from erp.selectors.operation_files import with_files
from erp.selectors.work_orders import employee_of_badge, open_session, work_order_of_code
from erp.services import work_orders
from erp.services.work_orders.steps import still_to_report
from erp.states.making import OperationState
from erp.views.overruns import Question, question_before
from masterdata.models import Employee

ORDERS_SHOWN = 30


class FloorPage(Page):
    """What the pages share: a scan that is right leads on, one that is wrong says so."""

    permission_required = "erp.report_workorder"

    def employee(self) -> Employee:
        found = Employee.objects.filter(pk=self.kwargs["employee_pk"], is_active=True).first()
        if found is None:
            raise Http404
        return found

    def order(self) -> WorkOrder:
        found = WorkOrder.objects.select_related("item__uom", "warehouse").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def go(self, url: str) -> HttpResponse:
        if self.request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(url)
        return HttpResponseRedirect(url)

    def wrong(self, refusal: DomainError, template: str, context: dict[str, Any]) -> HttpResponse:
        """Say what is wrong: with sound on a scanner page, in the page otherwise."""
        if self.request.headers.get("HX-Request"):
            response = HttpResponse("")
            response.headers["HX-Trigger"] = json.dumps({"scan": {"ok": False, "text": str(refusal)}})
            return response
        return render(self.request, template, context | {"refusal": refusal}, status=refusal.status)


class BadgePage(FloorPage):
    """Who are you?"""

    template = "erp/shop_floor/badge.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        own = Employee.objects.filter(user=request.user, is_active=True).first()
        return render(request, self.template, {"own": own})

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            employee = employee_of_badge(request.POST.get("code", ""))
        except DomainError as refusal:
            return self.wrong(refusal, self.template, {})
        return self.go(reverse("erp:shop-floor-employee", args=[employee.pk]))


class EmployeePage(FloorPage):
    """Which order, or which step?"""

    template = "erp/shop_floor/employee.html"

    def context(self) -> dict[str, Any]:
        employee = self.employee()
        return {
            "employee": employee,
            "session": open_session(employee),
            "steps": steps_for(employee)[:ORDERS_SHOWN],
            "orders": orders_without_steps()[:ORDERS_SHOWN],
        }

    def get(self, request: HttpRequest, employee_pk: int) -> HttpResponse:
        return render(request, self.template, self.context())

    def post(self, request: HttpRequest, employee_pk: int) -> HttpResponse:
        try:
            order = work_order_of_code(request.POST.get("code", ""))
        except DomainError as refusal:
            return self.wrong(refusal, self.template, self.context())
        open_steps = [one for one in order.operations.exclude(state=OperationState.DONE) if not one.is_subcontracted]
        if len(open_steps) == 1:
            return self.go(reverse("erp:shop-floor-step", args=[employee_pk, order.pk, open_steps[0].pk]))
        return self.go(reverse("erp:shop-floor-order", args=[employee_pk, order.pk]))


class OrderPage(FloorPage):
    """Start, pause, or finish with what was made: an order, or one step of it."""

    template = "erp/shop_floor/order.html"
    services: ClassVar[dict[str, tuple[Any, Any]]] = {
        "start": (work_orders.start_work, _("Started.")),
        "pause": (work_orders.pause_work, _("Paused.")),
        "finish": (work_orders.finish_work, _("Finished.")),
    }

    asked: Question | None = None

    def step(self, order: WorkOrder) -> WorkOrderOperation | None:
        if "step_pk" not in self.kwargs:
            return None
        found = order.operations.select_related("work_center").filter(pk=self.kwargs["step_pk"]).first()
        if found is None:
            raise Http404
        with_files([found], self.request.user)
        return found

    def context(self, form: FinishForm | None = None) -> dict[str, Any]:
        employee, order = self.employee(), self.order()
        step, steps = self.step(order), steps_with_progress(order)
        session = open_session(employee)
        left = still_to_report(order, steps, step)
        here = session and session.work_order_id == order.pk and session.operation_id == (step.pk if step else None)
        return {
            "employee": employee,
            "order": order,
            "step": step,
            "steps": [] if step else steps,
            "session": session if here else None,
            "elsewhere": None if here else session,
            "paused": paused_minutes(employee, order, step),
            "form": form or FinishForm(item=order.item, initial={"good_quantity": plain(left)} if left > 0 else {}),
            "still_open": left,
            "question": self.asked,
        }

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return render(request, self.template, self.context())

    def post(self, request: HttpRequest, employee_pk: int, pk: int, step_pk: int | None = None) -> HttpResponse:
        verb = request.POST.get("step", "start")
        form = FinishForm(request.POST if verb == "finish" else None, item=self.order().item)
        if verb == "finish" and not form.is_valid():
            return render(request, self.template, self.context(form), status=422)
        service, said = self.services.get(verb, self.services["start"])
        own: dict[str, Any] = form.values() if verb == "finish" else {}
        if step_pk is not None and verb != "pause":
            own["operation_id"] = step_pk
        own |= {"work_order_id": pk, "employee_id": employee_pk}
        if verb == "finish":
            self.asked = question_before(request, service, own, [pk])
            if self.asked is not None:
                return render(request, self.template, self.context(form))
        try:
            perform(service, actor=request.user, key=request.POST.get("_key") or None, **own)
        except DomainError as refusal:
            if refusal.status == 404:
                raise Http404 from refusal
            return self.wrong(refusal, self.template, self.context(form if verb == "finish" else None))
        messages.success(request, str(said))
        if verb == "finish":
            return self.go(reverse("erp:shop-floor-employee", args=[employee_pk]))
        return self.go(request.path)
