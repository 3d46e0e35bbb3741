"""Budgets: versions, lines with what is used and committed of them, releases, alerts."""

from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.exchange.export import export_table
from core.operations import perform
from core.typed import is_key
from core.views.base import FormPage, ListPage, OperationView, Page
from finance.filters.budgets import BudgetFilter
from finance.forms.budgets import BudgetForm, BudgetLineForm, ReleaseForm
from finance.models import Budget, BudgetLine
from finance.selectors.budgets.carrying import carried_lines, carry_preview
from finance.selectors.budgets.report import commitments_of, open_alerts, rows_of, totals
from finance.services import budgets
from finance.states import BudgetState
from finance.tables.budgets import BudgetRowTable, BudgetTable
from finance.views.shared import VersionedOperation, posted_version, this_year


class BudgetList(ListPage):
    model = Budget
    table_class = BudgetTable
    filterset_class = BudgetFilter
    permission_required = "finance.view_budget"
    title = _("Budgets")
    create_url = "finance:budget-create"
    create_label = _("New budget")
    create_permission = "finance.change_budget"
    empty_text = _(
        "A budget says how much may be spent by account, department and project; one version a year is in force."
    )

    def base_queryset(self) -> Any:
        found = Budget.objects.select_related("responsible").annotate(total=Sum("lines__amount"))
        return found.order_by("-year", "-number")


class BudgetDetail(Page):
    """A budget against what is used and committed; each line opens what is behind it."""

    permission_required = "finance.view_budget"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        budget = Budget.objects.select_related("responsible").filter(pk=pk).first()
        if budget is None:
            raise Http404
        rows = rows_of(budget.lines.order_by("account__code", "month", "pk"))
        if request.GET.get("export") in {"xlsx", "csv"} and request.user.has_perm("core.export_data"):
            return export_table(
                BudgetRowTable(rows), name=f"budget-{budget.code}", kind=request.GET["export"], title=budget.code
            )
        may_change = request.user.has_perm("finance.change_budget")
        is_draft = budget.state == BudgetState.DRAFT
        context = {
            "title": str(budget),
            "budget": budget,
            "rows": rows,
            "totals": totals(rows),
            "may_edit": may_change and is_draft,
            "may_copy": may_change,
            "may_activate": is_draft and request.user.has_perm("finance.activate_budget"),
            "may_carry": budget.state == BudgetState.ACTIVE,
            "may_export": request.user.has_perm("core.export_data"),
            "may_import": may_change and is_draft and request.user.has_perm("core.import_data"),
        }
        return render(request, "finance/budget/detail.html", context)


class CarryCommitments(Page):
    """Open commitments of a year: what carrying them forward would do, and the button that does it."""

    permission_required = "finance.view_budget"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            perform(
                budgets.carry_commitments,
                actor=request.user,
                key=request.POST.get("_key") or None,
                budget_id=pk,
                version=posted_version(request),
                reason=request.POST.get("reason", "").strip(),
            )
        except DomainError as refusal:
            return self.show(pk, refusal)
        return HttpResponseRedirect(reverse("finance:budget-carry", args=[pk]))

    def show(self, pk: int, refusal: DomainError | None = None) -> HttpResponse:
        budget = Budget.objects.filter(pk=pk).first()
        if budget is None:
            raise Http404
        preview = carry_preview(budget)
        context = {
            "title": _("Carry open commitments forward"),
            "budget": budget,
            "preview": preview,
            "done_lines": carried_lines(preview.done)[:500] if preview.done else (),
            "may_carry": self.request.user.has_perm("finance.carry_budget"),
            "may_undo": preview.done is not None
            and preview.done.year == budget.year
            and self.request.user.has_perm("finance.carry_budget"),
            "refusal": refusal,
        }
        return render(self.request, "finance/budget/carry.html", context, status=refusal.status if refusal else 200)


