"""Pages of the general ledger: entries, trial balance, periods."""

from typing import Any

from django.apps import apps
from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from core.exchange.export import export_table
from core.views.base import FormPage, ListPage, OperationView, Page
from finance.filters import EntryFilter
from finance.forms.accounts import FiscalYearForm
from finance.models import FiscalPeriod, JournalEntry
from finance.selectors.close import reasons_against_closing
from finance.selectors.ledger import trial_balance
from finance.selectors.periods import first_open_period, periods_of_years
from finance.services import periods
from finance.tables import EntryTable, TrialBalanceTable
from finance.views.accounts import INDENT
from finance.views.shared import asked_day, this_month


class EntryList(ListPage):
    model = JournalEntry
    table_class = EntryTable
    filterset_class = EntryFilter
    permission_required = "finance.view_journalentry"
    title = _("Journal entries")
    empty_text = _("Entries are booked by themselves: by receipts, production, shipments, invoices and payments.")

    def base_queryset(self) -> Any:
        total = Sum("lines__amount", filter=Q(lines__amount__gt=0))
        return JournalEntry.objects.select_related("actor").annotate(total=total).order_by("-entry_date", "-pk")


def source_url(entry: JournalEntry) -> str:
    """Return the page of the document an entry comes from; empty when it has none."""
    try:
        model = apps.get_model(entry.source_label)
        return str(model(pk=entry.source_id).get_absolute_url())
    except (LookupError, AttributeError, NoReverseMatch):
        return ""


class EntryDetail(Page):
    """One entry: its lines, its source, what reverses it."""

    permission_required = "finance.view_journalentry"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = JournalEntry.objects.select_related("period", "actor", "reverses", "reversal")
        entry = found.filter(pk=pk).first()
        if entry is None:
            raise Http404
        lines = list(
            entry.lines.select_related(
                "account", "partner", "item", "currency", "department", "project", "sales_order", "work_order"
            )
        )
        context = {
            "title": str(entry),
            "entry": entry,
            "lines": lines,
            "total": sum(line.amount for line in lines if line.amount > 0),
            "is_foreign": any(line.rate != 1 or line.is_exchange_difference for line in lines),
            "source_url": source_url(entry),
        }
        return render(request, "finance/entry/detail.html", context)


class TrialBalancePage(Page):
    """Opening, movement and closing of every account; each account opens its ledger."""

    permission_required = "finance.view_account"

    def get(self, request: HttpRequest) -> HttpResponse:
        month_first, today = this_month()
        first, last = asked_day(request, "date_min", month_first), asked_day(request, "date_max", today)
        balance = trial_balance(first, last, with_empty=bool(request.GET.get("all")))
        if request.GET.get("export") and request.user.has_perm("core.export_data"):
            table = TrialBalanceTable(balance.rows)
            return export_table(
                table, name="trial-balance", kind=request.GET["export"], title=f"{_('Trial balance')} {first} {last}"
            )
        context = {
            "title": _("Trial balance"),
            "balance": balance,
            "rows": [{"row": row, "indent": INDENT[min(row.level, len(INDENT) - 1)]} for row in balance.rows],
            "first": first,
            "last": last,
            "all": bool(request.GET.get("all")),
            "may_export": request.user.has_perm("core.export_data"),
            "span": f"date_min={first}&date_max={last}",
        }
        return render(request, "finance/trial_balance.html", context)


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
