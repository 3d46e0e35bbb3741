"""The trial balance."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.exchange.export import export_table
from core.views.base import Page
from finance.selectors.ledger import trial_balance
from finance.tables.entries import TrialBalanceTable
from finance.views.accounts import INDENT
from finance.views.shared import asked_day, this_month


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
