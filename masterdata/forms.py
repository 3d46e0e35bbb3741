"""Forms of master data, made from the records' declarations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db import models
from django.urls import reverse_lazy
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from core.formats import plain
from core.formsets import Rows
from core.models import User
from core.permissions import may_change_field, may_view_field
from core.widgets import Picker, show_choice
from masterdata.models import Item, Partner
from masterdata.services.records import RECORDS, Grid, Record

LOOKUPS = {Item: reverse_lazy("masterdata:item-lookup"), Partner: reverse_lazy("masterdata:partner-lookup")}
EMPTY_ROWS = 1
MAX_ROWS = 5_000
BIGGEST_KEY = 19
"""Digits of the longest key there is."""


class DayInput(forms.DateInput):
    """A native date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class WeekdaysInput(forms.CheckboxSelectMultiple):
    """The worked days of a week to tick; stored as seven digits from Monday."""

    def __init__(self) -> None:
        super().__init__(choices=[(str(day), name) for day, name in WEEKDAYS.items()])

    def format_value(self, value: Any) -> list[str]:
        return [str(day) for day, digit in enumerate(value or "") if digit == "1"]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        ticked = super().value_from_datadict(data, files, name) or ()
        return "".join("1" if str(day) in ticked else "0" for day in WEEKDAYS)


class PickedField(forms.ModelChoiceField):
    """A record of a long table found while typing; ``picked`` are those chosen on the page, read once for all rows."""

    picked: Mapping[str, models.Model] | None = None

    def to_python(self, value: Any) -> Any:
        found = (self.picked or {}).get(str(value))
        return super().to_python(value) if found is None else found


def _form_field(column: models.Field, **kwargs: Any) -> forms.Field | None:
    """Draw dates as day pickers, long tables as search fields, decimals without a fixed step.

    A figure with a default may be left empty.
    """
    if isinstance(column, models.DecimalField | models.IntegerField) and column.has_default():
        kwargs["required"] = False
    if isinstance(column, models.DateField):
        return column.formfield(**kwargs | {"widget": DayInput()})
    if isinstance(column, models.ForeignKey) and column.related_model in LOOKUPS:
        return column.formfield(**kwargs | {"widget": Picker(LOOKUPS[column.related_model]), "form_class": PickedField})
    if isinstance(column, models.DecimalField):
        return column.formfield(**kwargs | {"widget": forms.NumberInput(attrs={"step": "any"})})
    return column.formfield(**kwargs | _text_extras(column))


def _text_extras(column: models.Field) -> dict[str, Any]:
    """Return how a column of text is typed where a plain input would not do."""
    if column.name == "weekdays":
        return {"widget": WeekdaysInput(), "help_text": ""}
    if isinstance(column, models.URLField):
        return {"assume_scheme": "https"}
    if isinstance(column, models.TextField):
        return {"widget": forms.Textarea(attrs={"rows": 3})}
    return {}


class RecordForm(forms.ModelForm):
    """The columns of one record. Cells are checked here; rules of the record by its service, which is asked next."""

    record: Record

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self._apply_rights()
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                self._offer_open(name, field)
            elif isinstance(field, forms.DecimalField) and self.initial.get(name) is not None:
                self.initial[name] = plain(self.initial[name])
        if self.record.numbered and "code" in self.fields:
            self.fields["code"].required = False
            self.fields["code"].help_text = _("Leave empty for the next code of the coding rule.")

    def values(self) -> dict[str, Any]:
        """Return what the user may change and did type."""
        names = [name for name, field in self.fields.items() if not field.disabled]
        return {name: _or_default(self.record.model, name, self.cleaned_data[name]) for name in names}

    def _post_clean(self) -> None:
        """Leave the stored record alone: its service validates it as a whole."""

    def _apply_rights(self) -> None:
        label = self.record.model._meta.label_lower
        for name in list(self.fields):
            if not may_view_field(self.user, f"{label}.{name}"):
                del self.fields[name]
            elif not may_change_field(self.user, f"{label}.{name}"):
                self.fields[name].disabled = True

    def _offer_open(self, name: str, field: forms.ModelChoiceField) -> None:
        """Offer open records in the user's scope, and the present choice."""
        assert field.queryset is not None
        model = field.queryset.model
        rows: Any = model._default_manager.all()
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(self.user)
        rows = rows.filter(kind=User.Kind.STAFF) if model is User else rows
        present = getattr(self.instance, f"{name}_id", None)
        if any(column.name == "is_active" for column in model._meta.concrete_fields):
            rows = rows.filter(models.Q(is_active=True) | models.Q(pk=present))
        field.queryset = rows
        if present and isinstance(field.widget, Picker):
            show_choice(self, name, getattr(self.instance, name))


class KnownField(forms.TypedChoiceField):
    """A foreign key in a grid: its rows are read once for all lines of the page."""

    def __init__(self, rows: Iterable[models.Model], **kwargs: Any) -> None:
        self.rows = {str(row.pk): row for row in rows}
        choices = [("", ""), *((pk, str(row)) for pk, row in self.rows.items())]
        super().__init__(choices=choices, coerce=self.rows.get, empty_value=None, **kwargs)


