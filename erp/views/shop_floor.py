"""The shop floor on a phone: scan the badge, scan the order, start, finish with quantities."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from core.errors import DomainError
from core.operations import perform
from core.views.base import Page
from erp.forms.work_orders import FinishForm
from erp.models import WorkOrder
from erp.selectors.work_orders import employee_of_badge, open_session, orders_on_the_floor, work_order_of_code
from erp.services import work_orders
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
    """Which order?"""

    template = "erp/shop_floor/employee.html"

    def context(self) -> dict[str, Any]:
        employee = self.employee()
        return {
            "employee": employee,
            "session": open_session(employee),
            "orders": orders_on_the_floor()[:ORDERS_SHOWN],
        }

    def get(self, request: HttpRequest, employee_pk: int) -> HttpResponse:
        return render(request, self.template, self.context())

    def post(self, request: HttpRequest, employee_pk: int) -> HttpResponse:
        try:
            order = work_order_of_code(request.POST.get("code", ""))
        except DomainError as refusal:
            return self.wrong(refusal, self.template, self.context())
        return self.go(reverse("erp:shop-floor-order", args=[employee_pk, order.pk]))


class OrderPage(FloorPage):
    """Start, or finish with what was made."""

    template = "erp/shop_floor/order.html"

    def context(self, form: FinishForm | None = None) -> dict[str, Any]:
        employee, order = self.employee(), self.order()
        session = open_session(employee)
        return {
            "employee": employee,
            "order": order,
            "session": session if session and session.work_order_id == order.pk else None,
            "elsewhere": session if session and session.work_order_id != order.pk else None,
            "form": form or FinishForm(),
            "still_open": order.quantity - order.reported_quantity - order.scrapped_quantity,
        }

    def get(self, request: HttpRequest, employee_pk: int, pk: int) -> HttpResponse:
        return render(request, self.template, self.context())

    def post(self, request: HttpRequest, employee_pk: int, pk: int) -> HttpResponse:
        finishing = request.POST.get("step") == "finish"
        form = FinishForm(request.POST if finishing else None)
        if finishing and not form.is_valid():
            return render(request, self.template, self.context(form), status=422)
        service = work_orders.finish_work if finishing else work_orders.start_work
        try:
            perform(
                service,
                actor=request.user,
                key=request.POST.get("_key") or None,
                work_order_id=pk,
                employee_id=employee_pk,
                **(form.values() if finishing else {}),
            )
        except DomainError as refusal:
            if refusal.status == 404:
                raise Http404 from refusal
            return self.wrong(refusal, self.template, self.context(form if finishing else None))
        messages.success(request, _("Finished.") if finishing else _("Started."))
        step = "erp:shop-floor-employee" if finishing else "erp:shop-floor-order"
        return self.go(reverse(step, args=[employee_pk] if finishing else [employee_pk, pk]))
