"""Forms of bills of material."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from erp.forms.fields import DecimalInput, PickedItem, day_field, item_labels, quantity_field, text_field
from erp.models import BomLine
from erp.states import MaterialKind
from erp.states.engineering import IssueMethod

EMPTY_ROWS = 5
MAX_ROWS = 1000


class BomForm(forms.Form):
    """The header of a bill of material; the item is chosen once."""

    item = PickedItem()
    revision = text_field(_("Revision"), 20, help_text=_("Empty: the next number."))
    quantity = quantity_field(_("For quantity"), initial=1, help_text=_("The lines are for this many units."))
    valid_from = day_field(_("Valid from"), help_text=_("Empty: today."))
    valid_to = day_field(_("Valid until"), help_text=_("This day no longer counts."))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, of_draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if of_draft:
            del self.fields["item"]
            self.fields["valid_from"].required = True
        elif not self.is_bound:
            key = self.initial.get("item")
            self.fields["item"].widget.label = item_labels([key]).get(int(key), "") if key else ""

    def header(self) -> dict[str, Any]:
        """Return the header as the services take it."""
        return {"item_id" if name == "item" else name: value for name, value in self.cleaned_data.items()}


class BomLineForm(forms.Form):
    """One component."""

    component = PickedItem(label=_("Component"), required=False)
    quantity = quantity_field(_("Quantity"), required=False, at_least=ZERO)
    scrap_percent = forms.DecimalField(
        label=_("Scrap %"),
        required=False,
        max_digits=9,
        decimal_places=4,
        min_value=ZERO,
        widget=DecimalInput(attrs={"data-width": "5rem"}),
    )
    fixed_scrap_quantity = quantity_field(_("Fixed scrap"), required=False, at_least=ZERO)
    material_kind = forms.ChoiceField(label=_("Kind"), choices=MaterialKind.choices, initial=MaterialKind.MAIN)
    issue_method = forms.ChoiceField(
        label=_("Issue"), choices=IssueMethod.choices, initial=IssueMethod.PICK, required=False
    )
    operation_no = forms.IntegerField(
        label=_("Operation"), required=False, min_value=1, widget=DecimalInput(attrs={"data-width": "4rem"})
    )
    is_level_skipped = forms.BooleanField(label=_("Skip the level"), required=False)
    substitute_group = text_field(_("Substitute group"), 20, width="5rem")
    valid_from = day_field(_("Valid from"))
    valid_to = day_field(_("Valid until"))
    note = text_field(_("Note"), 200, width="10rem")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "component" in data and not data["component"] and self.has_changed():
            self.add_error("component", _("Choose an item."))
        if data.get("component") and data.get("quantity") is None and "quantity" not in self.errors:
            self.add_error("quantity", _("Enter a quantity."))
        return data

    def typed(self) -> dict[str, Any]:
        """Return the line as the services take it."""
        data = self.cleaned_data
        return {
            "component_id": data["component"],
            "quantity": data["quantity"],
            "scrap_percent": data.get("scrap_percent") or ZERO,
            "fixed_scrap_quantity": data.get("fixed_scrap_quantity") or ZERO,
            "material_kind": data["material_kind"],
            "issue_method": data.get("issue_method") or IssueMethod.PICK,
            "operation_no": data.get("operation_no"),
            "is_level_skipped": data.get("is_level_skipped", False),
            "substitute_group": data.get("substitute_group") or "",
            "valid_from": data.get("valid_from"),
            "valid_to": data.get("valid_to"),
            "note": data.get("note") or "",
        }


class BaseBomLines(forms.BaseFormSet):
    """The components of one bill of material."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {} if self.is_bound else item_labels(line.get("component") for line in self.initial or [])
        for form in self.forms:
            form.fields["component"].widget.label = labels.get((form.initial or {}).get("component"), "")

    def typed(self) -> list[dict[str, Any]]:
        """Return the lines that are to stand, in their order."""
        live = [
            form for form in self.forms if not form.cleaned_data.get("DELETE") and form.cleaned_data.get("component")
        ]
        return [form.typed() for form in live]


BomLines = forms.formset_factory(
    BomLineForm, formset=BaseBomLines, extra=EMPTY_ROWS, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS
)


def initial_of(lines: Iterable[BomLine]) -> list[dict[str, Any]]:
    """Return the stored lines as the grid shows them."""
    names = (
        "quantity",
        "scrap_percent",
        "fixed_scrap_quantity",
        "material_kind",
        "issue_method",
        "operation_no",
        "is_level_skipped",
        "substitute_group",
        "valid_from",
        "valid_to",
        "note",
    )
    return [{"component": line.component_id} | {name: getattr(line, name) for name in names} for line in lines]
