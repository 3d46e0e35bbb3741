"""Pages of the fiscal periods: the years, the close cockpit of one period, the rows behind one of its checks."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.operations import may_perform
from core.permissions import ROLES
from core.views.base import FormPage, OperationView, Page
from finance.forms.accounts import FiscalYearForm
from finance.models import FiscalPeriod, ModulePeriod, PeriodEvent
from finance.selectors.close import check_named, findings
from finance.selectors.close.registry import run
from finance.selectors.periods import first_open_period, periods_of_years
from finance.services import periods
from finance.states import CLOSING_ORDER, PeriodModule, PeriodState
from finance.views.shared import this_month
from masterdata.models.base import in_chinese

S = PeriodState


def role_label(code: str) -> str:
    """Return the name of a role in the reader's language."""
    role = ROLES[code]
    return role.name_zh if in_chinese() else role.name


class PeriodList(Page):
    """Fiscal years and their months, with how far each module is; a month opens its close cockpit."""

    permission_required = "finance.view_fiscalperiod"

    def get(self, request: HttpRequest) -> HttpResponse:
        years: dict[int, list[dict[str, Any]]] = {}
        for period in periods_of_years():
            parts = {part.module: part for part in period.modules.all()}
            row = {"period": period, "parts": [parts.get(module, period) for module in CLOSING_ORDER]}
            years.setdefault(period.year, []).append(row)
        context = {
            "title": _("Fiscal periods"),
            "years": sorted(years.items(), reverse=True),
            "modules": CLOSING_ORDER,
            "following": first_open_period(),
            "may_create": request.user.has_perm("finance.add_fiscalperiod"),
        }
        return render(request, "finance/period/list.html", context)


class PeriodDetail(Page):
    """The close cockpit: each module with its checks, who puts them right, what offends, and where it is mended."""

    permission_required = "finance.view_fiscalperiod"

    def get(self, request: HttpRequest, pk: int, **_rest: Any) -> HttpResponse:
        return self.show(request, pk)

    def show(self, request: HttpRequest, pk: int, refusal: Any = None, status: int = 200) -> HttpResponse:
        period = FiscalPeriod.objects.filter(pk=pk).first()
        if period is None:
            raise Http404
        parts = {part.module: part for part in ModulePeriod.objects.filter(period=period)}
        found = findings(period)
        modules = [self.module_row(period, module, parts.get(module, period), found) for module in CLOSING_ORDER]
        context = {
            "title": _("Period %(period)s") % {"period": period},
            "period": period,
            "modules": modules,
            "verbs": self.verbs_of(period, modules),
            "open_points": sum(not one.passed for one in found),
            "events": PeriodEvent.objects.filter(period=period).select_related("actor").order_by("-pk")[:50],
            "refusal": refusal,
        }
        return render(request, "finance/period/detail.html", context, status=status)

    def refused(self, refusal: Any) -> HttpResponse:
        """Show the cockpit with the sentence that says why not."""
        return self.show(self.request, self.kwargs["pk"], refusal, refusal.status)

    def module_row(self, period: FiscalPeriod, module: PeriodModule, part: Any, found: list[Any]) -> dict[str, Any]:
        rows = [
            {
                "finding": one,
                "owner": role_label(one.check.owner),
                "url": reverse("finance:period-check", args=[period.pk, one.check.code]),
                "fix_url": one.check.fix_url(period),
            }
            for one in found
            if one.check.module == module
        ]
        return {
            "module": module,
            "part": part,
            "rows": rows,
            "verbs": self.module_verbs(period, module, part),
            "failed": sum(not row["finding"].passed for row in rows),
        }

    def module_verbs(self, period: FiscalPeriod, module: PeriodModule, part: Any) -> list[dict[str, Any]]:
        known = (
            ("close", pgettext_lazy("fiscal period", "Close"), periods.close_module, {S.OPEN, S.HELD}, "lock", False),
            ("hold", _("Hold"), periods.hold_module, {S.OPEN}, "hand-stop", False),
            ("release", pgettext_lazy("fiscal period", "Release"), periods.release_module, {S.HELD}, "hand-off", False),
            ("reopen", _("Reopen"), periods.reopen_module, {S.CLOSED}, "lock-open", True),
        )
        return [
            {
                "name": f"{name}-{module}",
                "label": label,
                "url": reverse(f"finance:module-{name}", args=[period.pk, module]),
                "icon": icon,
                "needs_reason": needs_reason,
            }
            for name, label, service, states, icon, needs_reason in known
            if part.state in states and may_perform(service, self.request.user)
        ]

    def verbs_of(self, period: FiscalPeriod, modules: list[dict[str, Any]]) -> list[dict[str, Any]]:
        user = self.request.user
        verbs: list[dict[str, Any]] = []
        if period.state != S.CLOSED and may_perform(periods.close_period, user):
            verbs.append(
                {
                    "name": "close",
                    "label": _("Close the whole period"),
                    "url": reverse("finance:period-close", args=[period.pk]),
                    "icon": "lock",
                    "main": True,
                }
            )
        if any(one["part"].state == S.CLOSED for one in modules) and may_perform(periods.reopen_period, user):
            verbs.append(
                {
                    "name": "reopen",
                    "label": _("Reopen the whole period"),
                    "url": reverse("finance:period-reopen", args=[period.pk]),
                    "icon": "lock-open",
                    "needs_reason": True,
                }
            )
        return verbs


class PeriodCheck(Page):
    """The rows that offend one check of a period, each with its own page."""

    permission_required = "finance.view_fiscalperiod"

    def get(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        period = FiscalPeriod.objects.filter(pk=pk).first()
        check = check_named(code)
        if period is None or check is None:
            raise Http404
        finding = run(check, period)
        context = {
            "title": check.name,
            "period": period,
            "finding": finding,
            "owner": role_label(check.owner),
            "fix_url": check.fix_url(period),
        }
        return render(request, "finance/period/check.html", context)


class PeriodOperation(OperationView):
    """A verb of a period or of one of its modules; a refusal is shown in the cockpit."""

    pk_argument = "period_id"
    page = PeriodDetail  # type: ignore[assignment]

    def arguments(self) -> dict[str, Any]:
        return {"module": self.kwargs["module"]} if "module" in self.kwargs else {}


class ClosePeriod(PeriodOperation):
    service = periods.close_period


class ReopenPeriod(PeriodOperation):
    service = periods.reopen_period


class CloseModule(PeriodOperation):
    service = periods.close_module


class HoldModule(PeriodOperation):
    service = periods.hold_module


class ReleaseModule(PeriodOperation):
    service = periods.release_module


class ReopenModule(PeriodOperation):
    service = periods.reopen_module


class CreateYear(FormPage):
    service = periods.create_year
    form_class = FiscalYearForm
    template_name = "core/form.html"
    title = _("New fiscal year")
    message = _("The fiscal year is open.")

    def get_initial(self) -> dict[str, Any]:
        last = FiscalPeriod.objects.order_by("-year").first()
        return {"year": last.year + 1 if last else this_month()[1].year, "first_month": 1}

    def arguments(self, form: FiscalYearForm, formset: Any) -> dict[str, Any]:
        return dict(form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return reverse("finance:period-list")
