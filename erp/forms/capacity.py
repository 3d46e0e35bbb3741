"""Forms of plans of capacity."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.states.demand import ScheduleDirection, ScheduleRule


class SchedulePlanForm(forms.Form):
    """How a plan is made."""

    direction = forms.ChoiceField(label=_("Direction"), choices=ScheduleDirection.choices)
    rule = forms.ChoiceField(
        label=_("Order of work"), choices=ScheduleRule.choices, help_text=_("Which order gets the machines first.")
    )
    waits_for_material = forms.BooleanField(
        label=_("Wait for material"),
        required=False,
        initial=True,
        help_text=_("An order begins when its material is there."),
    )
    with_drafts = forms.BooleanField(label=_("Drafts too"), required=False, initial=True)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
