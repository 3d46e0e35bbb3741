"""Forecast consumption: what customers order is no longer forecast."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expectation:
    """So much is forecast for the period that ``day`` lies in."""

    day: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Ordered:
    """What customers ordered for a day, delivered or not."""

    day: int
    quantity: int


def week_of(day: int) -> int:
    """Return the number of a week (Monday to Sunday)."""
    return (day - 1) // 7


def end_of_week(day: int) -> int:
    """Return the Sunday of a day's week; of day 0, day 0."""
    return -(-day // 7) * 7


def month_of(day: int) -> int:
    """Return the number of a calendar month."""
    date = dt.date.fromordinal(day)
    return date.year * 12 + date.month


def consume(
    forecasts: Sequence[Expectation],
    orders: Iterable[Ordered],
    *,
    backward: int,
    forward: int,
    period_of: Callable[[int], int],
) -> list[int]:
    """Return what is left of each forecast of one item after its orders consumed it, never below zero.

    An order consumes its own period, then up to ``backward`` periods before it, the nearest first, then up to
    ``forward`` after it. Orders go by day; forecasts of one period are consumed by day.
    """
    left = [one.quantity for one in forecasts]
    of_period: dict[int, list[int]] = {}
    for number in sorted(range(len(forecasts)), key=lambda n: (forecasts[n].day, n)):
        of_period.setdefault(period_of(forecasts[number].day), []).append(number)
    for order in sorted(orders, key=lambda one: one.day):
        own = period_of(order.day)
        reach = [own, *(own - back for back in range(1, backward + 1)), *(own + on for on in range(1, forward + 1))]
        wanted = order.quantity
        for number in (number for period in reach for number in of_period.get(period, ())):
            taken = min(wanted, left[number])
            left[number] -= taken
            wanted -= taken
            if not wanted:
                break
    return left


def still_due(day: int, today: int, period_of: Callable[[int], int]) -> int | None:
    """Return when the rest of a forecast counts: not after its period, in the present one today at the earliest."""
    if day >= today:
        return day
    return today if period_of(day) == period_of(today) else None
