"""Forms of bills of material: header, components, outputs, substitutes."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formsets import Rows
from core.permissions import may_change_field
from erp.forms.fields import (
    DecimalInput,
    PickedItem,
    day_field,
    item_labels,
    quantity_field,
    text_field,
    whole_field,
)
from erp.models import BomLine
from erp.states import MaterialKind
from erp.states.engineering import BomLineKind, IssueMethod, OutputCost, StartsOrder

EMPTY_ROWS = 5
MAX_ROWS = 1000
AMOUNT = "erp.bomline.fixed_amount"
OUTPUTS = [(kind.value, kind.label) for kind in (BomLineKind.CO_PRODUCT, BomLineKind.BY_PRODUCT)]
NAMES = (
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
OUTPUT_NAMES = (
    "line_kind",
    "quantity",
    "cost_method",
    "material_weight",
    "conversion_weight",
    "cost_percent",
    "fixed_amount",
    "starts_order",
    "operation_no",
    "valid_from",
    "valid_to",
    "note",
)


def percent_field(label: Any) -> forms.DecimalField:
    """A percentage; may stay empty."""
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=9,
        decimal_places=4,
        min_value=ZERO,
        widget=DecimalInput(attrs={"data-width": "5rem"}),
    )


class BomForm(forms.Form):
    """The header of a bill of material; the item is chosen once."""

    item = PickedItem()
    revision = text_field(_("Revision"), 20, help_text=_("Empty: the next revision."))
    quantity = quantity_field(_("For quantity"), initial=1, help_text=_("The lines are for this many units."))
    valid_from = day_field(_("Valid from"), help_text=_("Empty: today."))
    valid_to = day_field(_("Valid until"), help_text=_("This day no longer counts."))
    material_weight = quantity_field(
        _("Weight of the material"),
        required=False,
        help_text=_("Where co-products share by weight: that of one unit of the main product."),
    )
    conversion_weight = quantity_field(
        _("Weight of the conversion"), required=False, at_least=ZERO, help_text=_("Empty: as that of the material.")
    )
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
        values = {"item_id" if name == "item" else name: value for name, value in self.cleaned_data.items()}
        return values | {"material_weight": values["material_weight"] or Decimal(1)}


class _LineForm(forms.Form):
    """A row that names an item and a quantity."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "component" in data and not data["component"] and data.get("quantity") is not None:
            self.add_error("component", _("Choose an item."))
        if data.get("component") and data.get("quantity") is None and "quantity" not in self.errors:
            self.add_error("quantity", _("Enter a quantity."))
        return data

    def read(self, names: Iterable[str]) -> dict[str, Any]:
        """Return what was typed under these names, what stayed empty left out."""
        data = self.cleaned_data
        typed = {name: data[name] for name in names if data.get(name) not in {None, ""}}
        return {"component_id": data["component"]} | typed


class BomLineForm(_LineForm):
    """One component."""

    component = PickedItem(label=_("Component"), required=False)
    quantity = quantity_field(_("Quantity"), required=False)
    scrap_percent = percent_field(_("Scrap %"))
    fixed_scrap_quantity = quantity_field(_("Fixed scrap"), required=False, at_least=ZERO)
    material_kind = forms.ChoiceField(label=_("Kind"), choices=MaterialKind.choices, initial=MaterialKind.MAIN)
    issue_method = forms.ChoiceField(
        label=_("Issue"), choices=[("", _("as usual")), *IssueMethod.choices], required=False
    )
    operation_no = whole_field(_("Operation"))
    is_level_skipped = forms.BooleanField(label=_("Skip the level"), required=False)
    substitute_group = text_field(_("Substitute group"), 20, width="5rem")
    valid_from = day_field(_("Valid from"))
    valid_to = day_field(_("Valid until"))
    note = text_field(_("Note"), 200, width="10rem")

    def typed(self) -> dict[str, Any]:
        """Return the line as the services take it."""
        return self.read(NAMES)


class OutputForm(_LineForm):
    """One co- or by-product."""

    component = PickedItem(label=_("Item"), required=False)
    line_kind = forms.ChoiceField(label=_("Kind"), choices=OUTPUTS, initial=BomLineKind.BY_PRODUCT)
    quantity = quantity_field(_("Quantity"), required=False)
    cost_method = forms.ChoiceField(label=_("Cost by"), choices=[("", "—"), *OutputCost.choices], required=False)
    material_weight = quantity_field(_("Weight of the material"), required=False, at_least=ZERO)
    conversion_weight = quantity_field(_("Weight of the conversion"), required=False, at_least=ZERO)
    cost_percent = percent_field(_("Cost %"))
    fixed_amount = forms.DecimalField(
        label=_("Fixed amount"),
        required=False,
        max_digits=18,
        decimal_places=6,
        min_value=ZERO,
        widget=DecimalInput(attrs={"data-width": "6rem"}),
    )
    starts_order = forms.ChoiceField(
        label=_("Starts an order"), choices=[("", _("As set")), *StartsOrder.choices], required=False
    )
    operation_no = whole_field(_("Operation"))
    valid_from = day_field(_("Valid from"))
    valid_to = day_field(_("Valid until"))
    note = text_field(_("Note"), 200, width="10rem")

    def typed(self) -> dict[str, Any]:
        """Return the line as the services take it."""
        return self.read(OUTPUT_NAMES)


