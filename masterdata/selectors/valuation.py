"""How the stock of items is valued: by their category, or the nearest one above that says it."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import connection

from masterdata.models import Item, ItemCategory

VALUATION = """
WITH RECURSIVE up AS (
  SELECT item.id AS item_id, item.standard_cost, category.parent_id, coalesce(category.valuation_method, '') AS method
  FROM masterdata_item item LEFT JOIN masterdata_itemcategory category ON category.id = item.category_id
  WHERE item.id = ANY(%s)
  UNION ALL
  SELECT up.item_id, up.standard_cost, category.parent_id, category.valuation_method
  FROM up JOIN masterdata_itemcategory category ON category.id = up.parent_id WHERE up.method = ''
)
SELECT item_id, method, standard_cost FROM up WHERE method <> '' OR parent_id IS NULL
"""


def valuation_of(item_ids: Iterable[int]) -> dict[int, tuple[str, Decimal]]:
    """Return {item: (valuation method, standard cost per stock unit in base currency)}; moving average by default."""
    with connection.cursor() as cursor:
        cursor.execute(VALUATION, [sorted(set(item_ids))])
        return {
            item_id: (method or ItemCategory.ValuationMethod.MOVING_AVERAGE, standard)
            for item_id, method, standard in cursor.fetchall()
        }


def method_of_category(category: ItemCategory | None) -> str:
    """Return the method of a category: its own, or the nearest above that has one."""
    while category is not None:
        if category.valuation_method:
            return category.valuation_method
        category = category.parent
    return ItemCategory.ValuationMethod.MOVING_AVERAGE


def items_following(category: ItemCategory) -> list[int]:
    """Return the items whose method ``category`` decides: its own and those of categories below without a method."""
    followers, newest = {category.pk}, {category.pk}
    while newest:
        below = ItemCategory.objects.filter(parent_id__in=newest, valuation_method="")
        newest = set(below.values_list("pk", flat=True)) - followers
        followers |= newest
    return list(Item.objects.filter(category_id__in=followers).values_list("pk", flat=True))
