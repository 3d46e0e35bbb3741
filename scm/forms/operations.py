"""The form that orders an operation of a work order at a supplier."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scm.forms.fields import NumberField, date_input, supplier_field


class OperationOrderForm(forms.Form):
    partner = supplier_field()
    quantity = NumberField(label=_("Pieces"), help_text=_("In the item's stock unit."))
    price = NumberField(
        label=_("Price per piece"),
        required=False,
        min_value=0,
        help_text=_("Without tax, in the supplier's currency. Empty: the price of the operation."),
    )
    due_date = forms.DateField(label=_("Due on"), widget=date_input())
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def arguments(self) -> dict[str, Any]:
        """Return what the service takes."""
        typed = dict(self.cleaned_data)
        return {"partner_id": typed.pop("partner").pk} | typed
