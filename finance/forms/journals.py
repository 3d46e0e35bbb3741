"""The form of a journal of the general ledger."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from finance.selectors.accounts import typed_accounts
from finance.states import TYPED_JOURNALS, Journal, VoucherSeries

KINDS = [(kind.value, kind.label) for kind in Journal if kind in TYPED_JOURNALS]


class JournalForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Stays once entries stand in the journal."))
    name = forms.CharField(label=_("Name"), max_length=200)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    series = forms.ChoiceField(
        label=_("Voucher series"),
        choices=[("", _("as the ledger settings say")), *VoucherSeries.choices],
        required=False,
        help_text=_("The word before the numbers of its vouchers."),
    )
    debit_account = forms.ModelChoiceField(
        typed_accounts(), label=_("Default account, debit"), required=False, help_text=_("For lines that name none.")
    )
    credit_account = forms.ModelChoiceField(typed_accounts(), label=_("Default account, credit"), required=False)
    is_active = forms.BooleanField(
        label=_("Active"), required=False, initial=True, help_text=_("A closed journal takes no new entry.")
    )

    def __init__(self, *args: Any, is_standard: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_standard:  # the program writes in it: its kind stays and it is never closed
            del self.fields["kind"], self.fields["is_active"]
            del self.fields["debit_account"], self.fields["credit_account"]

    def arguments(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        accounts = {name: values.pop(name, None) for name in ("debit_account", "credit_account")}
        return values | {f"{name}_id": one.pk if one else None for name, one in accounts.items()}
