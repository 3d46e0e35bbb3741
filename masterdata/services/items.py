"""Items with their units, barcodes and aliases; categories; suppliers' catalogue."""

from masterdata import ports
from masterdata.engines.naming import pinyin_of
from masterdata.errors import NotASupplier, StockUnitAgain, StockUnitFixed, ValuationMethodFixed
from masterdata.models import Item, ItemAlias, ItemBarcode, ItemCategory, ItemUnit, SupplierItem, UnitOfMeasure
from masterdata.selectors.valuation import items_following, method_of_category
from masterdata.services.bulk import bulk_operation
from masterdata.services.records import Entry, Grid, Record, operations


def _derive(item: Item) -> None:
    item.code = item.code.strip()
    item.pinyin = pinyin_of(item.name_zh, item.name)


def _check_item(item: Item, entry: Entry) -> None:
    if entry.changed(item, "uom_id", "tracking", "second_uom_id") and ports.items_with_moves([item.pk]):
        raise StockUnitFixed(item=item)
    for row in entry.grids.get("units", ()):
        uom = row.get("uom_id") or getattr(row.get("uom"), "pk", None)
        if uom == item.uom_id:
            raise StockUnitAgain(unit=item.uom, field="units")
    if item.second_uom_id == item.uom_id:
        raise StockUnitAgain(unit=item.uom, field="second_uom")
    _check_method_of_item(item, entry)


def _check_method_of_item(item: Item, entry: Entry) -> None:
    if not entry.changed(item, "category_id"):
        return
    before = ItemCategory.objects.filter(pk=entry.before["category_id"]).first()
    if method_of_category(before) != method_of_category(item.category) and ports.items_bound_to_method([item.pk]):
        raise ValuationMethodFixed(item=item, field="category")


def _check_category(category: ItemCategory, entry: Entry) -> None:
    if not entry.changed(category, "valuation_method", "parent_id"):
        return
    stored = ItemCategory.objects.get(pk=category.pk)
    if method_of_category(stored) == method_of_category(category):
        return
    bound = ports.items_bound_to_method(items_following(category))
    if bound:
        raise ValuationMethodFixed(item=Item.objects.get(pk=min(bound)), field="valuation_method")


def _check_offer(offer: SupplierItem, entry: Entry) -> None:
    if not offer.partner.is_supplier:
        raise NotASupplier(partner=offer.partner, field="partner")


UNIT = Record(UnitOfMeasure, "unit", ("code", "name", "name_zh", "decimals", "is_active"))
CATEGORY = Record(
    ItemCategory,
    "item_category",
    ("code", "name", "name_zh", "parent", "valuation_method", "is_active"),
    check=_check_category,
)
ITEM = Record(
    Item,
    "item",
    (
        "code",
        "name",
        "name_zh",
        "specification",
        "brand",
        "category",
        "drawing_number",
        "drawing_revision",
        "revision",
        "uom",
        "supply_type",
        "is_phantom",
        "tracking",
        "is_sold",
        "is_purchased",
        "tax",
        "tax_category_code",
        "list_price",
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
        "second_uom",
        "second_factor",
        "shelf_life_days",
        "inspect_receipts",
        "pick_rule",
        "put_away_zone",
        "is_active",
    ),
    grids=(
        Grid("units", ItemUnit, "item", ("uom", "factor")),
        Grid("barcodes", ItemBarcode, "item", ("barcode", "uom")),
        Grid("aliases", ItemAlias, "item", ("kind", "partner", "code", "name")),
    ),
    prepare=_derive,
    check=_check_item,
    numbered=True,
)
SUPPLIER_ITEM = Record(
    SupplierItem,
    "supplier_item",
    (
        "partner",
        "item",
        "supplier_code",
        "price",
        "currency",
        "lead_time_days",
        "min_order",
        "is_preferred",
        "is_active",
    ),
    check=_check_offer,
    only_one=("is_preferred", ("item",)),
)

create_unit, update_unit = operations(UNIT)
create_item_category, update_item_category = operations(CATEGORY)
create_item, update_item = operations(ITEM)
create_supplier_item, update_supplier_item = operations(SUPPLIER_ITEM)
create_many_items = bulk_operation(ITEM)
create_many_units = bulk_operation(UNIT)
create_many_supplier_items = bulk_operation(SUPPLIER_ITEM)
