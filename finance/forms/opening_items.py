"""The forms of an opening item and of an opening advance."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from finance.forms.fields import NumberField, date_field, partner_field
from finance.states import Side
from masterdata.models import Currency


class OpeningItemForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Side.choices)
    partner = partner_field()
    reference = forms.CharField(label=_("Number"), max_length=60, help_text=_("The number it had before."))
    due_date = date_field(_("Due date"))
    amount = NumberField(label=_("Open amount"), decimal_places=4, help_text=_("With tax. Below zero: a credit note."))
    currency = forms.ModelChoiceField(
        Currency.objects.filter(is_active=True), label=_("Currency"), required=False, help_text=_("Empty: our own.")
    )
    exchange_rate = NumberField(
        label=_("Exchange rate"), required=False, decimal_places=10, help_text=_("Empty: the rate of the first day.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def arguments(self) -> dict[str, Any]:
        return _by_key(self.cleaned_data)


class OpeningAdvanceForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Side.choices)
    partner = partner_field()
    reference = forms.CharField(label=_("Number"), max_length=60, help_text=_("The number it had before."))
    amount = NumberField(
        label=_("Amount paid in advance"), decimal_places=4, help_text=_("What is not settled with an invoice yet.")
    )
    currency = forms.ModelChoiceField(
        Currency.objects.filter(is_active=True), label=_("Currency"), required=False, help_text=_("Empty: our own.")
    )
    exchange_rate = NumberField(
        label=_("Exchange rate"), required=False, decimal_places=10, help_text=_("Empty: the rate of the first day.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def arguments(self) -> dict[str, Any]:
        return _by_key(self.cleaned_data)


def _by_key(cleaned: dict[str, Any]) -> dict[str, Any]:
    """Return what was typed as the services take it, records by their keys."""
    data = dict(cleaned)
    partner, currency = data.pop("partner"), data.pop("currency")
    return data | {"partner_id": partner.pk, "currency_id": currency.pk if currency else None}
