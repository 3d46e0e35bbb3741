"""Forms of the cash plan."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from finance.forms.fields import NumberField, date_field
from finance.models import BankAccount
from finance.states import CashStep, Direction


class RecurringCashForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    bank_account = forms.ModelChoiceField(BankAccount.objects.filter(is_active=True), label=_("Bank account"))
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices, initial=Direction.OUT)
    amount = NumberField(label=_("Amount in base currency"), min_value=0)
    step = forms.ChoiceField(label=_("Every"), choices=CashStep.choices, initial=CashStep.MONTH)
    first_date = date_field(_("First on"))
    last_date = date_field(_("Last on"), required=False)
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        bank = data.pop("bank_account")
        return data | {"bank_account_id": bank.pk}


class CashPlanAccountForm(forms.Form):
    minimum = NumberField(label=_("Least balance in base currency"), help_text=_("Below it the plan runs short."))
    is_expected = forms.BooleanField(label=_("Money of its currency is expected here"), required=False)
