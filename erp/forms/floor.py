"""Forms of dispatching and of what pieces pay."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formsets import Rows
from core.typed import is_key
from erp.forms.fields import DecimalInput, KnownField, PickedItem, day_field, item_labels
from erp.models import WorkOrderOperation
from masterdata.models import Employee

NOBODY = 0


class DispatchForm(forms.Form):
    """Whom to give the rows that are ticked."""

    assign_to = KnownField(
        label=_("Give the ticked rows to"), widget=forms.Select(attrs={"class": "form-select w-auto"})
    )

    def __init__(self, *args: Any, people: Sequence[Employee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assign_to"].offer([(str(NOBODY), _("nobody")), *((str(one.pk), str(one)) for one in people)])


class DispatchRowForm(forms.Form):
    """Who does a step, and when in the list."""

    operation = forms.IntegerField(widget=forms.HiddenInput)
    chosen = forms.BooleanField(
        label=_("Choose"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input", "data-row-select": True}),
    )
    responsible = KnownField(label=_("Responsible"), widget=forms.Select(attrs={"class": "form-select form-select-sm"}))
    rank = forms.IntegerField(
        label=_("Rank"),
        min_value=0,
        max_value=99999,
        widget=forms.NumberInput(attrs={"data-width": "6rem", "class": "form-control form-control-sm"}),
    )


class BaseDispatch(Rows):
    """One row for each step of the list; people are read once."""

    def __init__(
        self, *args: Any, steps: Sequence[WorkOrderOperation], people: Sequence[Employee], **kwargs: Any
    ) -> None:
        self._people = people
        self.steps = {one.pk: one for one in steps}
        super().__init__(*args, **kwargs)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["responsible"].offer(self._people, _("nobody"))
        key = form["operation"].value()
        form.step = self.steps.get(int(key)) if is_key(str(key)) else None

    def typed(self, assign_to: int | None = None) -> list[dict[str, Any]]:
        """Return the rows as the service takes them; those that are ticked go to ``assign_to`` (NOBODY: to nobody)."""
        return [
            {
                "operation_id": form.cleaned_data["operation"],
                "responsible_id": (assign_to or None)
                if form.cleaned_data["chosen"] and assign_to is not None
                else form.cleaned_data["responsible"],
                "rank": form.cleaned_data["rank"],
            }
            for form in self.forms
            if form.cleaned_data
        ]


DispatchRows = forms.formset_factory(DispatchRowForm, formset=BaseDispatch, extra=0, max_num=1000, absolute_max=1000)


class PieceRateForm(forms.Form):
    """What a good piece pays from a day on."""

    item = PickedItem()
    operation_no = forms.IntegerField(
        label=_("Operation"), required=False, min_value=1, help_text=_("Its number; empty: all operations.")
    )
    valid_from = day_field(_("Valid from"))
    rate = forms.DecimalField(
        label=_("Rate per piece"),
        min_value=ZERO,
        max_digits=18,
        decimal_places=6,
        widget=DecimalInput(),
        help_text=_("Base currency; 0 ends the rate."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].required = True
        key = self.initial.get("item")
        if key and not self.is_bound:
            self.fields["item"].widget.label = item_labels([key]).get(int(key), "")

    def values(self) -> dict[str, Any]:
        """Return the rate as the service takes it."""
        data = dict(self.cleaned_data)
        return data | {"item_id": data.pop("item")}
