"""Cash and bank journals (日记账) and the reconciliation of a bank account (银行余额调节表)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.clock import today
from core.exchange.export import export_table
from core.views.base import Page
from finance.models import BankAccount
from finance.selectors.bank import bank_journal, reconciliation
from finance.tables.bank_statements import JournalTable
from finance.views.shared import asked_day, this_month


class BankAccountPage(Page):
    """A page about one of our accounts; without a key the first one, the others stand in a select."""

    permission_required = "finance.view_bankaccount"

    def chosen(self) -> tuple[BankAccount, list[BankAccount]]:
        accounts = list(BankAccount.objects.select_related("currency", "account").order_by("code"))
        asked = self.request.GET.get("bank_account", "")
        found = next((one for one in accounts if str(one.pk) == asked), accounts[0] if accounts else None)
        if found is None:
            raise Http404
        return found, accounts


class BankJournal(BankAccountPage):
    """Every movement of a bank or cash account in the books, with the balance after it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        bank, accounts = self.chosen()
        first, last = this_month()
        first, last = asked_day(request, "first", first), asked_day(request, "last", last)
        journal = bank_journal(bank, first, last)
        if request.GET.get("export") and request.user.has_perm("core.export_data"):
            rows = [
                {
                    "date": row.line.entry.entry_date,
                    "entry": str(row.line.entry),
                    "source": row.line.entry.source_number,
                    "description": row.line.entry.description,
                    "money_in": row.money_in,
                    "money_out": row.money_out,
                    "balance": row.balance,
                    "confirmed": "✓" if row.is_confirmed else "",
                }
                for row in journal.rows
            ]
            title = f"{_('Journal')} {bank}"
            return export_table(JournalTable(rows), name="journal", kind=request.GET["export"], title=title)
        context: dict[str, Any] = {
            "title": _("Cash and bank journal"),
            "bank": bank,
            "accounts": accounts,
            "journal": journal,
            "first": first,
            "last": last,
            "may_export": request.user.has_perm("core.export_data"),
        }
        return render(request, "finance/bank/journal.html", context)


class BankReconciliation(BankAccountPage):
    """Both balances of a day and what lies between them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        bank, accounts = self.chosen()
        day = asked_day(request, "day", today())
        context: dict[str, Any] = {
            "title": _("Bank reconciliation"),
            "bank": bank,
            "accounts": accounts,
            "day": day,
            "found": reconciliation(bank, day),
        }
        return render(request, "finance/bank/reconciliation.html", context)
