"""The form of a stock revaluation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formsets import Rows
from erp.forms.fields import PickedItem, cost_field, day_field

EMPTY_ROWS = 2
MAX_ROWS = 1000


class RevaluationForm(forms.Form):
    cause = forms.CharField(label=_("Reason"), max_length=200)
    date = day_field(_("Date"))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class RevaluationLineForm(forms.Form):
    item = PickedItem(required=False)
    unit_cost = cost_field(_("New unit cost"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.has_changed() and not self.errors:
            for name, sentence in (("item", _("Choose an item.")), ("unit_cost", _("Enter the new unit cost."))):
                if data.get(name) is None:
                    self.add_error(name, sentence)
        return data


RevaluationLines = forms.formset_factory(
    RevaluationLineForm, formset=Rows, extra=EMPTY_ROWS, can_delete=True, max_num=MAX_ROWS
)