class SubstituteForm(forms.Form):
    """One substitute of a component."""

    component = PickedItem(label=_("Component"), required=False)
    item = PickedItem(label=_("Substitute"), required=False)
    ratio = forms.DecimalField(
        label=_("Ratio"),
        required=False,
        max_digits=18,
        decimal_places=10,
        min_value=ZERO,
        initial=1,
        widget=DecimalInput(attrs={"data-width": "5rem"}),
    )
    rank = forms.IntegerField(
        label=_("Rank"),
        required=False,
        min_value=1,
        widget=DecimalInput(attrs={"data-width": "4rem", "data-counts-in": "component"}),
    )
    valid_from = day_field(_("Valid from"))
    valid_to = day_field(_("Valid until"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("component", "item"):
            if self.has_changed() and name in data and not data[name]:
                self.add_error(name, _("Choose an item."))
        return data

    def typed(self) -> dict[str, Any]:
        """Return the substitute as the services take it."""
        data = self.cleaned_data
        return {
            "item_id": data["item"],
            "ratio": data.get("ratio") or Decimal(1),
            "rank": data.get("rank") or 0,
            "valid_from": data.get("valid_from"),
            "valid_to": data.get("valid_to"),
        }


class _ItemRows(Rows):
    """Rows that name items: the words of those that stand there are read at once."""

    picked: tuple[str, ...] = ("component",)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        rows = [] if self.is_bound else self.initial or []
        labels = item_labels(row.get(name) for row in rows for name in self.picked)
        for form in self.forms:
            for name in self.picked:
                form.fields[name].widget.label = labels.get((form.initial or {}).get(name), "")

    @property
    def live(self) -> list[Any]:
        """The rows that are to stand, in their order."""
        return [one for one in self.forms if not one.cleaned_data.get("DELETE") and one.cleaned_data.get("component")]

    def typed(self) -> list[dict[str, Any]]:
        """Return the rows as the services take them."""
        return [form.typed() for form in self.live]


class BaseOutputs(_ItemRows):
    """Co- and by-products; whoever may not see costs does not change fixed amounts."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if not may_change_field(self.user, AMOUNT):
            form.fields.pop("fixed_amount", None)

    def typed_beside(self, stored: Iterable[BomLine]) -> list[dict[str, Any]]:
        """Return the rows; a fixed amount that the user may not change stays as it is stored."""
        rows = self.typed()
        if not may_change_field(self.user, AMOUNT):
            amounts = {line.component_id: line.fixed_amount for line in stored}
            for row in rows:
                row["fixed_amount"] = amounts.get(row["component_id"], ZERO)
        return rows


class BaseSubstitutes(_ItemRows):
    """Substitutes of components."""

    picked = ("component", "item")

    def by_component(self) -> dict[int, list[dict[str, Any]]]:
        """Return the substitutes under the item that they replace."""
        found: dict[int, list[dict[str, Any]]] = {}
        for form in self.live:
            found.setdefault(form.cleaned_data["component"], []).append(form.typed())
        return found


LIMITS: dict[str, Any] = {"can_delete": True, "max_num": MAX_ROWS, "absolute_max": MAX_ROWS}
BomLines = forms.formset_factory(BomLineForm, formset=_ItemRows, extra=EMPTY_ROWS, **LIMITS)
BomOutputs = forms.formset_factory(OutputForm, formset=BaseOutputs, extra=1, **LIMITS)
BomSubstitutes = forms.formset_factory(SubstituteForm, formset=BaseSubstitutes, extra=1, **LIMITS)


def initial_of(lines: Iterable[BomLine]) -> dict[str, list[dict[str, Any]]]:
    """Return stored lines as the grids show them, by the prefix of the grid."""
    found: dict[str, list[dict[str, Any]]] = {"lines": [], "outputs": [], "substitutes": []}
    for line in lines:
        is_component = line.line_kind == BomLineKind.COMPONENT
        names = NAMES if is_component else OUTPUT_NAMES
        row = {"component": line.component_id} | {name: getattr(line, name) for name in names}
        found["lines" if is_component else "outputs"].append(row)
        found["substitutes"] += [
            {
                "component": line.component_id,
                "item": one.item_id,
                "ratio": one.ratio,
                "rank": one.rank,
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
            }
            for one in line.substitutes.all()
        ]
    return found
