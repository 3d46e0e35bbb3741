"""Forms of stock settings, limits and holds."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.forms import DayInput
from core.formsets import Rows
from erp.forms.fields import DecimalInput, KnownField, PickedItem, quantity_field
from erp.models import StockLimit, StockSettings
from erp.selectors.places import open_warehouses
from erp.selectors.slow_stock import provision_bands


class StockSettingsForm(forms.ModelForm):
    """The rules stock is watched by."""

    class Meta:
        model = StockSettings
        fields = (
            "abc_months",
            "a_percent",
            "b_percent",
            "count_days_a",
            "count_days_b",
            "count_days_c",
            "tolerance_percent",
            "slow_days",
            "hold_days",
            "queues_whole_lines",
            "usual_issue",
        )


class BandForm(forms.Form):
    """One provision band."""

    from_days = forms.IntegerField(label=_("From … days without consumption"), min_value=0, required=False)
    percent = forms.DecimalField(
        label=_("Provision in %"), min_value=0, max_value=100, decimal_places=4, required=False, widget=DecimalInput()
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("from_days") is None) != (data.get("percent") is None):
            self.add_error("percent", _("Days and percent belong together."))
        return data


class BaseBands(Rows):
    """The provision bands."""

    def typed(self) -> list[dict[str, Any]]:
        """Return the bands that are to stand."""
        rows = [form.cleaned_data for form in self.forms if not form.cleaned_data.get("DELETE")]
        return [
            {"from_days": row["from_days"], "percent": row["percent"]}
            for row in rows
            if row.get("from_days") is not None
        ]


Bands = forms.formset_factory(BandForm, formset=BaseBands, extra=2, can_delete=True, max_num=12)


def bands_initial() -> list[dict[str, Any]]:
    """Return the bands as the grid shows them."""
    return [{"from_days": days, "percent": percent} for days, percent in provision_bands()]


class StockLimitForm(forms.Form):
    """How little and how much of an item should lie in a warehouse."""

    item = PickedItem(required=True)
    warehouse = KnownField(label=_("Warehouse"), required=True)
    minimum = quantity_field(_("Minimum"), at_least=ZERO, help_text=_("In the stock unit; below it the item runs low."))
    maximum = quantity_field(_("Maximum"), required=False, at_least=ZERO, help_text=_("Empty: no upper limit."))
    reorder_quantity = quantity_field(
        _("Reorder quantity"), required=False, help_text=_("Empty: up to the maximum, else to the minimum.")
    )

    def __init__(self, *args: Any, limit: StockLimit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].offer(open_warehouses())
        if limit is not None:
            del self.fields["item"], self.fields["warehouse"]
            names = ("minimum", "maximum", "reorder_quantity")
            self.initial = {name: getattr(limit, name) for name in names} | dict(self.initial)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("maximum") is not None and data.get("minimum") is not None and data["maximum"] < data["minimum"]:
            self.add_error("maximum", _("The maximum is below the minimum."))
        return data


class HoldForm(forms.Form):
    """Until when stock is held."""

    until = forms.DateField(label=_("Hold until"), required=False, widget=DayInput())

    def day(self) -> dt.date | None:
        """Return the day; None: as the settings say."""
        return self.cleaned_data.get("until") if self.is_valid() else None
