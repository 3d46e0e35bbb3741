"""Forms of purchase orders: header, lines, dates confirmed by the supplier, change."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formsets import Rows
from masterdata.models import Currency, Department, PaymentTerm, Project, Warehouse
from scm.forms.fields import ChoiceOfKey, LineForm, NumberField, date_input, item_field, supplier_field


class PurchaseOrderForm(forms.Form):
    partner = supplier_field()
    warehouse = forms.ModelChoiceField(Warehouse.objects.filter(is_active=True), label=_("Deliver to warehouse"))
    currency = forms.ModelChoiceField(
        Currency.objects.filter(is_active=True), label=_("Currency"), required=False, empty_label=_("the supplier's")
    )
    payment_term = forms.ModelChoiceField(
        PaymentTerm.objects.filter(is_active=True),
        label=_("Payment terms"),
        required=False,
        empty_label=_("the supplier's"),
    )
    tax_included = forms.BooleanField(label=_("Prices include tax"), required=False)
    supplier_reference = forms.CharField(label=_("Supplier's order number"), max_length=60, required=False)
    over_receipt_percent = NumberField(
        label=_("Over-delivery accepted, %"), required=False, min_value=0, max_value=100, max_digits=9, decimal_places=4
    )
    department = forms.ModelChoiceField(
        Department.objects.filter(is_active=True), label=_("Department"), required=False
    )
    project = forms.ModelChoiceField(Project.objects.filter(is_active=True), label=_("Project"), required=False)
    note = forms.CharField(label=_("Note to the supplier"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].widget.attrs["autofocus"] = ""
        self.fields["project"].widget.attrs["data-enhance"] = ""

    def arguments(self) -> dict[str, Any]:
        """Return the header arguments of create_ and update_purchase_order."""
        cleaned = self.cleaned_data
        names = ("currency", "payment_term", "department", "project", "warehouse")
        keys = {f"{name}_id": _key(cleaned.get(name)) for name in names}
        return {
            "partner_id": cleaned["partner"].pk,
            "tax_included": cleaned["tax_included"],
            "supplier_reference": cleaned["supplier_reference"],
            "over_receipt_percent": cleaned.get("over_receipt_percent") or Decimal(0),
            "note": cleaned["note"],
            **keys,
        }


class SupplierForm(forms.Form):
    """The supplier for chosen lines that name none."""

    partner = supplier_field(required=False, label=_("Supplier for lines without one"))


def _key(record: Any) -> int | None:
    return record.pk if record else None


class PurchaseOrderLineForm(LineForm):
    line_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    item = item_field(required=False)
    description = forms.CharField(
        label=_("Description"), max_length=300, required=False, widget=forms.TextInput(attrs={"data-width": "12rem"})
    )
    quantity = NumberField(label=_("Quantity"))
    uom = ChoiceOfKey(label=_("Unit"))
    price = NumberField(label=_("Price"), required=False, min_value=0)
    discount_percent = NumberField(
        label=_("Discount, %"), required=False, min_value=0, max_value=100, max_digits=9, decimal_places=4
    )
    tax = ChoiceOfKey(label=_("Tax"))
    due_date = forms.DateField(label=_("Due on"), required=False, widget=date_input())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("item") and not cleaned.get("description") and "item" not in self.errors:
            self.add_error("item", _("Choose an item or describe what is bought."))
        return cleaned


class ChangedLineForm(PurchaseOrderLineForm):
    """A row of a change: of a line that stands only figures and date can change."""

    FIXED = ("item", "description", "uom", "tax")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("line_id"):
            for name in self.FIXED:
                self.fields[name].disabled = True
                self.fields[name].widget.attrs["readonly"] = True


PurchaseOrderLineFormSet = forms.formset_factory(
    PurchaseOrderLineForm, formset=Rows, extra=3, can_delete=True, max_num=1000
)
ChangedLineFormSet = forms.formset_factory(ChangedLineForm, formset=Rows, extra=1, can_delete=True, max_num=1000)


def line_arguments(row: dict[str, Any]) -> dict[str, Any]:
    """Return a cleaned row as the services want it; what is empty follows from supplier and item."""
    arguments = {
        "line_id": row.get("line_id"),
        "item_id": _key(row.get("item")),
        "description": row.get("description") or "",
        "quantity": row["quantity"],
        "uom_id": row.get("uom"),
        "price": row.get("price"),
        "discount_percent": row.get("discount_percent") or Decimal(0),
        "due_date": row.get("due_date"),
    }
    return arguments | ({"tax_id": row["tax"]} if row.get("tax") else {})


class ChangeForm(forms.Form):
    reason = forms.CharField(label=_("Reason of the change"), max_length=500)


class ConfirmedDatesForm(forms.Form):
    supplier_reference = forms.CharField(label=_("Supplier's order number"), max_length=60, required=False)


class ConfirmedDateForm(forms.Form):
    line_id = forms.IntegerField(widget=forms.HiddenInput)
    confirmed_date = forms.DateField(label=_("Confirmed for"), required=False, widget=date_input())


ConfirmedDateFormSet = forms.formset_factory(ConfirmedDateForm, formset=Rows, extra=0, max_num=1000)
