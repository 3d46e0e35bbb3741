"""The master production schedule of one item: projected stock and what may still be promised, bucket by bucket.

Source: APICS Dictionary, entries projected available balance, available-to-promise (discrete), demand time fence;
Arnold, Chapman and Clive, Introduction to Materials Management, chapter Master Scheduling.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

ZERO = Decimal(0)


def projected_balances(on_hand: Decimal, demands: Sequence[Decimal], receipts: Sequence[Decimal]) -> list[Decimal]:
    """Return the stock at the end of each bucket: what was there, less demand, plus receipts; below zero: short."""
    balances, balance = [], on_hand
    for demand, receipt in zip(demands, receipts, strict=True):
        balance += receipt - demand
        balances.append(balance)
    return balances


def discrete_promise(on_hand: Decimal, orders: Sequence[Decimal], receipts: Sequence[Decimal]) -> list[Decimal]:
    """Return what of each bucket's stock or receipt is not promised yet: its quantity less the orders up to the next.

    What a receipt lacks is taken from the ones before it, the nearest first; never below zero. Stock belongs to the
    first bucket. Source: HARD_RULES §2.
    """
    if not orders:
        return []
    supply = [on_hand + receipts[0], *receipts[1:]]
    starts = [place for place, quantity in enumerate(supply) if quantity or not place]
    free = [ZERO] * len(orders)
    for start, end in pairwise([*starts, len(orders)]):
        free[start] = supply[start] - sum(orders[start:end], ZERO)
    for place in reversed(starts):
        lack = -free[place]
        for earlier in range(place - 1, -1, -1):
            if lack <= 0:
                break
            taken = min(lack, max(free[earlier], ZERO))
            free[earlier] -= taken
            lack -= taken
    return [max(one, ZERO) for one in free]
