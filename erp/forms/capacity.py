"""Forms of plans of capacity."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.engines.optimising import is_installed
from erp.states.demand import ScheduleDirection, ScheduleRule, ScheduleSolver


class SchedulePlanForm(forms.Form):
    """How a plan is made."""

    direction = forms.ChoiceField(label=pgettext_lazy("scheduling", "Direction"), choices=ScheduleDirection.choices)
    rule = forms.ChoiceField(
        label=_("Order of work"), choices=ScheduleRule.choices, help_text=_("Which order gets the machines first.")
    )
    solver = forms.ChoiceField(
        label=_("Worked out by"),
        choices=ScheduleSolver.choices,
        required=False,
        help_text=_("The optimiser searches ten seconds; it weighs lateness by priority."),
    )
    waits_for_material = forms.BooleanField(
        label=_("Wait for material"),
        required=False,
        initial=True,
        help_text=_("An order begins when its material is there."),
    )
    with_drafts = forms.BooleanField(label=_("Drafts too"), required=False, initial=True)
    with_planned = forms.BooleanField(
        label=_("Planned orders too"),
        required=False,
        initial=True,
        help_text=_(
            "Planned orders of the near horizon take machines beside work orders. Accepting gives those that somebody "
            "moved their dates; the others it leaves alone."
        ),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_solver(self) -> str:
        """The built-in rules, where nothing was chosen."""
        return self.cleaned_data["solver"] or ScheduleSolver.RULES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_installed():
            self.fields["solver"].help_text = _(
                "The optimiser is not installed here: start the program once with "
                "CONCORD_EXTRAS=scheduling ./run serve (with uv: uv sync --extra scheduling)."
            )
