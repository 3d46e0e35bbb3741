"""Kinds of rows that can be imported: items, partners, price lists, the suppliers' catalogue."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.contributions import ImportTarget, contribute
from core.exchange.columns import Column
from core.permissions import may_change_field
from masterdata.models import Item, Location, Partner, PriceList, PriceListLine, SupplierItem
from masterdata.services import imports

Row = dict[str, Any]


def _column(model: type[models.Model], name: str, *, required: bool = False, title: Any = "", key: str = "") -> Column:
    """Describe a column of the file by the column of the table it fills."""
    column = model._meta.get_field(name)
    kind, hint = _kind_of(column), getattr(column, "help_text", "")
    if column.is_relation:
        hint = _("its code")
    elif getattr(column, "choices", None):
        hint = format_lazy("{}" + " / {}" * (len(column.choices) - 1), *(label for _value, label in column.choices))  # type: ignore[union-attr, arg-type]
    return Column(key or name, title or column.verbose_name, required, kind, hint)  # type: ignore[union-attr]


def _kind_of(column: Any) -> str:
    for kind, name in (
        (models.BooleanField, "boolean"),
        (models.DecimalField, "decimal"),
        (models.IntegerField, "integer"),
        (models.DateField, "date"),
    ):
        if isinstance(column, kind):
            return name
    return "text"


def _columns(model: type[models.Model], names: Iterable[str], required: frozenset[str]) -> list[Column]:
    return [_column(model, name, required=name in required) for name in names]


def _allowed(model: type[models.Model], row: Row, names: Iterable[str], user: Any) -> Row:
    """Return the cells of ``names`` that the user may change."""
    label = model._meta.label_lower
    return {
        name: row[name] for name in names if row.get(name) is not None and may_change_field(user, f"{label}.{name}")
    }


ITEM_NAMES = (
    "code",
    "name",
    "name_zh",
    "specification",
    "brand",
    "category",
    "uom",
    "supply_type",
    "is_phantom",
    "tracking",
    "drawing_number",
    "drawing_revision",
    "revision",
    "is_sold",
    "is_purchased",
    "tax",
    "list_price",
    "tax_category_code",
    "standard_cost",
    "safety_stock",
    "lead_time_days",
    "min_lot",
    "lot_multiple",
    "max_lot",
    "order_policy",
    "lot_policy",
    "lot_days",
    "fixed_lot",
    "max_stock",
    "yield_percent",
    "fence_days",
    "is_master_scheduled",
    "forecast_backward_periods",
    "forecast_forward_periods",
    "weight",
    "volume",
)
PARTNER_NAMES = (
    "code",
    "name",
    "name_zh",
    "short_name",
    "is_customer",
    "is_supplier",
    "kind",
    "country",
    "tax_number",
    "phone",
    "email",
    "language",
    "territory",
    "owner",
    "customer_class",
    "currency",
    "payment_term",
    "credit_limit",
    "sales_price_list",
)
PRICE_LIST_NAMES = ("code", "name", "name_zh", "kind", "currency", "tax_included", "partner", "customer_class")
LINE_NAMES = (
    "item",
    "category",
    "uom",
    "min_quantity",
    "price",
    "discount_percent",
    "floor_price",
    "valid_from",
    "valid_to",
)
SUPPLIER_ITEM_NAMES = (
    "partner",
    "item",
    "supplier_code",
    "price",
    "currency",
    "lead_time_days",
    "min_order",
    "is_preferred",
)
LOCATION_NAMES = (
    "warehouse",
    "code",
    "name",
    "name_zh",
    "zone",
    "kind",
    "status",
    "pick_order",
    "put_away_order",
    "capacity",
)
ADDRESS_NAMES = ("province", "city", "district", "street", "postal_code")


def _item_arguments(row: Row, user: Any) -> Row:
    return {
        "values": _allowed(Item, row, ITEM_NAMES, user),
        "barcode": row.get("barcode") or "",
        "old_code": row.get("old_code") or "",
    }


def _partner_arguments(row: Row, user: Any) -> Row:
    bank = {"bank_name": row.get("bank_name"), "account_number": row.get("account_number")}
    return {
        "values": _allowed(Partner, row, PARTNER_NAMES, user),
        "address": {"kind": "shipping", "country": row.get("country")}
        | {name: row.get(name) for name in ADDRESS_NAMES},
        "contact": {"name": row.get("contact_name"), "phone": row.get("contact_phone")},
        "bank_account": bank if may_change_field(user, "masterdata.partner.bank_accounts") else {},
        "accept_duplicates": bool(row.get("accept_duplicates")),
    }


def _price_list_arguments(row: Row, user: Any) -> Row:
    lines = [{name: one.get(name) for name in LINE_NAMES} for one in row["rows"]]
    return {"values": _allowed(PriceList, row, PRICE_LIST_NAMES, user), "lines": lines}


def _location_arguments(row: Row, user: Any) -> Row:
    return {"values": _allowed(Location, row, LOCATION_NAMES, user)}


def _supplier_item_arguments(row: Row, user: Any) -> Row:
    return {"values": _allowed(SupplierItem, row, SUPPLIER_ITEM_NAMES, user)}


ITEM_COLUMNS = (
    *_columns(Item, ITEM_NAMES, frozenset({"name", "uom"})),
    Column("barcode", _("Barcode")),
    Column("old_code", _("Old code")),
)
PARTNER_COLUMNS = (
    *_columns(Partner, PARTNER_NAMES, frozenset({"name"})),
    Column("province", _("Province")),
    Column("city", _("City")),
    Column("district", _("District")),
    Column("street", _("Street")),
    Column("postal_code", _("Postal code")),
    Column("contact_name", _("Contact")),
    Column("contact_phone", _("Phone of the contact")),
    Column("bank_name", _("Bank")),
    Column("account_number", _("Account number")),
    Column(
        "accept_duplicates",
        _("Another one"),
        kind="boolean",
        help=_("Yes: save although another partner has the same name or phone."),
    ),
)
PRICE_LIST_COLUMNS = (
    *_columns(PriceList, PRICE_LIST_NAMES, frozenset({"code"})),
    *_columns(PriceListLine, LINE_NAMES, frozenset()),
)
LOCATION_COLUMNS = _columns(Location, LOCATION_NAMES, frozenset({"warehouse", "code"}))
SUPPLIER_ITEM_COLUMNS = _columns(SupplierItem, SUPPLIER_ITEM_NAMES, frozenset({"partner", "item"}))


def register() -> None:
    """Register what can be imported."""
    contribute(
        ImportTarget(
            "items",
            _("Items"),
            "masterdata.add_item",
            ITEM_COLUMNS,
            imports.import_item,
            _item_arguments,
            order=10,
        ),
        ImportTarget(
            "partners",
            _("Customers and suppliers"),
            "masterdata.add_partner",
            PARTNER_COLUMNS,
            imports.import_partner,
            _partner_arguments,
            order=20,
        ),
        ImportTarget(
            "price_lists",
            _("Price lists"),
            "masterdata.add_pricelist",
            PRICE_LIST_COLUMNS,
            imports.import_price_list,
            _price_list_arguments,
            lambda row: row["code"],
            order=30,
        ),
        ImportTarget(
            "supplier_items",
            _("Suppliers' catalogue"),
            "masterdata.add_supplieritem",
            SUPPLIER_ITEM_COLUMNS,
            imports.import_supplier_item,
            _supplier_item_arguments,
            order=40,
        ),
        ImportTarget(
            "locations",
            _("Places of the warehouses"),
            "masterdata.add_location",
            LOCATION_COLUMNS,
            imports.import_location,
            _location_arguments,
            order=50,
        ),
    )
