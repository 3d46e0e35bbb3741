"""Questions that master data asks the apps below."""

from core.ports import Port

items_with_moves: Port[[list[int]], set[int]] = Port(
    "masterdata.items_with_moves", "Of these item ids, those that have stock movements. Provided by erp."
)
