"""Pages of the fiscal periods."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views.base import FormPage, OperationView, Page
from finance.forms.accounts import FiscalYearForm
from finance.models import FiscalPeriod
from finance.selectors.close import reasons_against_closing
from finance.selectors.periods import first_open_period, periods_of_years
from finance.services import periods
from finance.views.shared import this_month


class PeriodList(Page):
    """Fiscal years and their months; the next one to close says what stands against it."""

    permission_required = "finance.view_fiscalperiod"
    refusal: Any = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request)

    def show(self, request: HttpRequest, refusal: Any = None, status: int = 200) -> HttpResponse:
        found = list(periods_of_years())
        following = first_open_period()
        closed = [period for period in found if period.state == "closed"]
        years: dict[int, list[FiscalPeriod]] = {}
        for period in found:
            years.setdefault(period.year, []).append(period)
        context = {
            "title": _("Fiscal periods"),
            "years": sorted(years.items(), reverse=True),
            "following": following,
            "reasons": reasons_against_closing(following) if following else [],
            "last_closed": max(closed, key=lambda period: period.d0, default=None),
            "may_close": request.user.has_perm("finance.close_fiscalperiod"),
            "may_reopen": request.user.has_perm("finance.reopen_fiscalperiod"),
            "may_create": request.user.has_perm("finance.add_fiscalperiod"),
            "refusal": refusal,
        }
        return render(request, "finance/period/list.html", context, status=status)


class PeriodOperation(OperationView):
    """Close or reopen; a refusal is shown on the page of the periods."""

    pk_argument = "period_id"

    def refused(self, refusal: Any) -> HttpResponse:
        if self.request.headers.get("HX-Request"):
            return super().refused(refusal)
        page = PeriodList()
        page.setup(self.request)
        return page.show(self.request, refusal, refusal.status)


class ClosePeriod(PeriodOperation):
    service = periods.close_period


class ReopenPeriod(PeriodOperation):
    service = periods.reopen_period


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
