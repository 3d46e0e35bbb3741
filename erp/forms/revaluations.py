"""The form of a stock revaluation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.forms.fields import cost_field, day_field
from erp.forms.item_rows import ItemRow, item_rows


class RevaluationForm(forms.Form):
    cause = forms.CharField(label=_("Reason"), max_length=200)
    date = day_field(_("Date"))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class RevaluationLineForm(ItemRow):
    unit_cost = cost_field(_("New unit cost"))
    figure, missing = "unit_cost", _("Enter the new unit cost.")


RevaluationLines = item_rows(RevaluationLineForm)
