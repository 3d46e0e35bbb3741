"""Form widgets of our own: the picker, which finds a record while one types its code, name, pinyin or barcode."""

from typing import Any

from django import forms
from django.forms.models import ModelChoiceField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

TYPED = "?"  # marks text typed without a choice, so that the code "6204" is never read as the primary key 6204


class Picker(forms.Widget):
    """Text input with suggestions for a ``ModelChoiceField`` over a table too long for a select.

    ``search_url`` answers ``GET ?q=`` with JSON ``{"results": [{"id", "text", "hint"?, "fill"?}]}``.
    The chosen id travels in the field's own name; what was typed travels in ``<name>-text``, so that a code
    typed without choosing is kept, and refused as unknown by the field, instead of vanishing. ``asks`` names fields of
    the same form (blank-separated) whose values are sent along: the partner, whose own codes count first.
    """

    template_name = "core/widgets/picker.html"

    def __init__(
        self,
        search_url: Any,
        label: str = "",
        create_url: Any = "",
        attrs: dict[str, Any] | None = None,
        *,
        asks: str = "",
    ) -> None:
        super().__init__(attrs)
        self.asks = asks
        self.search_url = search_url
        self.create_url = create_url
        self.label = label

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        unknown = str(value or "").startswith(TYPED)
        context["widget"] |= {
            "search_url": str(self.search_url),
            "create_url": str(self.create_url),
            "asks": self.asks,
            "label": self.label or (str(value).removeprefix(TYPED) if unknown else ""),
            "value": "" if unknown else value,
        }
        return context

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = (data.get(f"{name}-text") or "").strip()
        self.label = typed or self.label
        return data.get(name) or (TYPED + typed if typed else None)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}-text" not in data

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return id_


def show_choice(form: forms.BaseForm, name: str, chosen: Any) -> None:
    """Write the text of the present choice into the picker of field ``name`` (no query: the caller has the row)."""
    field = form.fields[name]
    if isinstance(field, ModelChoiceField) and isinstance(field.widget, Picker) and chosen is not None:
        field.widget.label = str(chosen)
