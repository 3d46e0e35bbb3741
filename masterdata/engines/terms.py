"""Instalments: an amount split by payment terms, each part with its due date."""

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.money import split_amount


@dataclass(frozen=True)
class TermLine:
    """One instalment of payment terms: ``percent`` of the whole, ``days`` after order, shipment or invoice."""

    percent: Decimal
    basis: str = "invoice"
    days: int = 0
    end_of_month: bool = False


@dataclass(frozen=True)
class Instalment:
    """A part of an amount; ``due_date`` is None while its basis has not happened."""

    basis: str
    percent: Decimal
    amount: Decimal
    due_date: dt.date | None


def due_date(basis_date: dt.date, days: int, end_of_month: bool) -> dt.date:
    """Return ``basis_date`` plus ``days``; with ``end_of_month`` the days count from the end of its month (月结)."""
    if end_of_month:
        basis_date = basis_date.replace(day=calendar.monthrange(basis_date.year, basis_date.month)[1])
    return basis_date + dt.timedelta(days=days)


def instalments(
    lines: Sequence[TermLine], amount: Decimal, dates: Mapping[str, dt.date], decimals: int = 2
) -> list[Instalment]:
    """Split ``amount`` by the shares of ``lines``, in their order, so that the parts sum to it exactly.

    ``dates`` maps the bases that have happened to their dates.

    Raises:
        ValueError: there are no lines.
    """
    parts = split_amount(amount, [line.percent for line in lines], decimals)
    return [
        Instalment(
            line.basis,
            line.percent,
            part,
            due_date(dates[line.basis], line.days, line.end_of_month) if line.basis in dates else None,
        )
        for line, part in zip(lines, parts, strict=True)
    ]
