"""Forms of write-offs and provisions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from finance.forms.fields import NumberField, date_field, partner_field
from finance.states import AgeBucket, Side


class BadDebtForm(forms.Form):
    amount = NumberField(label=_("Amount"), min_value=Decimal("0.0001"), decimal_places=4)
    reason_text = forms.CharField(label=_("Reason"), max_length=300)
    document_date = date_field(_("Date"))


class ProvisionForm(forms.Form):
    document_date = date_field(_("As of"))
    note = forms.CharField(label=_("Note"), required=False)


class ToleranceForm(forms.Form):
    partner_id = partner_field(Side.SUPPLIER, required=False, help_text=_("Empty: for all other suppliers."))
    quantity_percent = NumberField(label=_("Quantity in %"), min_value=0, decimal_places=4)
    price_percent = NumberField(label=_("Price in %"), min_value=0, decimal_places=4)
    total_amount = NumberField(
        label=_("Total"), min_value=0, required=False, help_text=_("Base currency. Empty: not checked.")
    )

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        partner = data.pop("partner_id")
        return data | {"partner_id": partner.pk if partner else None}


class BandsForm(forms.Form):
    """How much of each band of age is provided for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in AgeBucket.choices:
            self.fields[code] = NumberField(label=label, min_value=0, max_value=100, decimal_places=4)
