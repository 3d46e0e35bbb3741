"""Forms of order costing: its settings, and receipts of co- and by-products."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.forms.fields import KnownField, day_field, quantity_field, text_field
from erp.forms.units import STOCK_UNIT, unit_field, units_in
from erp.forms.work_orders import BACKDATING_HINT, TODAY_HINT
from erp.models import CostingSettings, WorkOrder
from erp.selectors.places import storage_places


class CostingSettingsForm(forms.ModelForm):
    class Meta:
        model = CostingSettings
        fields = ("overrun_percent", "overrun_action")


class OutputForm(forms.Form):
    """A co- or by-product that goes into stock."""

    output = KnownField(label=_("Co- or by-product"), required=True)
    quantity = quantity_field(_("Quantity"))
    uom = unit_field()
    lot_code = text_field(_("Lot or serial number"), 60)
    location = KnownField(label=_("Place"))
    posting_date = day_field(_("Date"), help_text=TODAY_HINT)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200, help_text=BACKDATING_HINT)

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outputs = list(order.outputs.select_related("item"))
        self.fields["output"].offer([(str(one.pk), str(one)) for one in outputs])
        self.fields["uom"].offer(units_in({one.item_id for one in outputs}), STOCK_UNIT)
        self.fields["location"].offer(storage_places(order.warehouse_id), _("usual place"))

    def values(self) -> dict[str, Any]:
        """Return the receipt as the service takes it."""
        data = dict(self.cleaned_data)
        return data | {
            "output_id": data.pop("output"),
            "location_id": data.pop("location"),
            "uom_id": data.pop("uom"),
        }
