"""Deliveries and returns: how much of each line of an order."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formsets import Rows
from crm.forms.fields import DecimalInput, KnownField, day_field, warehouses


class QuantityForm(forms.Form):
    """How much of one order line, in the item's stock unit."""

    order_line_id = forms.IntegerField(widget=forms.HiddenInput)
    quantity = forms.DecimalField(
        label=_("Quantity"), required=False, max_digits=18, decimal_places=6, min_value=ZERO, widget=DecimalInput()
    )

    def typed(self) -> dict[str, Any]:
        """Return the line as the services take it."""
        data = self.cleaned_data
        return {"order_line_id": data["order_line_id"], "quantity": data["quantity"] or ZERO}


class ReturnQuantityForm(QuantityForm):
    """How much comes back, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def typed(self) -> dict[str, Any]:
        return super().typed() | {"reason": self.cleaned_data["reason"]}


class BaseQuantityFormSet(Rows):
    """One row for each line of the order that may still move; ``rows`` are what is shown beside the quantity."""

    def __init__(self, *args: Any, rows: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_line = {str(row.line.pk): row for row in rows}
        for form in self.forms:
            form.row = by_line.get(str(form["order_line_id"].value()))

    def typed(self) -> list[dict[str, Any]]:
        """Return the lines with a quantity."""
        lines = [form.typed() for form in self.forms if "order_line_id" in form.cleaned_data]
        return [line for line in lines if line["quantity"] > 0]


DeliveryQuantities = forms.formset_factory(QuantityForm, formset=BaseQuantityFormSet, extra=0)
ReturnQuantities = forms.formset_factory(ReturnQuantityForm, formset=BaseQuantityFormSet, extra=0)


class DeliveryForm(forms.Form):
    """When, where from, where to."""

    ship_date = day_field(_("Ship on"), required=True)
    ship_to = KnownField(label=_("Delivery address"), required=True)
    warehouse = KnownField(label=_("Warehouse"), required=True)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, order: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ship_to"].offer(order.partner.addresses.filter(is_active=True))
        self.fields["warehouse"].offer(warehouses())

    def header(self) -> dict[str, Any]:
        """Return the header as the services take it."""
        data = self.cleaned_data
        return {
            "ship_date": data["ship_date"],
            "ship_to_id": data["ship_to"],
            "warehouse_id": data["warehouse"],
            "note": data["note"],
        }


class ReturnForm(forms.Form):
    """Why, and where to."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    warehouse = KnownField(label=_("Warehouse"), required=True)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].offer(warehouses())

    def header(self) -> dict[str, Any]:
        """Return the header as the services take it."""
        return {"warehouse_id": self.cleaned_data["warehouse"], "note": self.cleaned_data["note"]}
