"""Questions that master data asks the apps below."""

from core.ports import Port

items_with_moves: Port[[list[int]], set[int]] = Port(
    "masterdata.items_with_moves", "Of these item ids, those that have stock movements. Provided by erp."
)

items_bound_to_method: Port[[list[int]], set[int]] = Port(
    "masterdata.items_bound_to_method",
    "Of these item ids, those that cannot change their valuation method now: they have stock, or issues that the "
    "month-end run has still to value. Provided by erp.",
)

places_with_stock: Port[[list[int]], set[int]] = Port(
    "masterdata.places_with_stock", "Of these location ids, those that goods lie in. Provided by erp."
)
