"""The files of the take-over: read as they are, values typed, an end date that counts made exclusive."""

import csv
import datetime as dt
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from core.errors import InvalidInput

Row = dict[str, str]
CUT_OVER = dt.date(2025, 9, 22)
"""The day after the last order date in the files: the company's books begin here."""
OPEN_FROM = dt.date(2025, 5, 28)
"""Sales orders from this day on (the last 30 days that have any) are still to be delivered."""
OPEN_PURCHASES = ("pending", "approved")


class Source:
    """A folder of CSV files; each is read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = cache(self._rows)
        self.lines = cache(self._lines)

    def _rows(self, name: str) -> list[Row]:
        path = self.folder / f"{name}.csv"
        try:
            with path.open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise InvalidInput(message=f"{path.name}: {error}", field=name) from error

    def _lines(self, name: str, key: str) -> dict[str, list[Row]]:
        """Return the rows of a file by the value of ``key``, in their order."""
        grouped: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows(name):
            grouped[row[key]].append(row)
        return grouped

    def open_sales(self) -> list[Row]:
        """Return the heads of sales orders that are open at the cut-over."""
        return [row for row in self.rows("sales_orders") if day(row["order_date"]) >= OPEN_FROM]

    def closed_sales(self) -> list[Row]:
        """Return the heads of sales orders that are history."""
        return [row for row in self.rows("sales_orders") if day(row["order_date"]) < OPEN_FROM]

    def open_purchases(self) -> list[Row]:
        """Return the heads of purchase orders that are open at the cut-over."""
        return [row for row in self.rows("purchase_orders") if row["status"] in OPEN_PURCHASES]

    def closed_purchases(self) -> list[Row]:
        """Return the heads of purchase orders that are complete or were rejected."""
        return [row for row in self.rows("purchase_orders") if row["status"] not in OPEN_PURCHASES]

    def make_items_without_bom(self) -> list[str]:
        """Return the codes of items we are to make that no bill of material tells how."""
        parents = self.lines("bom_lines", "parent_code")
        return [row["code"] for row in self.rows("items") if row["make_buy"] == "make" and row["code"] not in parents]


def number(text: str) -> Decimal:
    """Return the number a cell says; empty is zero.

    Raises:
        InvalidInput: it is no number.
    """
    try:
        return Decimal(text or 0)
    except InvalidOperation as error:
        raise InvalidInput(message=f"{text}: no number", field="") from error


def day(text: str) -> dt.date:
    """Return the day a cell says.

    Raises:
        InvalidInput: it is no date.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(message=f"{text}: no date", field="") from error


def day_after(text: str) -> dt.date | None:
    """Return the exclusive end of a validity whose last day a cell says; None when it is open."""
    return day(text) + dt.timedelta(days=1) if text else None
