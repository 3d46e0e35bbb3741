"""The lines grid of quotations and orders."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formsets import Rows
from crm.forms.fields import DayInput, DecimalInput, KnownField, PickedItem, item_labels, taxes, units

EMPTY_ROWS = 1
MAX_ROWS = 2000
PRICE = {"max_digits": 18, "decimal_places": 6, "min_value": ZERO}
SHARED = ("item", "description", "quantity", "uom", "price", "discount_percent", "tax", "ship_date")


class LineForm(forms.Form):
    """One line: an item, or a text with a price (a service, a fee)."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    item = PickedItem(required=False)
    description = forms.CharField(
        label=_("Description"), max_length=300, required=False, widget=forms.TextInput(attrs={"data-width": "m"})
    )
    quantity = forms.DecimalField(
        label=_("Quantity"),
        max_digits=18,
        decimal_places=6,
        min_value=Decimal("0.000001"),
        widget=DecimalInput(attrs={"data-width": "s"}),
    )
    uom = KnownField(label=_("Unit"), widget=forms.Select(attrs={"data-width": "s"}))
    price = forms.DecimalField(
        label=_("Price"), required=False, widget=DecimalInput(attrs={"data-width": "m"}), **PRICE
    )
    discount_percent = forms.DecimalField(
        label=_("Disc. %"),
        required=False,
        min_value=ZERO,
        max_value=Decimal(100),
        widget=DecimalInput(attrs={"data-width": "s"}),
    )
    tax = KnownField(label=_("Tax"), widget=forms.Select(attrs={"data-width": "m"}))
    ship_date = forms.DateField(label=_("Due"), required=False, widget=DayInput({"data-width": "m"}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "item" in data and not data["item"]:
            if not data.get("description"):
                self.add_error("item", _("Choose an item or describe what is sold."))
            elif data.get("price") is None and "price" not in self.errors:
                self.add_error("price", _("A line without an item needs a price."))
        return data

    def typed(self) -> dict[str, Any]:
        """Return the line as the services take it."""
        data = self.cleaned_data
        line = {
            "item_id": data["item"],
            "description": data["description"],
            "quantity": data["quantity"],
            "uom_id": data["uom"],
            "price": data["price"],
            "discount_percent": data["discount_percent"] or ZERO,
            "tax_id": data["tax"],
            "ship_date": data["ship_date"],
        }
        return line | ({"id": data["id"]} if data["id"] else {})


class OrderLineForm(LineForm):
    """A line of an order, with the day that was promised."""

    promised_date = forms.DateField(label=_("Promised on"), required=False, widget=DayInput({"data-width": "m"}))

    def typed(self) -> dict[str, Any]:
        return super().typed() | {"promised_date": self.cleaned_data["promised_date"]}


class BaseLineFormSet(Rows):
    """The lines of one document; units and taxes are read once for all of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._units = list(units())
        self._taxes = list(taxes())
        labels = {} if self.is_bound else item_labels(line.get("item") for line in self.initial or [])
        for form in self.forms:
            key = (form.initial or {}).get("item")
            if key in labels:
                form.fields["item"].widget.label = labels[key]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["uom"].offer(self._units)
        form.fields["tax"].offer(self._taxes)

    def typed(self) -> list[dict[str, Any]]:
        """Return the lines that are to stand, in their order."""
        return [form.typed() for form in self.live_forms()]

    def live_forms(self) -> list[Any]:
        """Return the forms of the lines that are to stand."""
        return [
            form
            for form in self.forms
            if (form.has_changed() or (form.initial or {}).get("id"))
            and not getattr(form, "cleaned_data", {}).get("DELETE")
        ]


def _formset(form: type[LineForm]) -> type[BaseLineFormSet]:
    return forms.formset_factory(
        form, formset=BaseLineFormSet, extra=EMPTY_ROWS, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS
    )


QuotationLines = _formset(LineForm)
OrderLines = _formset(OrderLineForm)


def initial_of(lines: Any, *, promised: bool = False) -> list[dict[str, Any]]:
    """Return the stored lines as the grid shows them."""
    return [
        {
            "id": line.pk,
            "item": line.item_id,
            "description": line.description,
            "quantity": line.quantity,
            "uom": line.uom_id,
            "price": line.price,
            "discount_percent": line.discount_percent or None,
            "tax": line.tax_id,
            "ship_date": line.ship_date,
        }
        | ({"promised_date": line.promised_date} if promised else {})
        for line in lines
    ]
