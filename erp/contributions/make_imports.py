"""Bills of material from a file."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import ImportTarget
from core.errors import InvalidInput
from core.exchange.columns import Column
from core.fields import ZERO
from erp.services.boms import import_bom
from erp.states import MaterialKind
from masterdata.models import Item

Row = dict[str, Any]
BEGINNING = dt.date(2000, 1, 1)
"""From when a bill of material is valid whose file does not say."""

KINDS = {
    "main": MaterialKind.MAIN,
    "auxiliary": MaterialKind.AUXILIARY,
    "主料": MaterialKind.MAIN,
    "辅料": MaterialKind.AUXILIARY,
}


def _arguments(first: Row, _user: Any) -> dict[str, Any]:
    """Return the rows of one parent as import_bom takes them; end dates of the file include the day.

    Raises:
        InvalidInput: an item of the file does not exist, or a kind of material is unknown; ``field`` names the column.
    """
    rows = first.get("rows") or [first]
    codes = {row["component"] for row in rows} | {first["parent"]}
    items = dict(Item.objects.filter(code__in=codes).values_list("code", "pk"))
    starts = [row["valid_from"] for row in rows if row.get("valid_from")]
    return {
        "item_id": _known(items, first["parent"], "parent"),
        "quantity": first.get("base_quantity") or Decimal(1),
        "revision": first.get("revision") or "",
        "valid_from": min(starts) if starts and len(starts) == len(rows) else BEGINNING,
        "lines": [_line(row, items) for row in rows],
    }


def _known(items: dict[str, int], code: str, column: str) -> int:
    if code not in items:
        raise InvalidInput(message=_("There is no item %(code)s.") % {"code": code}, field=column)
    return items[code]


def _line(row: Row, items: dict[str, int]) -> dict[str, Any]:
    kind = str(row.get("material_kind") or "main").strip().lower()
    if kind not in KINDS:
        raise InvalidInput(message=_("The kind of material is main or auxiliary."), field="material_kind")
    last_day = row.get("valid_until")
    return {
        "component_id": _known(items, row["component"], "component"),
        "quantity": row["quantity"],
        "scrap_percent": row.get("scrap_percent") or ZERO,
        "material_kind": KINDS[kind],
        "valid_from": row.get("valid_from"),
        "valid_to": last_day + dt.timedelta(days=1) if last_day else None,
        "note": row.get("note") or "",
    }


BOMS = ImportTarget(
    key="erp.bom",
    label=_("Bills of material"),
    permission="erp.add_bom",
    columns=[
        Column(
            "parent",
            _("Parent item"),
            required=True,
            help=_("its code"),
            aliases=("parent code", "父项编码", "产品编码"),
        ),
        Column(
            "component",
            _("Component"),
            required=True,
            help=_("its code"),
            aliases=("component code", "子项编码", "材料编码"),
        ),
        Column("quantity", _("Quantity"), required=True, kind="decimal", aliases=("qty", "qty_per", "用量", "数量")),
        Column(
            "base_quantity",
            _("For quantity"),
            kind="decimal",
            help=_("how many of the parent the rows are for; empty: one"),
            aliases=("基数", "产品数量"),
        ),
        Column("scrap_percent", _("Scrap %"), kind="decimal", aliases=("scrap", "损耗率")),
        Column("material_kind", _("Kind"), help=_("main or auxiliary"), aliases=("主辅料",)),
        Column("valid_from", _("Valid from"), kind="date", aliases=("start_date", "生效日期")),
        Column(
            "valid_until",
            _("Last day"),
            kind="date",
            help=_("the last day it counts"),
            aliases=("end_date", "失效日期"),
        ),
        Column("revision", _("Revision"), aliases=("版本",)),
        Column("note", _("Note"), aliases=("备注",)),
    ],
    service=import_bom,
    arguments=_arguments,
    group=lambda row: row["parent"],
    order=70,
)
