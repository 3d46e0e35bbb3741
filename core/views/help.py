"""Help › How we work: who owns which fact, the flow with live counts, the company's own procedures, the tour."""

from typing import Any

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core import flow
from core.contributions import Fact, WorkItems, contributions
from core.counting import counted
from core.models.views import Procedure
from core.operations import perform
from core.services.company import save_procedure
from core.views.base import SIGNED_IN, Page

STEPS = (
    (1, _("Quotation"), _("Lead, opportunity, quotation with live promise date, price and margin.")),
    (2, _("Sales order"), _("Confirmed with the credit check; demand, reservation and payment plan at once.")),
    (3, _("Plan"), _("All demand netted level by level; planned orders firmed by click or fence.")),
    (4, _("Purchase"), _("Requisition, purchase order, goods receipt into stock.")),
    (5, _("Production"), _("Work order: release, issue, report, receipt with actual cost.")),
    (6, _("Delivery"), _("Delivery request, pick, shipment, sign-off by the customer.")),
    (7, _("Invoice and payment"), _("Invoice from what was delivered, payment, allocation, exposure down.")),
    (8, _("Period close"), _("Sub-ledgers equal the general ledger, or the close is refused.")),
)

TOUR = (
    (_("Everything starts in My work: what waits for you, the most urgent first."), "core:my-work", "#main"),
    (_("Search finds numbers, names, pinyin, aliases and barcodes. Press / or Ctrl+K."), "", "#global-search"),
    (_("A customer's wish becomes an opportunity, then a quotation."), "crm:quotation-list", "#list"),
    (_("A confirmed order reserves stock and records demand in the same moment."), "crm:sales-order-list", "#list"),
    (_("The plan nets all demand and proposes work orders and purchases."), "erp:plan", "#main"),
    (_("Purchases go from requisition to order to receipt."), "scm:purchase-order-list", "#list"),
    (_("Production issues material, reports and receives."), "erp:work-order-list", "#list"),
    (_("The warehouse picks and ships what was requested."), "erp:shipment-list", "#list"),
    (_("Finance invoices what was delivered; the ledgers are already right."), "finance:invoice-list", "#list"),
    (_("Figures on the dashboard open the list behind them."), "core:dashboard", "#main"),
)


class HowWeWork(Page):
    """The eight steps with what waits where, the facts and their owners, the procedures."""

    permission_required = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        queues = [one for one in contributions(WorkItems) if one.step and _may_open_path(one.url(), request.user)]
        numbers = counted({one.key: one.waiting(request.user) for one in queues})
        counts: dict[int, list[dict[str, Any]]] = {}
        for one in queues:
            row = {"label": one.label, "count": numbers[one.key], "url": one.url()}
            counts.setdefault(one.step, []).append(row)
        procedures = {row.step: row for row in Procedure.objects.all()}
        chinese = (get_language() or "").startswith("zh")
        steps = [
            {
                "step": step,
                "title": title,
                "text": text,
                "waiting": counts.get(step, []),
                "procedure": _body(procedures.get(step), chinese),
            }
            for step, title, text in STEPS
        ]
        facts = [{"fact": one.fact, "app": apps.get_app_config(one.app).verbose_name} for one in contributions(Fact)]
        context = {"steps": steps, "facts": facts, "flow_url": reverse("core:flow")}
        return render(request, "core/help.html", context)


def _body(row: Procedure | None, chinese: bool) -> str:
    if row is None:
        return ""
    return (row.body_zh or row.body) if chinese else (row.body or row.body_zh)


class EditProcedure(Page):
    """GET the editor, POST the text of one step in both languages."""

    permission_required = "core.configure_company"

    def get(self, request: HttpRequest, step: int) -> HttpResponse:
        found = next((one for one in STEPS if one[0] == step), None)
        if found is None:
            raise Http404
        row = Procedure.objects.filter(step=step).first()
        return render(request, "core/procedure.html", {"step": step, "title": found[1], "row": row})

    def post(self, request: HttpRequest, step: int) -> HttpResponse:
        if step not in {one[0] for one in STEPS}:
            raise Http404
        perform(
            save_procedure,
            actor=request.user,
            step=step,
            body=request.POST.get("body", ""),
            body_zh=request.POST.get("body_zh", ""),
        )
        return HttpResponseRedirect(reverse("core:help"))


class FlowPage(Page):
    """Signals, ports and reports as the program has them now."""

    permission_required = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"announcements": flow.announcements(), "questions": flow.questions(), "reports": flow.reports()}
        return render(request, "core/flow.html", context)


class Tour(Page):
    """The guided tour: ten steps, one page each, led by static/js/tour.js; without it a list of links."""

    permission_required = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        steps = [one for one in TOUR if _may_open(one[1], request.user)]
        rows = [
            {"number": number, "text": text, "url": reverse(name) if name else "", "target": target}
            for number, (text, name, target) in enumerate(steps, start=1)
        ]
        words = {"title": _("Guided tour"), "next": _("Next"), "previous": _("Back"), "done": _("Finish")}
        return render(request, "core/tour.html", {"rows": rows, "tour": {"steps": rows, "words": words}})


def _may_open(url_name: str, user: Any) -> bool:
    """Return whether the page a step of the tour shows is open to ``user``."""
    return not url_name or _may_open_path(reverse(url_name), user)


def _may_open_path(url: str, user: Any) -> bool:
    """Return whether the page at a path of ours (its query left aside) is open to ``user``."""
    view = resolve(url.partition("?")[0]).func.view_class  # type: ignore[attr-defined]
    right = getattr(view, "permission_required", "")
    return right == SIGNED_IN or user.has_perm(right)
