"""Forms of forecasts and of the demand settings."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput
from core.typed import day_typed, is_key
from erp.forms.fields import DecimalInput, KnownField
from erp.models import DemandSettings, Forecast
from erp.services.forecasts.settings import RULES
from erp.states.demand import ForecastBasis, ForecastBucketSize
from masterdata.models import ItemCategory

STORED = ("title", "bucket_size", "basis", "horizon", "lookback", "trims_outliers", "with_opportunities", "note")


class ForecastForm(forms.Form):
    """What a forecast is about."""

    title = forms.CharField(label=_("Title"), max_length=120)
    bucket_size = forms.ChoiceField(label=_("Bucket"), choices=ForecastBucketSize.choices)
    basis = forms.ChoiceField(label=_("History"), choices=ForecastBasis.choices)
    category = KnownField(label=_("Item category"), help_text=_("Empty: all items with history."))
    horizon = forms.IntegerField(label=_("Buckets ahead"), min_value=1, max_value=60, initial=12)
    lookback = forms.IntegerField(label=_("Buckets of history"), min_value=3, max_value=156, initial=24)
    trims_outliers = forms.BooleanField(
        label=_("Trim outliers"), required=False, help_text=_("An outlier counts as the edge of what is usual.")
    )
    with_opportunities = forms.BooleanField(
        label=_("Release opportunities too"),
        required=False,
        help_text=_("Their quantities by probability are added to the demand that is planned."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, document: Forecast | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].offer(ItemCategory.objects.filter(is_active=True).order_by("code"))
        if document is not None:
            del self.fields["bucket_size"]
            stored = {name: getattr(document, name) for name in STORED} | {"category": document.category_id}
            self.initial = stored | dict(self.initial)

    def header(self) -> dict[str, Any]:
        """Return the header as the services take it."""
        data = dict(self.cleaned_data)
        return {"category_id": data.pop("category")} | data


class DemandSettingsForm(forms.ModelForm):
    """The rules of forecasts, master schedule and stocking advice."""

    class Meta:
        model = DemandSettings
        fields = RULES
        widgets = {
            name: DecimalInput()
            for name in ("service_a", "service_b", "service_c", "holding_percent", "order_cost", "setup_cost")
        }


def typed_cells(posted: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Read ``cell-<item>-<day>`` fields: rows of item_id, date, quantity (None for an emptied cell).

    Raises:
        InvalidInput: a cell does not hold a number.
    """
    cells = []
    for name, text in posted:
        if not name.startswith("cell-"):
            continue
        item, _dash, day = name.removeprefix("cell-").partition("-")
        date = day_typed(day)
        cleaned = text.strip().replace(",", "").replace(" ", "")
        try:
            quantity = Decimal(cleaned) if cleaned else None
        except InvalidOperation as error:
            raise InvalidInput(message=gettext("“%(text)s” is not a number.") % {"text": text}, field=name) from error
        if not is_key(item) or date is None or (quantity is not None and not quantity.is_finite()):
            raise InvalidInput(message=gettext("“%(text)s” is not a number.") % {"text": text}, field=name)
        cells.append({"item_id": int(item), "date": date, "quantity": quantity})
    return cells
