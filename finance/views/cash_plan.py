"""The cash plan by week and bank account; the lines behind each figure; recurring payments."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.clock import today
from core.exchange.export import as_csv, as_xlsx, safe_cell
from core.typed import day_typed, is_key
from core.views.base import FormPage, ListPage, Page
from finance.filters.cash_plan import RecurringCashFilter
from finance.forms.cash_plan import CashPlanAccountForm, RecurringCashForm
from finance.models import BankAccount, CashPlanAccount, RecurringCash
from finance.selectors.cash_plan.plan import (
    SOURCES,
    WEEKS,
    AccountPlan,
    CashPlan,
    Terms,
    cash_plan,
    open_shortfalls,
    planned_lines,
)
from finance.services import cash_plan as services
from finance.tables.cash_plan import RecurringCashTable
from finance.views.shared import posted_version


class CashPlanView(Page):
    """What the pages of the cash plan share: how many weeks, and whether customers pay late."""

    permission_required = "finance.view_cashplan"

    @property
    def terms(self) -> Terms:
        asked = self.request.GET.get("weeks", "")
        weeks = min(max(int(asked), 4), 26) if is_key(asked) else WEEKS
        return Terms(today(), weeks, self.request.GET.get("late") == "1")

    @property
    def query(self) -> str:
        terms = self.terms
        return f"weeks={terms.weeks}&late={int(terms.late)}"


class CashPlanPage(CashPlanView):
    """Opening, what comes and goes by source, and closing of every week, per bank account and in all."""

    def get(self, request: HttpRequest) -> HttpResponse:
        plan = cash_plan(self.terms)
        if request.GET.get("export") in {"xlsx", "csv"} and request.user.has_perm("core.export_data"):
            cells = [[safe_cell(cell) for cell in row] for row in _cells(plan)]
            if request.GET["export"] == "csv":
                return as_csv(cells, "cash-plan")
            return as_xlsx(cells, "cash-plan", str(_("Cash plan")))
        several = len(plan.accounts) > 1
        context = {
            "title": _("Cash plan"),
            "weeks": plan.weeks,
            "blocks": [self.block(one, plan.weeks) for one in ([plan.total] if several else []) + plan.accounts],
            "chart": closing_chart(plan),
            "shortfalls": open_shortfalls(),
            "terms": plan.terms,
            "week_choices": (8, 13, 26),
            "query": self.query,
            "may_export": request.user.has_perm("core.export_data"),
            "may_change": request.user.has_perm("finance.change_recurringcash"),
        }
        return render(request, "finance/cash_plan/plan.html", context)

    def block(self, account: AccountPlan, weeks: list[dt.date]) -> dict[str, Any]:
        """Return one bank account as the page draws it; every figure opens its lines."""
        bank = account.bank_account
        url = f"{reverse('finance:cash-plan-lines')}?{self.query}" + (f"&bank={bank.pk}" if bank else "")
        openings = [account.opening, *account.closings[:-1]]
        rows = [
            {
                "label": label,
                "cells": [
                    {"amount": amount, "url": f"{url}&source={code}&week={week}"}
                    for amount, week in zip(account.moves[code], weeks, strict=True)
                ],
            }
            for code, label in SOURCES
            if code in account.moves
        ]
        closings = [{"amount": amount, "is_short": amount < account.minimum} for amount in account.closings]
        return {
            "bank": bank,
            "openings": openings,
            "rows": rows,
            "closings": closings,
            "minimum": account.minimum,
            "settings_url": reverse("finance:cash-plan-account", args=[bank.pk]) if bank else "",
        }


def closing_chart(plan: CashPlan) -> dict[str, Any]:
    """Return the closing of every week as lines: all together, and each account."""
    named = [(str(pgettext("bank accounts", "All accounts")), plan.total)] if len(plan.accounts) > 1 else []
    named += [(str(one.bank_account), one) for one in plan.accounts]
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {},
        "xAxis": {"type": "category", "data": [f"{week:%m-%d}" for week in plan.weeks]},
        "yAxis": {"type": "value"},
        "series": [
            {"type": "line", "step": "end", "name": name, "data": [str(amount) for amount in one.closings]}
            for name, one in named
        ],
    }


def _cells(plan: CashPlan) -> Iterator[list[Any]]:
    yield [str(_("Bank account")), str(_("Source")), *(week.isoformat() for week in plan.weeks)]
    labels = dict(SOURCES)
    for account in [plan.total, *plan.accounts]:
        name = str(account.bank_account or pgettext("bank accounts", "All accounts"))
        yield [name, str(_("Opening")), *[account.opening, *account.closings[:-1]]]
        for code in (code for code, _label in SOURCES if code in account.moves):
            yield [name, str(labels[code]), *account.moves[code]]
        yield [name, str(_("Closing")), *account.closings]


class CashPlanLines(CashPlanView):
    """The documents behind a figure of the plan."""

    def get(self, request: HttpRequest) -> HttpResponse:
        bank, week = request.GET.get("bank", ""), request.GET.get("week", "")
        try:
            day = day_typed(week)
        except ValueError:
            day = None
        source = request.GET.get("source", "")
        rows = planned_lines(
            self.terms,
            week=day,
            bank_id=int(bank) if is_key(bank) else None,
            source=source if source in dict(SOURCES) else "",
        )
        for row in rows:
            row["url"] = _url_of(row)
        context = {
            "title": _("Expected money"),
            "rows": rows,
            "total": sum((row["amount"] for row in rows), Decimal(0)),
            "back": f"{reverse('finance:cash-plan')}?{self.query}",
        }
        return render(request, "finance/cash_plan/lines.html", context)


def _url_of(row: dict[str, Any]) -> str:
    if row["label"] == "finance.recurringcash":
        return reverse("finance:recurring-cash-edit", args=[row["id"]])
    try:
        return reverse("core:object", args=[row["label"], row["id"]])
    except NoReverseMatch:
        return ""


class RecurringCashList(ListPage):
    model = RecurringCash
    table_class = RecurringCashTable
    filterset_class = RecurringCashFilter
    permission_required = "finance.view_cashplan"
    title = _("Recurring payments")
    create_url = "finance:recurring-cash-create"
    create_label = _("New recurring payment")
    create_permission = "finance.change_recurringcash"
    empty_text = _("Rent, wages, rates of loans: what comes and goes without a document, for the cash plan.")

    def base_queryset(self) -> Any:
        return RecurringCash.objects.select_related("bank_account").order_by("name", "pk")


class RecurringCashForms(FormPage):
    service = services.save_recurring_cash
    form_class = RecurringCashForm
    template_name = "core/form.html"
    model = RecurringCash

    def arguments(self, form: RecurringCashForm, formset: Any) -> dict[str, Any]:
        own = {"recurring_id": self.document.pk, "version": posted_version(self.request)} if self.document else {}
        return form.arguments() | own

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("finance:recurring-cash-list")}

    def success_url(self, result: Any) -> str:
        return reverse("finance:recurring-cash-list")


class RecurringCashCreate(RecurringCashForms):
    title = _("New recurring payment")


class RecurringCashEdit(RecurringCashForms):
    title = _("Edit recurring payment")

    def get_initial(self) -> dict[str, Any]:
        names = ("name", "direction", "amount", "step", "first_date", "last_date", "is_active")
        return {name: getattr(self.document, name) for name in names} | {"bank_account": self.document.bank_account_id}


class CashPlanAccountEdit(FormPage):
    service = services.save_cash_plan_account
    form_class = CashPlanAccountForm
    template_name = "core/form.html"
    title = _("Bank account in the cash plan")

    @property
    def bank(self) -> BankAccount:
        found = BankAccount.objects.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_initial(self) -> dict[str, Any]:
        row = CashPlanAccount.objects.filter(bank_account=self.bank).first()
        return {"minimum": row.minimum if row else 0, "is_expected": bool(row and row.is_expected)}

    def arguments(self, form: CashPlanAccountForm, formset: Any) -> dict[str, Any]:
        return dict(form.cleaned_data) | {"bank_account_id": self.bank.pk}

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("finance:cash-plan"), "title": f"{self.title} · {self.bank}"}

    def success_url(self, result: Any) -> str:
        return reverse("finance:cash-plan")
