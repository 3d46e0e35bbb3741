"""Forms of subcontract orders: the order, its material on the way, its deliveries, a count at the supplier."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import ZERO
from core.formsets import Rows
from core.widgets import Picker
from masterdata.models import Currency, Item, Warehouse
from scm.forms.fields import (
    ChoiceOfKey,
    LineForm,
    NumberField,
    date_input,
    item_unit_choices,
    supplier_field,
    unit_choices,
)
from scm.states import MaterialSource


def any_item(**kwargs: Any) -> forms.ModelChoiceField:
    """A picker of all items: what is subcontracted is not always bought."""
    return forms.ModelChoiceField(
        Item.objects.filter(is_active=True).select_related("uom"),
        widget=Picker(reverse_lazy("masterdata:item-lookup"), attrs={"data-width": "18rem"}),
        **kwargs,
    )


class SubcontractOrderForm(forms.Form):
    partner = supplier_field()
    item = any_item(label=_("Item"))
    quantity = NumberField(label=_("Quantity"))
    uom = ChoiceOfKey(label=_("Unit"))
    fee = NumberField(
        label=_("Fee per unit"),
        required=False,
        min_value=0,
        help_text=_("For one stock unit, without tax. Empty: the supplier's price; 0 for rework."),
    )
    due_date = forms.DateField(label=_("Due on"), widget=date_input())
    warehouse = forms.ModelChoiceField(
        Warehouse.objects.filter(is_active=True), label=_("Deliver to warehouse"), required=False
    )
    currency = forms.ModelChoiceField(
        Currency.objects.filter(is_active=True),
        label=_("Currency"),
        required=False,
        help_text=_("Empty: the supplier's."),
    )
    allowance_percent = NumberField(
        label=_("Allowance, %"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("How much more material than the bill asks for the supplier may use; the rest is charged to him."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, item: Item | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = item_unit_choices(item) if item is not None else unit_choices(_("stock unit"))
        self.fields["uom"].choices = units  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """Return the header as the services take it."""
        data = self.cleaned_data
        return {
            "partner_id": data["partner"].pk,
            "item_id": data["item"].pk,
            "quantity": data["quantity"],
            "uom_id": data["uom"],
            "fee": data["fee"],
            "due_date": data["due_date"],
            "warehouse_id": data["warehouse"].pk if data["warehouse"] else None,
            "currency_id": data["currency"].pk if data["currency"] else None,
            "allowance_percent": data["allowance_percent"] or ZERO,
            "note": data["note"],
        }


class MaterialForm(LineForm):
    item = any_item(label=_("Material"))
    required_quantity = NumberField(label=_("Required for the order"))
    source = forms.ChoiceField(label=_("Provided by"), choices=MaterialSource.choices)


MaterialFormSet = forms.formset_factory(MaterialForm, formset=Rows, extra=1, can_delete=True, max_num=500)


class SendForm(forms.Form):
    posting_date = forms.DateField(label=_("Date"), required=False, widget=date_input(), help_text=_("Empty: today."))
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=200, help_text=_("Needed for a day that is over.")
    )


class SendLineForm(LineForm):
    material = ChoiceOfKey(label=_("Material"), required=True)
    quantity = NumberField(label=_("Quantity"), required=False, min_value=0)
    uom = ChoiceOfKey(label=_("Unit"))
    lot = ChoiceOfKey(label=_("Lot or serial number"))
    location = ChoiceOfKey(label=_("Location"))


SendFormSet = forms.formset_factory(SendLineForm, formset=Rows, extra=1, can_delete=True, max_num=500)


class SubcontractReceiptForm(forms.Form):
    quantity = NumberField(label=_("Good"), required=False, min_value=0)
    uom = ChoiceOfKey(label=_("Unit"), help_text=_("Of good and rejected pieces."))
    rejected_quantity = NumberField(
        label=pgettext_lazy("quantity", "Rejected"),
        required=False,
        min_value=0,
        help_text=_("They used material too, and bring no fee."),
    )
    charge_rejected = forms.BooleanField(
        label=_("Charge the material of rejected pieces to the supplier"), required=False
    )
    lot_code = forms.CharField(label=_("Lot or serial number"), max_length=60, required=False)
    expiry_date = forms.DateField(label=_("Expires on"), required=False, widget=date_input())
    location = ChoiceOfKey(label=_("Location"))
    date = forms.DateField(label=_("Came in on"), required=False, widget=date_input(), help_text=_("Empty: today."))
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=200, help_text=_("Needed for a day that is over.")
    )
    delivery_note = forms.CharField(label=_("Supplier's delivery note"), max_length=60, required=False)

    def __init__(self, *args: Any, item: Item, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].choices = places  # type: ignore[attr-defined]
        self.fields["uom"].choices = item_unit_choices(item)  # type: ignore[attr-defined]
        if item.tracking == Item.Tracking.NONE:
            del self.fields["lot_code"], self.fields["expiry_date"]

    def arguments(self) -> dict[str, Any]:
        """Return the delivery as the service takes it."""
        data = self.cleaned_data
        quantity = data["quantity"] or ZERO
        lot = {"lot_code": data.get("lot_code"), "quantity": quantity, "expiry_date": data.get("expiry_date")}
        return {
            "quantity": quantity,
            "uom_id": data["uom"],
            "rejected_quantity": data["rejected_quantity"] or ZERO,
            "charge_rejected": data["charge_rejected"],
            "lots": [lot] if lot["lot_code"] else [],
            "location_id": data["location"],
            "date": data["date"],
            "reason": data["reason"],
            "delivery_note": data["delivery_note"],
        }


class UsedForm(LineForm):
    material = ChoiceOfKey(label=_("Material"), required=True)
    quantity = NumberField(label=_("Really used"), required=False, min_value=0)
    uom = ChoiceOfKey(label=_("Unit"))


UsedFormSet = forms.formset_factory(UsedForm, formset=Rows, extra=0, can_delete=True, max_num=500)


class SupplierCountForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class CountedForm(LineForm):
    goods = forms.ChoiceField(label=_("Material and lot"))
    counted = NumberField(label=_("Counted"), required=False, min_value=0)
    uom = ChoiceOfKey(label=_("Unit"))

    def __init__(self, *args: Any, goods: list[tuple[str, str]], units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["goods"].choices = goods  # type: ignore[attr-defined]
        self.fields["uom"].choices = units  # type: ignore[attr-defined]


CountedFormSet = forms.formset_factory(CountedForm, formset=Rows, extra=1, can_delete=True, max_num=500)


class ChargeBackForm(forms.Form):
    settled_by = forms.CharField(
        label=_("Set off with"), max_length=60, help_text=_("Number of the statement, credit note or agreement.")
    )
