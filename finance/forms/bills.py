"""Forms of bills of exchange."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from finance.forms.fields import NumberField, date_field, partner_field
from finance.models import Bill
from finance.selectors.accounts import open_bank_accounts
from finance.states import BillKind, BillSide, Side
from masterdata.models import Currency


class BillForm(forms.Form):
    side = forms.ChoiceField(label=_("Side"), choices=BillSide.choices)
    kind = forms.ChoiceField(label=_("Kind"), choices=BillKind.choices)
    bill_number = forms.CharField(label=_("Bill number"), max_length=40)
    partner = partner_field()
    amount = NumberField(label=_("Amount"), min_value=Decimal("0.0001"), decimal_places=4)
    currency = forms.ModelChoiceField(Currency.objects.filter(is_active=True), label=_("Currency"), required=False)
    issue_date = date_field(_("Issued on"))
    due_date = date_field(_("Due on"))
    document_date = date_field(_("Received or handed over on"))
    drawer = forms.CharField(label=_("Drawer"), max_length=120, required=False)
    acceptor = forms.CharField(label=_("Acceptor"), max_length=120, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("issue_date") and data.get("due_date") and data["due_date"] < data["issue_date"]:
            self.add_error("due_date", _("A bill is due after it was issued."))
        return data

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        partner, currency = data.pop("partner"), data.pop("currency")
        return data | {"partner_id": partner.pk, "currency_id": currency.pk if currency else None}


class EndorseForm(forms.Form):
    partner = partner_field(Side.SUPPLIER)
    document_date = date_field(_("Date"))
    oldest = forms.BooleanField(
        label=_("Settle his oldest invoices"), required=False, initial=True, help_text=_("Else it is an advance.")
    )


class BankForm(forms.Form):
    """Which of our accounts the money of a bill goes through."""

    bank_account = forms.ModelChoiceField(open_bank_accounts(), label=_("Bank account"))
    document_date = date_field(_("Date"))

    def __init__(self, *args: Any, bill: Bill, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank_account"].queryset = open_bank_accounts().filter(  # type: ignore[attr-defined]
            currency=bill.currency_id
        )


class DiscountForm(BankForm):
    interest = NumberField(label=_("Interest"), min_value=0, decimal_places=4)


class SplitForm(forms.Form):
    """The amount of the part that is taken off; the rest is the other part."""

    amount = NumberField(label=_("Amount to take off"), min_value=Decimal("0.0001"), decimal_places=4)
