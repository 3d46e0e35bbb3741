"""A partner's statement of account (对账单): page, export and print."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from core.exchange.export import export_table
from core.printing import pdf_available
from core.tables import AmountColumn, DateColumn
from core.typed import is_key
from core.views.base import Page
from core.views.printing import PrintView
from finance.forms.partner_statements import StatementForm
from finance.selectors.partner_statements import partner_statement
from finance.states import Side
from finance.views.shared import asked_day, this_month
from masterdata.models import Partner


class StatementTable(tables.Table):
    """The movements of a statement, for export."""

    currency = tables.Column(verbose_name=_("currency"))
    date = DateColumn(verbose_name=_("date"))
    document = tables.Column(verbose_name=_("document"))
    what = tables.Column(verbose_name=_("what"))
    debit = AmountColumn(verbose_name=_("debit"))
    credit = AmountColumn(verbose_name=_("credit"))
    balance = AmountColumn(verbose_name=_("balance"))


class PartnerStatement(Page):
    """Choose a customer and the days; the page can be exported and printed."""

    permission_required = "finance.view_receivables"

    def get(self, request: HttpRequest) -> HttpResponse:
        first, last = span_of(request)
        found = Partner.objects.visible_to(request.user).filter(pk=key_of(request)).first()
        sections = partner_statement(found, str(Side.CUSTOMER), first, last) if found else []
        if found and request.GET.get("export") and request.user.has_perm("core.export_data"):
            table = StatementTable(rows_of(sections))
            return export_table(
                table, name="statement", kind=request.GET["export"], title=f"{_text('Statement of account')} {found}"
            )
        form = StatementForm(initial={"partner": found.pk if found else None, "first": first, "last": last})
        if found:
            form.fields["partner"].widget.label = str(found)
        context = {
            "title": _text("Statement of account"),
            "form": form,
            "partner": found,
            "sections": sections,
            "first": first,
            "last": last,
            "print_kind": "pdf" if pdf_available() else "html",
            "may_export": request.user.has_perm("core.export_data"),
        }
        return render(request, "finance/statement/customer.html", context)


class PartnerStatementPrint(PrintView):
    """The statement on paper, in the customer's language."""

    model = Partner
    template_name = "finance/statement/print.html"
    permission_required = "finance.view_receivables"

    def language_for(self, document: Partner) -> str:
        asked = self.request.GET.get("language", "")
        return {"zh": "zh-hans", "en": "en"}.get(asked) or document.language or self.request.user.language

    def context_for(self, document: Partner) -> dict[str, Any]:
        first, last = span_of(self.request)
        addresses = document.addresses.filter(is_active=True)
        return {
            "sections": partner_statement(document, str(Side.CUSTOMER), first, last),
            "first": first,
            "last": last,
            "address": addresses.filter(kind="billing").first() or addresses.first(),
        }


def span_of(request: HttpRequest) -> tuple[dt.date, dt.date]:
    """Return the asked days; this month without any."""
    first, last = this_month()
    return asked_day(request, "first", first), asked_day(request, "last", last)


def key_of(request: HttpRequest) -> int:
    """Return the asked partner's key, 0 without one."""
    text = request.GET.get("partner", "")
    return int(text) if is_key(text) else 0


def rows_of(sections: list[Any]) -> list[dict[str, Any]]:
    """Return the movements of all currencies, each with the balance before it."""
    rows: list[dict[str, Any]] = []
    for section in sections:
        rows.append(
            {"currency": section.currency, "what": _text("Balance brought forward"), "balance": section.opening}
        )
        rows += [
            {
                "currency": section.currency,
                "date": line.entry.entry_date,
                "document": line.document,
                "what": line.what,
                "debit": line.debit,
                "credit": line.credit,
                "balance": line.balance,
            }
            for line in section.lines
        ]
    return rows
