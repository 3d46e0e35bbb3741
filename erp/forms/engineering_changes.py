"""Forms of engineering changes."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.permissions import may_change_field
from erp.forms.boms import LIMITS, OUTPUTS, _ItemRows, percent_field
from erp.forms.fields import DecimalInput, KnownField, PickedItem, day_field, quantity_field, text_field, whole_field
from erp.models import EngineeringChangeLine, WorkCenter
from erp.models.engineering_changes import STARTS_CHOICES
from erp.states.engineering import ChangeAction, ChangeReason, Disposition, OutputCost

AMOUNT = "erp.engineeringchangeline.fixed_amount"
EMPTIED = "-"
"""Typed for a weight that is to be empty again."""
KEYS = {
    "item": "item_id",
    "component": "component_id",
    "replacement": "replacement_id",
    "work_center": "work_center_id",
}
NAMES = (
    "item",
    "action",
    "component",
    "replacement",
    "quantity",
    "scrap_percent",
    "fixed_scrap_quantity",
    "is_level_skipped",
    "output_kind",
    "cost_method",
    "material_weight",
    "conversion_weight",
    "cost_percent",
    "fixed_amount",
    "starts_order",
    "rank",
    "substitute_group",
    "disposition",
    "operation_no",
    "operation_name",
    "operation_name_zh",
    "work_center",
    "setup_minutes",
    "run_minutes",
    "item_revision",
    "note",
)


class EngineeringChangeForm(forms.Form):
    """Why and from when."""

    title = forms.CharField(label=_("Title"), max_length=120)
    reason_code = forms.ChoiceField(label=_("Reason"), choices=ChangeReason.choices)
    effective_date = day_field(_("Effective from"))
    cause = forms.CharField(label=_("What is wrong"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_date"].required = True


class WeightInput(DecimalInput):
    """A weight, or the sign that empties it."""

    input_type = "text"

    def __init__(self) -> None:
        super().__init__({"data-width": "7rem", "title": _("Empty: it stays; - : as that of the material.")})
        del self.attrs["step"]


class WeightOrEmpty(forms.DecimalField):
    """A weight, or EMPTIED to have none again."""

    widget = WeightInput

    def clean(self, value: Any) -> Any:
        return EMPTIED if str(value or "").strip() == EMPTIED else super().clean(value)


class ChangeLineForm(forms.Form):
    """One change of a bill or a routing; what most changes say stands first."""

    field_order = (
        "item",
        "action",
        "component",
        "replacement",
        "quantity",
        "rank",
        "substitute_group",
        "disposition",
        "item_revision",
        "note",
    )

    item = PickedItem(label=_("Changed item"), required=False)
    action = forms.ChoiceField(
        label=_("Change"),
        choices=[("", "—"), *ChangeAction.choices],
        required=False,
        widget=forms.Select(attrs={"data-width": "14rem"}),
    )
    component = PickedItem(label=_("Component"), required=False)
    replacement = PickedItem(label=_("New component or substitute"), required=False)
    quantity = quantity_field(_("Quantity or ratio"), required=False, at_least=ZERO)
    scrap_percent = percent_field(_("Scrap %"))
    fixed_scrap_quantity = quantity_field(_("Fixed scrap"), required=False, at_least=ZERO)
    is_level_skipped = forms.TypedChoiceField(
        label=_("Skip the level"),
        choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
    )
    output_kind = forms.ChoiceField(label=_("Output"), choices=[("", "—"), *OUTPUTS], required=False)
    cost_method = forms.ChoiceField(label=_("Cost by"), choices=[("", "—"), *OutputCost.choices], required=False)
    material_weight = quantity_field(_("Weight of the material"), required=False, at_least=ZERO)
    conversion_weight = WeightOrEmpty(
        label=_("Weight of the conversion"), required=False, max_digits=18, decimal_places=6, min_value=ZERO
    )
    cost_percent = percent_field(_("Cost %"))
    fixed_amount = forms.DecimalField(
        label=_("Fixed amount"),
        required=False,
        max_digits=18,
        decimal_places=6,
        min_value=ZERO,
        widget=DecimalInput(attrs={"data-width": "6rem"}),
    )
    starts_order = forms.ChoiceField(label=_("Starts an order"), choices=[("", "—"), *STARTS_CHOICES], required=False)
    rank = forms.IntegerField(
        label=_("Rank"),
        required=False,
        min_value=1,
        max_value=9999,
        widget=DecimalInput(
            attrs={
                "data-width": "4rem",
                "title": _("Of a substitute; empty: after the others. Of a group all of one rank go together."),
            }
        ),
    )
    substitute_group = forms.CharField(
        label=_("Substitute group"),
        required=False,
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "data-width": "5rem",
                "title": _("Components of one group are replaced together; - takes it out."),
            }
        ),
    )
    disposition = forms.ChoiceField(
        label=_("Stock of the old one"), choices=[("", "—"), *Disposition.choices], required=False
    )
    operation_no = whole_field(_("Operation"))
    operation_name = text_field(_("Name of the operation"), 80, width="8rem")
    operation_name_zh = text_field(_("Chinese name of the operation"), 80, width="8rem")
    work_center = KnownField(label=_("Work centre"))
    setup_minutes = quantity_field(_("Set-up minutes"), required=False, at_least=ZERO)
    run_minutes = quantity_field(_("Run minutes"), required=False, at_least=ZERO)
    item_revision = text_field(_("New item revision"), 20, width="5rem")
    note = text_field(_("Note"), 200, width="10rem")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("action") and "item" in data and not data["item"]:
            self.add_error("item", _("Choose an item."))
        if data.get("item") and not data.get("action"):
            self.add_error("action", _("Choose what is changed."))
        return data

    def typed(self) -> dict[str, Any]:
        """Return the line as the services take it."""
        data = self.cleaned_data
        typed = {KEYS.get(name, name): data[name] for name in NAMES if data.get(name) not in {None, ""}}
        if typed.get("conversion_weight") == EMPTIED:
            del typed["conversion_weight"]
            typed["is_conversion_as_material"] = True
        return typed


class BaseChangeLines(_ItemRows):
    """The lines of one change; work centres are read once."""

    picked = ("item", "component", "replacement")

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if not hasattr(self, "centers"):
            self.centers = list(WorkCenter.objects.filter(is_active=True))
        form.fields["work_center"].offer(self.centers)
        if not may_change_field(self.user, AMOUNT):
            form.fields.pop("fixed_amount", None)

    def typed_beside(self, stored: Iterable[EngineeringChangeLine]) -> list[dict[str, Any]]:
        """Return the rows; a fixed amount that the user may not change stays as it is stored."""
        rows = self.typed()
        if not may_change_field(self.user, AMOUNT):
            amounts = {(line.item_id, line.component_id): line.fixed_amount for line in stored}
            for row in rows:
                row["fixed_amount"] = amounts.get((row["item_id"], row.get("component_id")))
        return rows

    @property
    def live(self) -> list[Any]:
        """The rows that are to stand, in their order."""
        return [one for one in self.forms if not one.cleaned_data.get("DELETE") and one.cleaned_data.get("item")]


ChangeLines = forms.formset_factory(ChangeLineForm, formset=BaseChangeLines, extra=3, **LIMITS)


def change_lines_initial(lines: Iterable[EngineeringChangeLine]) -> list[dict[str, Any]]:
    """Return stored lines as the grid shows them."""
    words = {True: "yes", False: "no", None: ""}
    return [
        {name: getattr(line, KEYS.get(name, name)) for name in NAMES}
        | {"is_level_skipped": words[line.is_level_skipped]}
        | ({"conversion_weight": EMPTIED} if line.is_conversion_as_material else {})
        for line in lines
    ]
