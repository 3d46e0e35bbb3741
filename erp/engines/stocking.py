"""Safety stock, reorder point and lot size of one item from how its demand and its lead time vary.

Sources: Heizer and Render, Operations Management, 12th ed., chapter 12 Inventory Management: economic order quantity
(example 3), reorder point with variable demand (example 14), variable lead time (example 15), both (example 16);
Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, 4th ed., section 6.10.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from statistics import NormalDist
from typing import Any

import numpy as np

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
YEAR = Decimal(365)
Z_STEP = Decimal("0.0001")


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation of something that varies, and from how many observations."""

    mean: Decimal
    deviation: Decimal
    count: int = 0


@dataclass(frozen=True)
class LotRules:
    """What a lot must obey, stock unit; 0: no such rule.

    minimum  the least the supplier or the process takes.   maximum  the most.   step  the smallest quantity of the
    unit.   most_days  a lot is not to last longer than this.
    """

    minimum: Decimal = ZERO
    multiple: Decimal = ZERO
    maximum: Decimal = ZERO
    step: Decimal = ONE
    most_days: int = 0


@dataclass(frozen=True)
class Advice:
    """What the engine proposes, stock unit; ``service_factor`` is the z of the service level."""

    safety_stock: Decimal
    reorder_point: Decimal
    lot: Decimal
    service_factor: Decimal
    lead_deviation: Decimal


def spread_of(values: Sequence[Decimal]) -> Spread:
    """Return mean and sample standard deviation (n - 1); a single value varies by nothing."""
    count = len(values)
    if not count:
        return Spread(ZERO, ZERO, 0)
    mean = sum(values, ZERO) / count
    if count == 1:
        return Spread(mean, ZERO, 1)
    variance = sum(((one - mean) ** 2 for one in values), ZERO) / (count - 1)
    return Spread(mean, variance.sqrt(), count)


def service_factor(percent: Decimal) -> Decimal:
    """Return how many standard deviations cover ``percent`` of all cycles without a stock-out (normal demand)."""
    quantile: Any = NormalDist().inv_cdf(np.float64(percent) / 100)
    return max(ZERO, Decimal(repr(round(quantile, 6))).quantize(Z_STEP, ROUND_HALF_UP))


def deviation_over_lead_time(demand: Spread, lead: Spread) -> Decimal:
    """Return the standard deviation of the demand during the lead time: root of L s(d)^2 + d^2 s(L)^2.

    demand  per day, independent from day to day.   lead  days.
    """
    return (lead.mean * demand.deviation**2 + demand.mean**2 * lead.deviation**2).sqrt()


def economic_lot(yearly: Decimal, order_cost: Decimal, holding: Decimal) -> Decimal:
    """Return the lot with the least cost of ordering and keeping: root of 2 D S / H; 0 when it costs nothing to keep.

    holding  what keeping one unit for a year costs.
    """
    if yearly <= 0 or order_cost <= 0 or holding <= 0:
        return ZERO
    return (2 * yearly * order_cost / holding).sqrt()


def fitted_lot(lot: Decimal, daily: Decimal, rules: LotRules) -> Decimal:
    """Return ``lot`` cut to what may last and to the maximum, raised to the minimum, rounded up to the multiple."""
    multiple = max(rules.multiple, rules.step)
    if rules.most_days:
        lot = min(lot, daily * rules.most_days)
    size = _up(max(lot, rules.minimum), multiple)
    if rules.maximum and size > rules.maximum:
        size = max((rules.maximum / multiple).to_integral_value("ROUND_FLOOR") * multiple, multiple)
    return size


def advise(
    demand: Spread,
    lead: Spread,
    *,
    service_percent: Decimal,
    order_cost: Decimal,
    holding: Decimal,
    rules: LotRules,
) -> Advice:
    """Propose for one item: demand per day, lead time in days, base currency (``holding`` per unit and year)."""
    factor = service_factor(service_percent)
    deviation = deviation_over_lead_time(demand, lead)
    safety = _up(factor * deviation, rules.step)
    lot = fitted_lot(economic_lot(demand.mean * YEAR, order_cost, holding), demand.mean, rules)
    return Advice(
        safety_stock=safety,
        reorder_point=safety + _up(demand.mean * lead.mean, rules.step),
        lot=lot if demand.mean > 0 else ZERO,
        service_factor=factor,
        lead_deviation=lead.deviation,
    )


def average_stock(safety: Decimal, lot: Decimal) -> Decimal:
    """Return what lies on average: the safety stock and half a lot."""
    return safety + lot / 2


def yearly_cost(safety: Decimal, lot: Decimal, *, yearly: Decimal, order_cost: Decimal, holding: Decimal) -> Decimal:
    """Return what keeping and ordering cost in a year: H (SS + Q / 2) + S D / Q."""
    ordering = order_cost * yearly / lot if lot > 0 else ZERO
    return holding * average_stock(safety, lot) + ordering


def _up(quantity: Decimal, step: Decimal) -> Decimal:
    return (quantity / step).to_integral_value(ROUND_CEILING) * step
