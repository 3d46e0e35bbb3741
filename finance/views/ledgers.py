"""The general ledger month by month, and balances by dimension."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.exchange.export import export_table
from core.typed import is_key
from core.views.base import Page
from finance.models import Account, FiscalPeriod
from finance.selectors.accounts import postable_accounts
from finance.selectors.dimension_balances import SOURCES, dimension_balances, months_of
from finance.tables.entries import DimensionTable, MonthTable
from finance.views.shared import asked_day, this_month

DIMENSIONS = {
    "partner": _("Partner"),
    "department": _("Department"),
    "project": _("Project"),
    "item_category": _("Item group"),
    "item": _("Item"),
    "sales_order": _("Sales order"),
    "purchase_order": _("Purchase order"),
    "work_order": _("Work order"),
}


def asked_account(request: HttpRequest) -> Account | None:
    """Return the account that the address asks for, if there is one."""
    key = request.GET.get("account", "")
    return Account.objects.filter(pk=key).first() if is_key(key) else None


class DimensionBalances(Page):
    """Opening, movement and closing by account and one dimension; each row opens its lines."""

    permission_required = "finance.view_account"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("dimension", "")
        dimension = asked if asked in SOURCES else "partner"
        month_first, day = this_month()
        first, last = asked_day(request, "date_min", month_first), asked_day(request, "date_max", day)
        account = asked_account(request)
        found = dimension_balances(dimension, first, last, account=account, with_unnamed=bool(request.GET.get("all")))
        if request.GET.get("export") and request.user.has_perm("core.export_data"):
            title = f"{_('Balances by dimension')} {first} {last}"
            return export_table(
                DimensionTable(found), name="dimension-balances", kind=request.GET["export"], title=title
            )
        span = f"date_min={first}&date_max={last}"
        context = {
            "title": _("Balances by dimension"),
            "rows": found[:2000],
            "cut": len(found) > 2000,
            "dimension": dimension,
            "dimensions": DIMENSIONS.items(),
            "accounts": postable_accounts().order_by("code"),
            "account": account,
            "first": first,
            "last": last,
            "all": bool(request.GET.get("all")),
            "span": span,
            "query": f"{span}&dimension={dimension}" + (f"&account={account.pk}" if account else ""),
            "may_export": request.user.has_perm("core.export_data"),
        }
        return render(request, "finance/ledger/dimensions.html", context)


class GeneralLedger(Page):
    """One account month by month (总账): opening of the year, movement, balance; a month opens its lines."""

    permission_required = "finance.view_account"

    def get(self, request: HttpRequest) -> HttpResponse:
        account = asked_account(request) or Account.objects.order_by("code").first()
        years = list(FiscalPeriod.objects.order_by("-year").values_list("year", flat=True).distinct())
        asked = request.GET.get("year", "")
        year = int(asked) if is_key(asked) and int(asked) in years else self.default_year(years)
        opening, months = months_of(account, year) if account else (0, [])
        if request.GET.get("export") and request.user.has_perm("core.export_data"):
            title = f"{_('General ledger')} {account} {year}"
            return export_table(MonthTable(months), name="general-ledger", kind=request.GET["export"], title=title)
        context: dict[str, Any] = {
            "title": _("General ledger"),
            "account": account,
            "accounts": Account.objects.order_by("code"),
            "years": years,
            "year": year,
            "opening": opening,
            "months": months,
            "may_export": request.user.has_perm("core.export_data"),
        }
        return render(request, "finance/ledger/months.html", context)

    def default_year(self, years: list[int]) -> int:
        now = today().year
        return now if now in years or not years else years[0]