class UndoCarry(OperationView):
    """POST ``reason``: take a carry-forward back; a refusal is shown on its page."""

    service = budgets.undo_carry
    message = _("The carry-forward is taken back.")

    def arguments(self) -> dict[str, Any]:
        return {"version": posted_version(self.request)}

    def refused(self, refusal: DomainError) -> HttpResponse:
        page = CarryCommitments()
        page.setup(self.request, **self.kwargs)
        return page.show(self.kwargs["pk"], refusal)

    def success_url(self, result: Any) -> str:
        return reverse("finance:budget-carry", args=[self.kwargs["pk"]])


class BudgetCreate(FormPage):
    service = budgets.create_budget
    form_class = BudgetForm
    template_name = "core/form.html"
    title = _("New budget")

    def get_initial(self) -> dict[str, Any]:
        return {"year": this_year()[1].year}

    def arguments(self, form: BudgetForm, formset: Any) -> dict[str, Any]:
        return form.arguments()


class BudgetLineCreate(FormPage):
    service = budgets.save_budget_line
    form_class = BudgetLineForm
    template_name = "core/form.html"
    model = Budget
    title = _("Budget line")

    def arguments(self, form: BudgetLineForm, formset: Any) -> dict[str, Any]:
        return form.arguments() | {"budget_id": self.kwargs["pk"]}

    def success_url(self, result: Any) -> str:
        return reverse("finance:budget-detail", args=[result.budget_id])


class ActivateBudget(VersionedOperation):
    service = budgets.activate_budget


class CopyBudget(OperationView):
    service = budgets.copy_budget


class RemoveBudgetLine(OperationView):
    """POST ``line``: take a line out of a draft."""

    service = budgets.remove_budget_line

    def arguments(self) -> dict[str, Any]:
        value = self.request.POST.get("line", "")
        return {"line_id": int(value) if is_key(value) else 0}


class BudgetLinePage(Page):
    """One line: its commitments, its account, its alerts and releases."""

    permission_required = "finance.view_budget"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = rows_of(BudgetLine.objects.filter(pk=pk))
        if not found:
            raise Http404
        row = found[0]
        line = row.line
        part = "".join(
            f"&{name}={key}" for name, key in (("department", line.department_id), ("project", line.project_id)) if key
        )
        context = {
            "title": str(line),
            "row": row,
            "line": line,
            "commitments": commitments_of(line)[:500],
            "alerts": line.alerts.select_related("closed_by").order_by("-pk")[:50],
            "releases": line.releases.select_related("actor").order_by("-pk")[:50],
            "ledger_url": f"{line.account.get_absolute_url()}?date_min={line.first}&date_max={line.last}{part}",
            "may_release": request.user.has_perm("finance.release_budget"),
            "may_close": request.user.has_perm("finance.change_budgetalert"),
        }
        return render(request, "finance/budget/line.html", context)


class ReleaseCreate(FormPage):
    service = budgets.release_budget
    form_class = ReleaseForm
    template_name = "core/form.html"
    title = _("Release a document over budget")
    message = _("The document is released; it can be approved now.")

    @property
    def line(self) -> BudgetLine:
        found = BudgetLine.objects.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def form_kwargs(self) -> dict[str, Any]:
        return {"line": self.line}

    def arguments(self, form: ReleaseForm, formset: Any) -> dict[str, Any]:
        return form.arguments()

    def success_url(self, result: Any) -> str:
        return reverse("finance:budget-line", args=[result.line_id])


class CloseAlert(OperationView):
    service = budgets.close_alert
    pk_argument = "alert_id"


class AlertList(Page):
    """Budgets that passed a level, the newest first."""

    permission_required = "finance.view_budgetalert"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "title": _("Budget alerts"),
            "alerts": open_alerts()[:200],
            "may_close": request.user.has_perm("finance.change_budgetalert"),
        }
        return render(request, "finance/budget/alerts.html", context)
