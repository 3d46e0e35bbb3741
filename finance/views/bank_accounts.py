"""Pages of the company's own bank and cash accounts."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.views.base import FormPage, ListPage
from finance.filters.bank_accounts import BankAccountFilter
from finance.forms.accounts import BankAccountForm
from finance.models import BankAccount
from finance.selectors.ledger import balances_of
from finance.services import accounts
from finance.tables.bank_accounts import BankAccountTable
from finance.views.shared import posted_version


class BankAccountList(ListPage):
    model = BankAccount
    table_class = BankAccountTable
    filterset_class = BankAccountFilter
    permission_required = "finance.view_bankaccount"
    title = _("Bank accounts")
    create_url = "finance:bank-account-create"
    create_label = _("New bank account")
    create_permission = "finance.change_bankaccount"
    empty_text = _("The company's own bank and cash accounts.")

    def base_queryset(self) -> Any:
        return BankAccount.objects.select_related("currency", "account").order_by("code")

    def get_table_data(self) -> Any:
        rows = list(self.object_list)
        balances = balances_of(row.account_id for row in rows)
        for row in rows:
            row.balance = balances.get(row.account_id, 0)
        return rows


class BankAccountFormPage(FormPage):
    service = accounts.save_bank_account
    form_class = BankAccountForm
    template_name = "core/form.html"
    model = BankAccount

    def arguments(self, form: BankAccountForm, formset: Any) -> dict[str, Any]:
        own = {"bank_account_id": self.document.pk, "version": posted_version(self.request)} if self.document else {}
        return form.arguments() | own


class BankAccountCreate(BankAccountFormPage):
    title = _("New bank account")


class BankAccountEdit(BankAccountFormPage):
    title = _("Edit bank account")

    def get_initial(self) -> dict[str, Any]:
        names = ("code", "name", "name_zh", "bank_name", "account_number", "is_active")
        return {name: getattr(self.document, name) for name in names} | {
            "currency": self.document.currency_id,
            "account": self.document.account_id,
        }
