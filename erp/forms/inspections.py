"""Forms of inspection plans, inspections and the defect catalogue."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formats import plain
from core.formsets import Rows
from erp.engines.sampling import AQLS
from erp.forms.fields import DecimalInput, KnownField, PickedItem, day_field, item_labels, quantity_field, text_field
from erp.models import (
    DefectCode,
    Inspection,
    InspectionGoods,
    InspectionLine,
    InspectionPlan,
    PlanCharacteristic,
    WorkCenter,
)
from erp.selectors.inspections import open_orders, still_there
from erp.selectors.places import storage_places
from erp.states import (
    CharacteristicKind,
    DefectSeverity,
    Disposition,
    InspectionKind,
    InspectionLevel,
    SamplingMethod,
    Verdict,
)
from masterdata.models import ItemCategory

EMPTY_ROWS = 3
MAX_ROWS = 200
CELLS = 60
"""Samples up to this size get a field per piece, larger ones one field into which the values are pasted."""

KINDS = InspectionKind.choices
VALUE = {"max_digits": 18, "decimal_places": 6, "required": False}


class DefectCodeForm(forms.Form):
    """One kind of defect."""

    code = forms.CharField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=200)
    name_zh = text_field(_("Chinese name"), 200)
    severity = forms.ChoiceField(label=_("Severity"), choices=DefectSeverity.choices, initial=DefectSeverity.MAJOR)
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, *args: Any, document: DefectCode | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if document is not None and not self.is_bound:
            self.initial = {name: getattr(document, name) for name in self.fields}


class PlanForm(forms.Form):
    """What is inspected when, and on how many pieces."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    item = PickedItem(required=False, help_text=_("Or a category."))
    category = KnownField(label=_("Item category"), help_text=_("All its items that have no plan of their own."))
    operation_no = forms.IntegerField(
        label=_("Operation"), required=False, min_value=1, max_value=9999, help_text=_("In process only; empty: any.")
    )
    valid_from = day_field(_("Valid from"), help_text=_("Empty: today."))
    valid_to = day_field(_("Valid until"), help_text=_("This day no longer counts."))
    sampling = forms.ChoiceField(label=_("Sampling"), choices=SamplingMethod.choices)
    sample_number = forms.IntegerField(label=_("Fixed number"), required=False, min_value=1)
    sample_percent = forms.DecimalField(
        label=_("Percent"), required=False, min_value=0, max_value=100, decimal_places=4, widget=DecimalInput()
    )
    aql = forms.ChoiceField(label=_("AQL"), required=False, choices=[("", "—"), *((one, one) for one in AQLS)])
    level = forms.ChoiceField(label=_("Inspection level"), choices=InspectionLevel.choices, initial="II")
    needs_certificate = forms.BooleanField(
        label=_("Certificate required"), required=False, help_text=_("Results are finished when a file is attached.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, document: InspectionPlan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].offer(ItemCategory.objects.filter(is_active=True).order_by("code"))
        if self.is_bound:
            return
        if document is not None:
            stored = {name: getattr(document, name) for name in self.fields if name not in {"item", "category"}}
            self.initial = stored | {"item": document.item_id, "category": document.category_id}
        key = self.initial.get("item")
        self.fields["item"].widget.label = item_labels([key]).get(int(key), "") if key else ""

    def header(self) -> dict[str, Any]:
        """Return the header as the services take it."""
        keys = {"item", "category"}
        return {f"{name}_id" if name in keys else name: value for name, value in self.cleaned_data.items()}


class CharacteristicForm(forms.Form):
    """One characteristic."""

    name = text_field(_("Characteristic"), 120, width="12rem")
    kind = forms.ChoiceField(label=_("Kind"), choices=CharacteristicKind.choices, initial=CharacteristicKind.MEASURED)
    unit = text_field(_("Unit"), 20, width="4rem")
    target = forms.DecimalField(label=_("Target"), widget=DecimalInput(attrs={"data-width": "5rem"}), **VALUE)
    lower = forms.DecimalField(label=_("Lower limit"), widget=DecimalInput(attrs={"data-width": "5rem"}), **VALUE)
    upper = forms.DecimalField(label=_("Upper limit"), widget=DecimalInput(attrs={"data-width": "5rem"}), **VALUE)
    sample_number = forms.IntegerField(label=_("Pieces"), required=False, min_value=1)
    is_critical = forms.BooleanField(label=_("Critical"), required=False)
    method = text_field(_("Method"), 120, width="9rem")
    instrument = text_field(_("Instrument"), 80, width="8rem")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        limits = any(data.get(name) is not None for name in ("target", "lower", "upper"))
        if limits and not data.get("name"):
            self.add_error("name", _("Name what is inspected."))
        lower, upper = data.get("lower"), data.get("upper")
        if data.get("name") and data.get("kind") == CharacteristicKind.MEASURED and lower is None and upper is None:
            self.add_error("upper", _("Enter a lower or an upper limit."))
        return data


class BaseCharacteristics(Rows):
    """The characteristics of one plan."""

    def typed(self) -> list[dict[str, Any]]:
        """Return the lines that are to stand, in their order."""
        live = [form.cleaned_data for form in self.forms if not form.cleaned_data.get("DELETE")]
        return [{name: value for name, value in row.items() if name != "DELETE"} for row in live if row.get("name")]


Characteristics = forms.formset_factory(
    CharacteristicForm,
    formset=BaseCharacteristics,
    extra=EMPTY_ROWS,
    can_delete=True,
    max_num=MAX_ROWS,
    absolute_max=MAX_ROWS,
)


def characteristics_initial(lines: Iterable[PlanCharacteristic]) -> list[dict[str, Any]]:
    """Return the stored characteristics as the grid shows them."""
    return [{name: getattr(line, name) for name in CharacteristicForm.base_fields} for line in lines]


class InspectionForm(forms.Form):
    """An inspection opened by hand."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, initial=InspectionKind.IN_PROCESS)
    item = PickedItem()
    quantity = quantity_field(_("Quantity"))
    lot_code = text_field(_("Lot or serial number"), 60)
    location = KnownField(label=_("Place"), help_text=_("Empty: still being made; nothing is moved by the decision."))
    work_order = KnownField(label=_("Work order"))
    operation_no = forms.IntegerField(label=_("Operation"), required=False, min_value=1, max_value=9999)
    work_center = KnownField(label=_("Work centre"))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].offer(storage_places())
        self.fields["work_order"].offer(open_orders())
        self.fields["work_center"].offer(WorkCenter.objects.filter(is_active=True).order_by("code"))
        if not self.is_bound:
            key = self.initial.get("item")
            self.fields["item"].widget.label = item_labels([key]).get(int(key), "") if key else ""

    def header(self) -> dict[str, Any]:
        """Return the values as the service takes them."""
        keys = {"item", "location", "work_order", "work_center"}
        return {f"{name}_id" if name in keys else name: value for name, value in self.cleaned_data.items()}


class ValuesInput(forms.Widget):
    """One small field per piece (static/js/measuring.js), or one for all when there are many."""

    template_name = "erp/inspection/_values.html"

    def __init__(self, line: InspectionLine) -> None:
        super().__init__()
        self.line = line

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        texts = list(value or [])
        cells = [
            {"number": number, "text": texts[number - 1] if number <= len(texts) else ""}
            for number in range(1, min(self.line.sample_size, CELLS) + 1)
        ]
        context: dict[str, Any] = super().get_context(name, None, attrs)
        many = self.line.sample_size > CELLS
        return context | {"line": self.line, "cells": cells, "many": many, "text": " ".join(filter(None, texts))}

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return mark_safe(render_to_string(self.template_name, self.get_context(name, value, attrs)))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        texts = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        if self.line.sample_size > CELLS:
            return " ".join(texts).replace(";", " ").split()
        return [text.strip() for text in texts]


class ValuesField(forms.Field):
    """Measured values in the order of the pieces; cleans to Decimals, None where none is entered."""

    def __init__(self, line: InspectionLine) -> None:
        super().__init__(label=line.name, required=False, widget=ValuesInput(line))
        self.line = line

    def clean(self, value: Any) -> list[Decimal | None]:
        texts = list(value or [])
        if len(texts) > self.line.sample_size:
            raise forms.ValidationError(gettext("At most %(count)s values.") % {"count": self.line.sample_size})
        return [self._number(text) for text in texts]

    def _number(self, text: str) -> Decimal | None:
        if not text:
            return None
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation:
            raise forms.ValidationError(gettext("“%(text)s” is no number.") % {"text": text}) from None
        if not number.is_finite() or abs(number) >= 10**12 or round(number, 6) != number:
            raise forms.ValidationError(gettext("“%(text)s” is no number.") % {"text": text})
        return number


class ResultsForm(forms.Form):
    """What was found: the values or the wrong pieces of each characteristic."""

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(inspection.lines.prefetch_related("values").order_by("line_no"))
        for line in self.lines:
            name = f"line-{line.pk}"
            if line.kind == CharacteristicKind.MEASURED:
                self.fields[name] = ValuesField(line)
                self.initial[name] = _stored_values(line)
            else:
                field = forms.IntegerField(
                    label=line.name, required=False, min_value=0, max_value=line.sample_size,
                    widget=forms.NumberInput(attrs={"data-measure-count": True, "inputmode": "numeric"}),
                )  # fmt: skip
                self.fields[name] = field
                self.initial[name] = line.failed

    def rows(self) -> list[tuple[InspectionLine, Any]]:
        """Return each characteristic with its field, for the page."""
        return [(line, self[f"line-{line.pk}"]) for line in self.lines]

    def values(self) -> dict[int, list[Decimal | None]]:
        """Return the measured values as the service takes them."""
        measured = [line for line in self.lines if line.kind == CharacteristicKind.MEASURED]
        return {line.pk: self.cleaned_data[f"line-{line.pk}"] for line in measured}

    def failed(self) -> dict[int, int | None]:
        """Return the wrong pieces as the service takes them."""
        attributes = [line for line in self.lines if line.kind == CharacteristicKind.ATTRIBUTE]
        return {line.pk: self.cleaned_data[f"line-{line.pk}"] for line in attributes}


def _stored_values(line: InspectionLine) -> list[str]:
    known = {one.sample_no: str(plain(one.value)) for one in line.values.all()}
    return [known.get(number, "") for number in range(1, max(known, default=0) + 1)]


class DefectForm(forms.Form):
    """A kind of defect found."""

    code = KnownField(label=_("Defect"))
    quantity = forms.IntegerField(label=_("Pieces"), required=False, min_value=1)
    note = text_field(_("Note"), 200, width="16rem")


class BaseDefects(Rows):
    """The defects found; the catalogue is read once for all rows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._codes = [(str(one.pk), str(one)) for one in DefectCode.objects.filter(is_active=True)]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["code"].offer(self._codes)

    def typed(self) -> list[dict[str, Any]]:
        """Return the defects as the service takes them."""
        live = [form.cleaned_data for form in self.forms if not form.cleaned_data.get("DELETE")]
        return [
            {"code_id": row["code"], "quantity": row.get("quantity") or 1, "note": row.get("note") or ""}
            for row in live
            if row.get("code")
        ]


Defects = forms.formset_factory(
    DefectForm, formset=BaseDefects, extra=1, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS
)


class DecisionForm(forms.Form):
    """What becomes of the goods: a quantity per way, for each goods row."""

    def __init__(self, *args: Any, inspection: Inspection, ways: Sequence[Disposition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inspection, self.ways = inspection, ways
        self.goods = list(inspection.goods.select_related("lot", "location__warehouse"))
        self.there = still_there(inspection, self.goods)
        proposed = _proposed(inspection, self.goods, self.there)
        for part in self.goods:
            for way in ways:
                field = quantity_field(f"{way.label} {part.lot or ''}", required=False, at_least=ZERO)
                field.initial = proposed.get(part.pk) if way == Disposition.ACCEPT else None
                self.fields[f"{part.pk}-{way}"] = field
            self.fields[f"{part.pk}-note"] = text_field(_("Note"), 200)
        warehouse = next((part.location.warehouse_id for part in self.goods if part.location), None)
        self.fields["location"] = KnownField(
            label=_("Place of what is accepted"), help_text=_("Empty: the usual place.")
        )
        self.fields["location"].offer(storage_places(warehouse).filter(status="usable") if warehouse else ())

    def rows(self) -> list[tuple[InspectionGoods, Decimal, list[Any], Any]]:
        """Return each goods row, how much of it is still there, and its fields, for the page."""
        return [
            (part, self.there[part.pk], [self[f"{part.pk}-{way}"] for way in self.ways], self[f"{part.pk}-note"])
            for part in self.goods
        ]

    def dispositions(self) -> list[dict[str, Any]]:
        """Return the decision as the services take it."""
        data = self.cleaned_data
        return [
            {
                "goods_id": part.pk,
                "disposition": str(way),
                "quantity": data[f"{part.pk}-{way}"],
                "location_id": data["location"],
                "note": data[f"{part.pk}-note"],
            }
            for part in self.goods
            for way in self.ways
            if data.get(f"{part.pk}-{way}")
        ]


def _proposed(
    inspection: Inspection, goods: Sequence[InspectionGoods], there: Mapping[int, Decimal]
) -> dict[int, Decimal]:
    """Accept all that is there when the sample conforms; of goods looked at piece by piece, the good ones."""
    if inspection.verdict == Verdict.PASSED:
        return dict(there)
    if inspection.sample_size >= inspection.quantity and len(goods) == 1:
        good = max(ZERO, inspection.quantity - (inspection.defective or 0))
        return {goods[0].pk: min(good, there[goods[0].pk])}
    return {}
