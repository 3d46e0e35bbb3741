"""Forms of stocktakes."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formats import plain
from core.forms import DayInput
from core.models.users import User
from erp.forms.fields import DecimalInput, KnownField, quantity_field, text_field
from erp.forms.units import unit_field, units_by_item
from erp.models import Stocktake, StocktakeLine
from erp.selectors.places import open_warehouses, storage_places
from erp.selectors.stock_rules import stock_rules
from erp.selectors.stocktakes import Difference
from erp.states import AbcClass, DifferenceReason, StocktakeKind
from masterdata.models import ItemCategory, Zone

KEYS = ("warehouse", "zone", "location", "category")
NEVER = [("", "—")]


class ReverseStocktakeForm(forms.Form):
    """The day the differences of a count go back, and why."""

    date = forms.DateField(
        label=_("Date"), widget=DayInput(), help_text=_("In an open period, not before the differences were posted.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)


class StocktakeForm(forms.Form):
    """What is to be counted, by whom, how strictly."""

    kind = forms.ChoiceField(label=_("Kind"), choices=StocktakeKind.choices)
    warehouse = KnownField(label=_("Warehouse"), required=True)
    zone = KnownField(label=_("Zone"), help_text=_("Empty: the whole warehouse."))
    location = KnownField(label=_("Place"), help_text=_("Empty: the whole warehouse."))
    category = KnownField(label=_("Item category"), help_text=_("Cycle count only; empty: all items."))
    abc_class = forms.ChoiceField(
        label=_("ABC class"),
        required=False,
        choices=[*NEVER, *AbcClass.choices],
        help_text=_("Cycle count only; empty: all classes."),
    )
    only_due = forms.BooleanField(label=_("Only what is due by the counting plan"), required=False)
    counters = forms.MultipleChoiceField(
        label=_("Counters"),
        required=False,
        help_text=_("One count sheet for each; none: anybody may count."),
        widget=forms.SelectMultiple(attrs={"data-enhance": True}),
    )
    is_blind = forms.BooleanField(
        label=_("Blind count"), required=False, help_text=_("Counters do not see the book quantity.")
    )
    freezes = forms.BooleanField(
        label=_("Freeze the bins"),
        required=False,
        help_text=_("Nothing moves in or out while they are counted. Otherwise work goes on beside the count."),
    )
    tolerance_percent = forms.DecimalField(
        label=_("Tolerance in %"), min_value=ZERO, max_value=100, decimal_places=4, widget=DecimalInput()
    )
    tolerance_value = forms.DecimalField(
        label=_("Tolerance in value"),
        required=False,
        min_value=ZERO,
        max_digits=18,
        decimal_places=4,
        widget=DecimalInput(),
        help_text=_("Base currency; empty: value plays no part."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, document: Stocktake | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].offer(open_warehouses())
        self.fields["zone"].offer(Zone.objects.filter(is_active=True).select_related("warehouse"))
        self.fields["location"].offer(storage_places())
        self.fields["category"].offer(ItemCategory.objects.filter(is_active=True).order_by("code"))
        counters = User.objects.filter(is_active=True, kind="staff").order_by("username")
        self.fields["counters"].choices = [(str(one.pk), str(one)) for one in counters]
        if self.is_bound:
            return
        self.initial = (_stored(document) if document else _usual(self.fields["warehouse"])) | dict(self.initial)

    def header(self) -> dict[str, Any]:
        """Return the header as the services take it."""
        data = dict(self.cleaned_data)
        counters = [int(pk) for pk in data.pop("counters")]
        return {f"{name}_id" if name in KEYS else name: value for name, value in data.items()} | {
            "counter_ids": counters
        }


def _usual(warehouse: Any) -> dict[str, Any]:
    first = next((key for key, _label in warehouse.choices if key), None)
    return {
        "warehouse": first,
        "is_blind": True,
        "freezes": True,
        "tolerance_percent": plain(stock_rules().tolerance_percent),
    }


def _stored(document: Stocktake) -> dict[str, Any]:
    names = ("kind", "abc_class", "only_due", "is_blind", "freezes", "tolerance_percent", "tolerance_value", "note")
    return (
        {name: getattr(document, name) for name in names}
        | {name: getattr(document, f"{name}_id") for name in KEYS}
        | {"counters": [str(pk) for pk in document.sheets.values_list("counter_id", flat=True) if pk]}
    )


class CountSheetForm(forms.Form):
    """The counted quantities of some lines: one field per line, ``line-<id>``, and ``uom-<id>`` where it has units."""

    def __init__(self, *args: Any, lines: Iterable[StocktakeLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        self.units = units_by_item({line.item_id for line in self.lines})
        for line in self.lines:
            field = quantity_field(str(line.item), required=False, at_least=ZERO)
            field.initial = line.counted_quantity
            self.fields[f"line-{line.pk}"] = field
            if line.item_id in self.units:
                uom = unit_field()
                uom.offer(self.units[line.item_id], line.item.uom.code)
                self.fields[f"uom-{line.pk}"] = uom

    def rows(self) -> list[tuple[StocktakeLine, Any, Any]]:
        """Return each line with its fields (quantity, unit or None), for the page."""
        return [
            (line, self[f"line-{line.pk}"], self[f"uom-{line.pk}"] if line.item_id in self.units else None)
            for line in self.lines
        ]

    def counts(self) -> dict[int, Decimal | None]:
        """Return what was typed by line; a line left as it was is left out."""
        typed = {line.pk: self.cleaned_data.get(f"line-{line.pk}") for line in self.lines}
        units = self.typed_units()
        return {
            line.pk: typed[line.pk]
            for line in self.lines
            if typed[line.pk] != line.counted_quantity or (line.pk in units and typed[line.pk] is not None)
        }

    def typed_units(self) -> dict[int, int]:
        """Return the units that were chosen, by line."""
        chosen = {line.pk: self.cleaned_data.get(f"uom-{line.pk}") for line in self.lines}
        return {pk: uom_id for pk, uom_id in chosen.items() if uom_id}


class ReasonsForm(forms.Form):
    """Why lines differ: a reason and a note per line."""

    def __init__(self, *args: Any, rows: Iterable[Difference], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences = list(rows)
        for row in self.differences:
            line = row.line
            self.fields[f"reason-{line.pk}"] = forms.ChoiceField(
                label=_("Reason"), choices=[*NEVER, *DifferenceReason.choices], required=False, initial=line.reason_code
            )
            self.fields[f"note-{line.pk}"] = text_field(_("Note"), 200, initial=line.note)

    def rows(self) -> list[tuple[Difference, Any, Any]]:
        """Return each difference with its fields, for the page."""
        return [(row, self[f"reason-{row.line.pk}"], self[f"note-{row.line.pk}"]) for row in self.differences]

    def reasons(self) -> dict[int, dict[str, str]]:
        """Return the reasons as the service takes them."""
        data = self.cleaned_data
        keys = [row.line.pk for row in self.differences]
        return {pk: {"reason_code": data[f"reason-{pk}"], "note": data[f"note-{pk}"]} for pk in keys}
