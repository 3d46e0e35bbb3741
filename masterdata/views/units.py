"""The stock-unit quantity beside what is typed in another unit, while one types."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views.base import Page
from masterdata.selectors.units import Typed, stock_quantity_notes

CELL = re.compile(r"^(?P<row>[\w-]+-\d+)-(?P<name>\w+)$")
Row = Mapping[str, str]


def stock_units(url: str = "") -> dict[str, Any]:
    """Return the context that gives a form's grid its column of stock-unit quantities (``url``: who answers)."""
    return {
        "computed": [("stock", _("In stock unit"))],
        "recalc_url": url or reverse("masterdata:stock-quantities"),
        "at_once": True,
    }


class StockQuantities(Page):
    """POST of a grid as typed so far: each row's quantity in the stock unit of its item, swapped in by its id.

    The answer fills the computed column ``stock`` of `<c-lines-grid>`.
    """

    permission_required = "masterdata.view_item"
    http_method_names = ("post",)

    def post(self, request: HttpRequest, **_keys: int) -> HttpResponse:
        rows: dict[str, dict[str, str]] = {}
        for key, value in request.POST.items():
            cell = CELL.match(key)
            if cell is not None:
                rows.setdefault(cell["row"], {})[cell["name"]] = str(value).strip()
        subjects = self.subjects(rows)
        typed = {
            prefix: Typed(subjects[prefix][0], number(row.get("uom")) or subjects[prefix][1], quantity)
            for prefix, row in rows.items()
            if prefix in subjects and (quantity := _quantity(row.get("quantity", ""))) is not None
        }
        notes = stock_quantity_notes(typed)
        shown = [(prefix, notes.get(prefix)) for prefix, row in rows.items() if "quantity" in row]
        return render(request, "masterdata/unit/_stock_quantities.html", {"rows": shown})

    def subjects(self, rows: Mapping[str, Row]) -> dict[str, tuple[int, int | None]]:
        """Return the item of each row, and the unit it is in when none is typed (None: the stock unit)."""
        return {prefix: (key, None) for prefix, row in rows.items() if (key := number(row.get("item")))}


def of_lines(rows: Mapping[str, Row], name: str, lines: Any) -> dict[str, tuple[int, int | None]]:
    """Return the items of rows that name one of ``lines`` (a queryset; None: no document) in the field ``name``."""
    items = dict(lines.values_list("pk", "item_id")) if lines is not None else {}
    found = {prefix: items.get(number(row.get(name)) or 0) for prefix, row in rows.items()}
    return {prefix: (item_id, None) for prefix, item_id in found.items() if item_id}


def number(text: str | None) -> int | None:
    """Return a key that was typed or chosen."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _quantity(text: str) -> Decimal | None:
    try:
        quantity = Decimal(text)
    except InvalidOperation:
        return None
    return quantity if quantity.is_finite() and Decimal(0) < quantity < Decimal(10) ** 12 else None
