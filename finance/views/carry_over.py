"""Pages of the carry-over of profit and loss and of the year end."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.operations import may_perform
from core.views.base import OperationView, Page
from finance.models import FiscalPeriod, JournalEntry
from finance.selectors.carry_over import left_by_account
from finance.selectors.ledger import entries_of
from finance.services import carry_over
from finance.states import EntryEvent, PeriodState


class CarryOverPage(Page):
    """What still stands on revenue and expense accounts of a period, what was carried over, and the year end."""

    permission_required = "finance.view_fiscalperiod"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(request, pk)

    def show(self, request: HttpRequest, pk: int, refusal: Any = None, status: int = 200) -> HttpResponse:
        period = FiscalPeriod.objects.filter(pk=pk).first()
        if period is None:
            raise Http404
        left = left_by_account(period.d1)
        entries = list(entries_of("finance.fiscalperiod", period.pk).select_related("reversal"))
        rows = [
            {
                "account": one.account,
                "debit": one.amount if one.amount > 0 else None,
                "credit": -one.amount if one.amount < 0 else None,
            }
            for one in left
        ]
        context = {
            "title": _("Carry-over of profit and loss"),
            "period": period,
            "left": rows,
            "profit": -sum((one.amount for one in left), ZERO),
            "entries": entries,
            "verbs": self.verbs(period, entries, bool(left)),
            "refusal": refusal,
        }
        return render(request, "finance/carry_over/detail.html", context, status=status)

    def refused(self, refusal: Any) -> HttpResponse:
        """Show the page with the sentence that says why not."""
        return self.show(self.request, self.kwargs["pk"], refusal, refusal.status)

    def verbs(self, period: FiscalPeriod, entries: list[JournalEntry], is_left: bool) -> list[dict[str, Any]]:
        if period.state == PeriodState.CLOSED:
            return []
        live = {one.event for one in entries if one.reverses_id is None and not hasattr(one, "reversal")}
        is_last = not FiscalPeriod.objects.filter(year=period.year, d0__gt=period.d0).exists()
        known = (
            ("carry-over-run", _("Carry over"), carry_over.carry_over, is_left, False),
            ("year-end-run", _("End the year"), carry_over.end_year, is_last, False),
            (
                "carry-over-undo",
                _("Take the carry-over back"),
                carry_over.undo_carry_over,
                EntryEvent.CARRY_OVER in live,
                True,
            ),
            ("year-end-undo", _("Take the year end back"), carry_over.undo_year_end, EntryEvent.YEAR_END in live, True),
        )
        return [
            {
                "name": name,
                "label": label,
                "url": reverse(f"finance:{name}", args=[period.pk]),
                "main": name == "carry-over-run",
                "needs_reason": needs_reason,
            }
            for name, label, service, is_shown, needs_reason in known
            if is_shown and may_perform(service, self.request.user)
        ]


class CarryOverOperation(OperationView):
    """A verb of the page; a refusal is shown on it."""

    pk_argument = "period_id"
    page = CarryOverPage  # type: ignore[assignment]

    def success_url(self, result: Any) -> str:
        return reverse("finance:carry-over", args=[self.kwargs["pk"]])


class RunCarryOver(CarryOverOperation):
    service = carry_over.carry_over


class UndoCarryOver(CarryOverOperation):
    service = carry_over.undo_carry_over


class EndYear(CarryOverOperation):
    service = carry_over.end_year


class UndoYearEnd(CarryOverOperation):
    service = carry_over.undo_year_end
