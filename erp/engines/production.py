"""What a part of a work order is worth while the order is still running."""

from decimal import Decimal

from core.fields import ZERO


def production_value(
    *,
    quantity: Decimal,
    good: Decimal,
    made: Decimal,
    material: Decimal,
    material_to_come: Decimal,
    labour: Decimal,
) -> Decimal:
    """Return the value of ``quantity`` units of an order that is to bring ``good`` units, unrounded.

    The whole order is expected to cost its material so far, the material still to come at present cost, and labour in
    proportion to what is ``made`` already; each unit takes its share. Source: HARD_RULES §9 (provisional cost, trued
    up by the last receipt and at close).
    """
    if good <= 0:
        return ZERO
    labour_expected = labour * good / made if made else labour
    return (material + material_to_come + labour_expected) / good * quantity
