"""Rows of a grid that say a figure of an item each: how much of it, what it costs."""

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.formsets import Rows
from core.typed import is_key
from erp.forms.fields import PickedItem, item_labels

EMPTY_ROWS = 2
MAX_ROWS = 1000


class ItemRow(forms.Form):
    """A row of an item and its figure; a row begun has both. A subclass says which field that is, and what to do."""

    item = PickedItem(required=False)
    figure: ClassVar[str]
    missing: ClassVar[str | Promise]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.has_changed() and not self.errors:
            for name, sentence in (("item", _("Choose an item.")), (self.figure, self.missing)):
                if data.get(name) is None:
                    self.add_error(name, sentence)
        return data


class ItemRows(Rows):
    """The grid; its items are named as they are typed again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = item_labels(row["item"].value() for row in self.forms)
        for row in self.forms:
            value = row["item"].value()
            if value and is_key(str(value)):
                row.fields["item"].widget.label = labels.get(int(value), "")

    def typed(self) -> list[dict[str, Any]]:
        """Return the key of the item and the figure of each row that is filled in."""
        figure = self.form.figure
        rows = [row.cleaned_data for row in self.forms if row.has_changed() or row.initial]
        return [
            {"item_id": row["item"], figure: row[figure]}
            for row in rows
            if row.get("item") and row.get(figure) is not None and not row.get("DELETE")
        ]


def item_rows(form: type[ItemRow]) -> Any:
    """Return the class of a grid of these rows."""
    return forms.formset_factory(form, formset=ItemRows, extra=EMPTY_ROWS, can_delete=True, max_num=MAX_ROWS)
