"""Forms of goods receipts: the typed one, and the one count of the scanner page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formsets import Rows
from masterdata.models import Warehouse
from scm.forms.fields import ChoiceOfKey, LineForm, NumberField, date_input


class GoodsReceiptForm(forms.Form):
    date = forms.DateField(label=_("Came in on"), widget=date_input())
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, help_text=_("Needed when the day has passed.")
    )
    warehouse = forms.ModelChoiceField(Warehouse.objects.filter(is_active=True), label=_("Warehouse"))
    delivery_note = forms.CharField(label=_("Supplier's delivery note"), max_length=60, required=False)
    from_consignment = forms.BooleanField(
        label=_("Out of consignment"),
        required=False,
        help_text=_("The goods lie here already as the supplier's: name the places they lie in."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def arguments(self) -> dict[str, Any]:
        """Return the header arguments of create_ and update_goods_receipt."""
        cleaned = self.cleaned_data
        return {
            "date": cleaned["date"],
            "reason": cleaned["reason"],
            "warehouse_id": cleaned["warehouse"].pk,
            "delivery_note": cleaned["delivery_note"],
            "note": cleaned["note"],
            "from_consignment": cleaned["from_consignment"],
        }


class GoodsReceiptLineForm(LineForm):
    order_line = ChoiceOfKey(label=_("Order line"), required=True, widget=forms.Select(attrs={"data-width": "16rem"}))
    quantity = NumberField(label=_("Quantity"), required=False, min_value=0)
    uom = ChoiceOfKey(label=_("Unit"))
    second_quantity = NumberField(label=_("Second quantity"), required=False, min_value=0)
    lot_code = forms.CharField(
        label=_("Lot or serial number"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"data-width": "9rem"}),
    )
    expiry_date = forms.DateField(label=_("Expires on"), required=False, widget=date_input())
    location = ChoiceOfKey(label=_("Location"))

    def __init__(self, *args: Any, has_second: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_second:
            del self.fields["second_quantity"]


GoodsReceiptLineFormSet = forms.formset_factory(
    GoodsReceiptLineForm, formset=Rows, extra=1, can_delete=True, max_num=1000
)


def line_arguments(row: dict[str, Any]) -> dict[str, Any]:
    """Return a cleaned row as the services want it."""
    return {
        "order_line_id": row["order_line"],
        "quantity": row["quantity"],
        "uom_id": row.get("uom"),
        "second_quantity": row.get("second_quantity"),
        "lot_code": row.get("lot_code") or "",
        "expiry_date": row.get("expiry_date"),
        "location_id": row.get("location"),
    }


class CountForm(LineForm):
    """One count at the door."""

    order_line_id = forms.IntegerField(widget=forms.HiddenInput)
    quantity = NumberField(label=_("Quantity"))
    second_quantity = NumberField(label=_("Second quantity"), required=False, min_value=0)
    lot_code = forms.CharField(label=_("Lot or serial number"), max_length=60, required=False)
    expiry_date = forms.DateField(label=_("Expires on"), required=False, widget=date_input())
    location_id = ChoiceOfKey(label=_("Location"))

    def __init__(self, *args: Any, tracked: bool = True, second_uom: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if second_uom is None:
            del self.fields["second_quantity"]
        else:
            self.fields["second_quantity"].label = _("Weighed (%(uom)s)") % {"uom": second_uom}
            self.fields["second_quantity"].widget.attrs |= {"inputmode": "decimal"}
        self.fields["quantity"].widget.attrs |= {"inputmode": "decimal", "autofocus": True}
        if tracked:
            self.fields["lot_code"].required = True
        elif not self.is_bound:
            del self.fields["lot_code"], self.fields["expiry_date"]
