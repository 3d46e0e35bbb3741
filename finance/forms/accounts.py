"""Forms of accounts, mappings, bank accounts and periods."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from finance.models import Account
from finance.selectors.accounts import postable_accounts, typed_accounts
from finance.states import AccountKind, AccountRole, BalanceSide, Dimension
from masterdata.models import Currency, ItemCategory


class AccountForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=200)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=AccountKind.choices)
    parent = forms.ModelChoiceField(Account.objects.all(), label=_("Below account"), required=False)
    direction = forms.ChoiceField(
        label=_("Balance side"), choices=[("", _("as usual for the kind")), *BalanceSide.choices], required=False
    )
    dimensions = forms.MultipleChoiceField(
        label=_("Lines must name"),
        choices=Dimension.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Posting on this account is refused without them."),
    )
    is_control = forms.BooleanField(
        label=_("Control account"), required=False, help_text=_("The total of a sub-ledger; takes no typed line.")
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def arguments(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        parent = values.pop("parent")
        return values | {"parent_id": parent.pk if parent else None}


class MappingForm(forms.Form):
    role = forms.ChoiceField(label=_("Used for"), choices=AccountRole.choices)
    category = forms.ModelChoiceField(
        ItemCategory.objects.filter(is_active=True),
        label=_("Item category"),
        required=False,
        help_text=_("Empty: for everything that has no account of its own."),
    )
    account = forms.ModelChoiceField(
        postable_accounts(),
        label=_("Account"),
        required=False,
        help_text=_("Empty takes a category's own account away."),
    )

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "role": data["role"],
            "category_id": data["category"].pk if data["category"] else None,
            "account_id": data["account"].pk if data["account"] else None,
        }


class BankAccountForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=200)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=200, required=False)
    currency = forms.ModelChoiceField(Currency.objects.filter(is_active=True), label=_("Currency"))
    account = forms.ModelChoiceField(typed_accounts(), label=_("Ledger account"))
    bank_name = forms.CharField(label=_("Bank"), max_length=120, required=False)
    account_number = forms.CharField(label=_("Account number"), max_length=40, required=False)
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def arguments(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        currency, account = values.pop("currency"), values.pop("account")
        return values | {"currency_id": currency.pk, "account_id": account.pk}


class FiscalYearForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2200)
    first_month = forms.IntegerField(
        label=_("First month"),
        min_value=1,
        max_value=12,
        initial=1,
        help_text=_("Only of the first year of the books."),
    )
