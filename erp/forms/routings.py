"""Forms of routings."""

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
    KnownField,
    PickedItem,
    PickedPartner,
    day_field,
    item_labels,
    partner_labels,
    quantity_field,
    text_field,
    whole_field,
)
from erp.models import RoutingOperation, WorkCenter
from erp.selectors.routings import TYPED_FIELDS

EMPTY_ROWS = 3
MAX_ROWS = 200
PRICE = "erp.routingoperation.unit_price"


class RoutingForm(forms.Form):
    """The header of a routing; the item is chosen once."""

    item = PickedItem()
    revision = text_field(_("Revision"), 20, help_text=_("Empty: the next revision."))
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


class OperationForm(forms.Form):
    """One operation."""

    number = whole_field(_("Operation"))
    name = text_field(_("Name"), 80, width="10rem")
    name_zh = text_field(_("Chinese name"), 80, width="8rem")
    work_center = KnownField(label=_("Work centre"))
    setup_minutes = quantity_field(_("Set-up minutes"), required=False, at_least=ZERO)
    run_minutes = quantity_field(_("Run minutes"), required=False, at_least=ZERO)
    base_quantity = quantity_field(_("For quantity"), required=False, initial=1)
    is_count_point = forms.BooleanField(label=_("Count point"), required=False, initial=True)
    is_subcontracted = forms.BooleanField(label=_("Subcontracted"), required=False)
    supplier = PickedPartner(label=_("Supplier"), required=False)
    unit_price = forms.DecimalField(
        label=_("Price per unit"),
        required=False,
        max_digits=18,
        decimal_places=6,
        min_value=ZERO,
        widget=DecimalInput(attrs={"data-width": "6rem"}),
    )
    instructions = forms.CharField(label=_("Instructions"), required=False, widget=forms.Textarea(attrs={"rows": 1}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "name" in data and not data["name"] and self.has_changed():
            self.add_error("name", _("Enter what is done."))
        return data

    def typed(self) -> dict[str, Any]:
        """Return the operation as the services take it."""
        data = self.cleaned_data
        return {
            "number": data.get("number") or 0,
            "name": data["name"],
            "name_zh": data.get("name_zh") or "",
            "work_center_id": data.get("work_center"),
            "setup_minutes": data.get("setup_minutes") or ZERO,
            "run_minutes": data.get("run_minutes") or ZERO,
            "base_quantity": data.get("base_quantity") or Decimal(1),
            "is_count_point": data.get("is_count_point", False),
            "is_subcontracted": data.get("is_subcontracted", False),
            "supplier_id": data.get("supplier"),
            "unit_price": data.get("unit_price") or ZERO,
            "instructions": data.get("instructions") or "",
        }


class AlternateForm(forms.Form):
    """One alternative work centre of the operation with this number."""

    operation = whole_field(_("Operation"))
    work_center = KnownField(label=_("Work centre"))
    rank = whole_field(_("Rank"))
    setup_minutes = quantity_field(_("Set-up minutes"), required=False, at_least=ZERO)
    run_minutes = quantity_field(_("Run minutes"), required=False, at_least=ZERO)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.has_changed() and not (data.get("operation") and data.get("work_center")):
            self.add_error("operation", _("Enter an operation and its other work centre."))
        return data

    def typed(self) -> dict[str, Any]:
        """Return the alternative as the services take it; empty times are those of the operation."""
        data = self.cleaned_data
        return {
            "work_center_id": data["work_center"],
            "rank": data.get("rank") or 0,
            "setup_minutes": data.get("setup_minutes"),
            "run_minutes": data.get("run_minutes"),
        }


class _CenterRows(Rows):
    """Rows that name work centres: those are read once."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        used = {(line or {}).get("work_center") for line in self.initial or []}
        self.centers = [one for one in WorkCenter.objects.all() if one.is_active or one.pk in used]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["work_center"].offer(self.centers)

    def live(self, name: str) -> list[Any]:
        """Return the forms of rows that are to stand: not removed, and ``name`` is filled in."""
        return [one for one in self.forms if not one.cleaned_data.get("DELETE") and one.cleaned_data.get(name)]


class BaseOperations(_CenterRows):
    """The operations of one routing; whoever may not see prices does not change them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            labels = partner_labels(line.get("supplier") for line in self.initial or [])
            for form in self.initial_forms:
                form.fields["supplier"].widget.label = labels.get((form.initial or {}).get("supplier"), "")

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if not may_change_field(self.user, PRICE):
            form.fields.pop("unit_price", None)

    def typed(self, stored: Iterable[RoutingOperation] = ()) -> list[dict[str, Any]]:
        """Return the operations in their order; a price the user may not change stays as it is stored."""
        rows = [form.typed() for form in self.live("name")]
        if not may_change_field(self.user, PRICE):
            prices = {one.number: one.unit_price for one in stored if one.is_subcontracted}
            for row in rows:
                row["unit_price"] = prices.get(row["number"], ZERO) if row["is_subcontracted"] else ZERO
        return rows


class BaseAlternates(_CenterRows):
    """The alternative work centres of one routing."""

    def by_operation(self) -> dict[int, list[dict[str, Any]]]:
        """Return the alternatives under the number of their operation."""
        found: dict[int, list[dict[str, Any]]] = {}
        for form in self.live("work_center"):
            found.setdefault(form.cleaned_data["operation"], []).append(form.typed())
        return found


Operations = forms.formset_factory(
    OperationForm, formset=BaseOperations, extra=EMPTY_ROWS, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS
)
Alternates = forms.formset_factory(
    AlternateForm, formset=BaseAlternates, extra=1, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS
)


def operations_initial(operations: Iterable[RoutingOperation]) -> list[dict[str, Any]]:
    """Return stored operations as the grid shows them."""
    return [
        {name: getattr(one, name) for name in TYPED_FIELDS}
        | {"work_center": one.work_center_id, "supplier": one.supplier_id}
        for one in operations
    ]


def alternates_initial(operations: Iterable[RoutingOperation]) -> list[dict[str, Any]]:
    """Return stored alternatives as the grid shows them."""
    return [
        {
            "operation": one.number,
            "work_center": other.work_center_id,
            "rank": other.rank,
            "setup_minutes": other.setup_minutes,
            "run_minutes": other.run_minutes,
        }
        for one in operations
        for other in one.alternates.all()
    ]
