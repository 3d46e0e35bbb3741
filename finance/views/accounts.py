"""Pages of the chart of accounts: tree, ledger of an account, mapping."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.operations import may_perform
from core.typed import is_key
from core.views.base import FormPage, ListPage, OperationView, Page
from finance.filters.entries import LedgerFilter
from finance.forms.accounts import AccountForm, MappingForm
from finance.models import Account, AccountMapping, JournalLine
from finance.selectors.charts import proposals
from finance.selectors.ledger import AccountLedger, account_ledger, trial_balance
from finance.services import accounts, charts
from finance.states import AccountRole
from finance.tables.entries import LedgerTable
from finance.views.shared import asked_day, posted_version, this_year

DIMENSIONS = (
    *("partner", "department", "project", "item_category"),
    *("item", "sales_order", "purchase_order", "work_order"),
)
INDENT = ("", "ps-3", "ps-4", "ps-5")


class ChartOfAccounts(Page):
    """All accounts as a tree with what stands on them today."""

    permission_required = "finance.view_account"

    def get(self, request: HttpRequest) -> HttpResponse:
        first, last = this_year()
        balance = trial_balance(first, last, with_empty=True)
        asked = request.GET.get("q", "").strip().casefold()
        roles: dict[int, list[str]] = {}
        for mapping in AccountMapping.objects.select_related("category"):
            label = str(mapping.get_role_display())
            roles.setdefault(mapping.account_id, []).append(
                f"{label} ({mapping.category})" if mapping.category_id else label
            )
        rows = [
            {"row": row, "roles": roles.get(row.account.pk, []), "indent": INDENT[min(row.level, len(INDENT) - 1)]}
            for row in balance.rows
            if is_called(row.account, asked)
        ]
        context = {
            "title": _("Chart of accounts"),
            "asked": asked,
            "rows": rows,
            "may_change": request.user.has_perm("finance.change_account"),
        }
        return render(request, "finance/account/list.html", context)


def is_called(account: Account, asked: str) -> bool:
    """Return whether the code of ``account`` begins with what was asked, or a name of it holds that."""
    names = (account.name.casefold(), account.name_zh.casefold())
    return account.code.casefold().startswith(asked) or any(asked in name for name in names)


class AccountDetail(ListPage):
    """The ledger of one account: balance before, lines, balance after; every line opens its entry."""

    model = JournalLine
    table_class = LedgerTable
    filterset_class = LedgerFilter
    permission_required = "finance.view_account"
    template_name = "finance/account/detail.html"
    empty_text = _("Nothing was booked on this account in these days.")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.account: Account | None = None
        self.ledger: AccountLedger | None = None

    @property
    def title(self) -> str:  # type: ignore[override]
        return str(self.account)

    def span(self) -> tuple[dt.date, dt.date]:
        first, last = this_year()
        return asked_day(self.request, "date_min", first), asked_day(self.request, "date_max", last)

    def dimensions(self) -> dict[str, int]:
        """Return the dimensions that the address asks for."""
        asked = {f"{name}_id": self.request.GET.get(name, "") for name in DIMENSIONS}
        return {name: int(value) for name, value in asked.items() if is_key(value)}

    def base_queryset(self) -> Any:
        self.account = Account.objects.select_related("parent").filter(pk=self.kwargs["pk"]).first()
        if self.account is None:
            raise Http404
        self.ledger = account_ledger(self.account, *self.span(), where=self.dimensions())
        return self.ledger.lines

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        first, last = self.span()
        return context | {
            "account": self.account,
            "ledger": self.ledger,
            "first": first,
            "last": last,
            "may_change": self.request.user.has_perm("finance.change_account"),
        }


class AccountFormPage(FormPage):
    service = accounts.save_account
    form_class = AccountForm
    template_name = "core/form.html"
    model = Account

    def arguments(self, form: AccountForm, formset: Any) -> dict[str, Any]:
        own = {"account_id": self.document.pk, "version": posted_version(self.request)} if self.document else {}
        return form.arguments() | own


class AccountCreate(AccountFormPage):
    title = _("New account")


class AccountEdit(AccountFormPage):
    title = _("Edit account")

    def get_initial(self) -> dict[str, Any]:
        names = ("code", "name", "name_zh", "kind", "direction", "dimensions", "is_control", "is_active")
        return {name: getattr(self.document, name) for name in names} | {"parent": self.document.parent_id}


class MappingList(Page):
    """Which account each kind of automatic entry books on, with the exceptions by item category."""

    permission_required = "finance.view_accountmapping"

    def get(self, request: HttpRequest) -> HttpResponse:
        found: dict[str, list[AccountMapping]] = {}
        for mapping in AccountMapping.objects.select_related("account", "category").order_by("category__code"):
            found.setdefault(mapping.role, []).append(mapping)
        rows = [{"role": role, "mappings": found.get(role.value, [])} for role in AccountRole]
        context = {
            "title": _("Account mapping"),
            "rows": rows,
            "proposals": proposals() if may_perform(charts.complete_mapping, request.user) else [],
            "may_change": request.user.has_perm("finance.change_accountmapping"),
        }
        return render(request, "finance/mapping/list.html", context)


class CompleteMapping(OperationView):
    service = charts.complete_mapping
    message = _("The roles have their accounts.")

    def success_url(self, result: Any) -> str:
        return reverse("finance:mapping-list")


class MappingEdit(FormPage):
    service = accounts.save_mapping
    form_class = MappingForm
    template_name = "core/form.html"
    title = _("Account for automatic entries")

    def arguments(self, form: MappingForm, formset: Any) -> dict[str, Any]:
        return form.arguments()

    def success_url(self, result: Any) -> str:
        return AccountMapping().get_absolute_url()
