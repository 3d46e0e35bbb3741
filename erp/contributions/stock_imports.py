"""Opening stock from a file."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import ImportTarget
from core.errors import InvalidInput
from core.exchange.columns import Column
from erp.services.stock_documents import record_opening_stock
from masterdata.models import Item, Location, Warehouse

Row = dict[str, Any]


def _arguments(first: Row, _user: Any) -> dict[str, Any]:
    """Return the rows of one warehouse as record_opening_stock takes them.

    Raises:
        InvalidInput: a warehouse, place or item of the file does not exist; ``field`` names the column.
    """
    rows = first.get("rows") or [first]
    warehouse = Warehouse.objects.filter(code=first.get("warehouse") or "").first() or _only_warehouse(first)
    items = {item.code: item.pk for item in Item.objects.filter(code__in={row["item"] for row in rows})}
    places = dict(Location.objects.filter(warehouse=warehouse).values_list("code", "pk"))
    return {"warehouse_id": warehouse.pk, "lines": [_line(row, items, places) for row in rows]}


def _only_warehouse(row: Row) -> Warehouse:
    found = list(Warehouse.objects.filter(is_active=True)[:2])
    if row.get("warehouse") or len(found) != 1:
        raise InvalidInput(
            message=_("There is no warehouse %(code)s.") % {"code": row.get("warehouse") or "—"}, field="warehouse"
        )
    return found[0]


def _line(row: Row, items: dict[str, int], places: dict[str, int]) -> dict[str, Any]:
    if row["item"] not in items:
        raise InvalidInput(message=_("There is no item %(code)s.") % {"code": row["item"]}, field="item")
    place = row.get("location")
    if place and place not in places:
        raise InvalidInput(message=_("There is no place %(code)s.") % {"code": place}, field="location")
    return {
        "item_id": items[row["item"]],
        "location_id": places.get(place) if place else None,
        "lot_code": row.get("lot") or "",
        "expiry_date": row.get("expiry_date"),
        "quantity": row["quantity"],
        "unit_cost": row.get("unit_cost"),
    }


OPENING_STOCK = ImportTarget(
    key="erp.openingstock",
    label=_("Opening stock"),
    permission="erp.post_opening_stock",
    columns=[
        Column("item", _("Item"), required=True, help=_("its code"), aliases=("item code", "物料编码", "物料")),
        Column(
            "quantity", _("Quantity"), required=True, kind="decimal", help=_("in the stock unit"), aliases=("数量",)
        ),
        Column(
            "unit_cost",
            _("Unit cost"),
            kind="decimal",
            help=_("base currency per stock unit; empty: the standard cost"),
            aliases=("单位成本", "单价"),
        ),
        Column("warehouse", _("Warehouse"), help=_("its code; may be empty when there is only one"), aliases=("仓库",)),
        Column("location", _("Place"), help=_("its code; empty: the usual one"), aliases=("库位",)),
        Column("lot", _("Lot or serial number"), help=_("for items tracked by lot"), aliases=("批号", "序列号")),
        Column("expiry_date", _("Expires on"), kind="date", aliases=("有效期至",)),
    ],
    service=record_opening_stock,
    arguments=_arguments,
    group=lambda row: row.get("warehouse") or "",
    order=60,
)