class GridForm(forms.ModelForm):
    """One row of a grid; ``known`` are the rows of short tables by model, long ones are cut to the user's scope."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        known: Mapping[type[models.Model], Sequence[models.Model]],
        picked: Mapping[str, Mapping[str, models.Model]],
        user: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, field in list(self.fields.items()):
            if isinstance(field, forms.ModelChoiceField):
                rows: Any = field.queryset
                if not isinstance(field.widget, Picker):
                    self.fields[name] = KnownField(known[rows.model], label=field.label, required=field.required)
                else:
                    field.queryset = visible_rows(rows, user)
                    field.picked = picked.get(name)  # type: ignore[attr-defined]
            elif isinstance(field, forms.DecimalField) and (self.initial or {}).get(name) is not None:
                self.initial[name] = plain(self.initial[name])

    def values(self) -> dict[str, Any]:
        """Return the row as the service wants it."""
        names = [name for name in self.fields if name not in {"id", "DELETE"}]
        row = {name: _or_default(self._meta.model, name, self.cleaned_data[name]) for name in names}
        return row | ({"id": self.cleaned_data["id"]} if self.cleaned_data.get("id") else {})

    def _post_clean(self) -> None:
        """The service validates rows together with their record."""


class GridFormSet(Rows):
    """The rows of one grid, bound to what is stored and what was typed."""

    grid: Grid
    title: Any = ""
    page: Any = None

    def __init__(self, *args: Any, user: Any, stored: Sequence[models.Model] = (), **kwargs: Any) -> None:
        self.stored = stored
        names = ["id", *self.grid.fields]
        initial = [{name: _initial(row, name) for name in names} for row in stored]
        super().__init__(*args, initial=initial, prefix=self.grid.name, **kwargs)
        self.form_kwargs = {"known": self._known(), "picked": self._picked(user), "user": user}
        if not self.is_bound:
            for form, row in zip(self.initial_forms, stored, strict=True):
                for name in self.grid.fields:
                    if isinstance(form.fields[name].widget, Picker):
                        show_choice(form, name, getattr(row, name))

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows that are to stand, in their order."""
        return [
            form.values()
            for form in self.forms
            if not form.cleaned_data.get("DELETE") and (form.has_changed() or form.cleaned_data.get("id"))
        ]

    def shown(self) -> list[int]:
        """Return the keys of the stored rows that the form shows, those to be removed among them."""
        return [form.cleaned_data["id"] for form in self.forms if form.cleaned_data.get("id")]

    def _picked(self, user: Any) -> dict[str, dict[str, models.Model]]:
        """What was picked from long tables in any row, by column and key."""
        if not self.is_bound:
            return {}
        found = {}
        for name in self.grid.fields:
            model = getattr(self.grid.model._meta.get_field(name), "related_model", None)
            if model in LOOKUPS:
                typed = {
                    self.data.get(f"{self.prefix}-{number}-{name}", "") for number in range(self.total_form_count())
                }
                rows = visible_rows(model._default_manager.all(), user)
                keys = [int(key) for key in typed if key.isdecimal() and len(key) < BIGGEST_KEY]
                found[name] = {str(pk): row for pk, row in rows.in_bulk(keys).items()}
        return found

    def _known(self) -> dict[type[models.Model], list[models.Model]]:
        known = {}
        for name in self.grid.fields:
            column = self.grid.model._meta.get_field(name)
            if isinstance(column, models.ForeignKey) and column.related_model not in LOOKUPS:
                known[column.related_model] = list(column.related_model._default_manager.all())
        return known


def visible_rows(rows: Any, user: Any) -> Any:
    """Return the rows of a long table in the user's scope."""
    return rows.visible_to(user) if hasattr(rows, "visible_to") else rows


def _or_default(model: type[models.Model], name: str, value: Any) -> Any:
    """Return the column's default for a figure that was left empty."""
    column: Any = model._meta.get_field(name)
    return column.get_default() if value is None and not column.null and column.has_default() else value


def _initial(row: models.Model, name: str) -> Any:
    column: Any = row._meta.get_field(name)
    return getattr(row, column.attname)


def record_form(record: Record) -> type[RecordForm]:
    """Make the form of one kind."""
    made: Any = forms.modelform_factory(
        record.model, form=RecordForm, fields=list(record.fields), formfield_callback=_form_field
    )
    made.record = record
    return made


def grid_formset(grid: Grid) -> type[GridFormSet]:
    """Make the formset of one grid."""
    row = forms.modelform_factory(grid.model, form=GridForm, fields=list(grid.fields), formfield_callback=_form_field)
    made: Any = forms.formset_factory(row, formset=GridFormSet, extra=EMPTY_ROWS, can_delete=True, max_num=MAX_ROWS)
    made.grid = grid
    return made


FORMS = {key: record_form(record) for key, record in RECORDS.items()}
GRIDS = {key: [grid_formset(grid) for grid in record.grids] for key, record in RECORDS.items()}
