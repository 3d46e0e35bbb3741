"""The form of a supplier return."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formsets import Rows
from scm.forms.fields import ChoiceOfKey, LineForm, NumberField
from scm.states import Settlement


class SupplierReturnForm(forms.Form):
    cause = forms.CharField(label=_("Why it goes back"), max_length=200)
    settlement = forms.ChoiceField(label=_("Settlement"), choices=Settlement.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class SupplierReturnLineForm(LineForm):
    receipt_line = ChoiceOfKey(label=_("Receipt line"), required=True)
    quantity = NumberField(label=_("Quantity"), required=False, min_value=0)
    location = ChoiceOfKey(label=_("From location"))


SupplierReturnLineFormSet = forms.formset_factory(
    SupplierReturnLineForm, formset=Rows, extra=0, can_delete=True, max_num=1000
)


def line_arguments(row: dict[str, Any]) -> dict[str, Any]:
    """Return a cleaned row as the services want it."""
    return {"receipt_line_id": row["receipt_line"], "quantity": row["quantity"], "location_id": row.get("location")}
