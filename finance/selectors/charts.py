"""The charts of accounts that come with the program."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from finance.errors import UnknownChart

FOLDER = Path(__file__).resolve().parent.parent / "charts"
CHARTS: dict[str, Any] = {
    "small_enterprise_cn": _("China: accounting standard for small enterprises (小企业会计准则)"),
    "ifrs": _("International (IFRS)"),
}

STATUTORY = frozenset({"small_enterprise_cn"})
"""Charts of a law that asks for posted vouchers and for profit and loss carried over each month."""


@dataclass(frozen=True)
class ChartRow:
    """One account of a chart file; ``roles`` are what it is used for at the start."""

    code: str
    parent: str
    kind: str
    direction: str
    is_control: bool
    roles: tuple[str, ...]
    name: str
    name_zh: str


def available_charts() -> list[tuple[str, Any]]:
    """Return (code, name) of the charts, for a select."""
    return list(CHARTS.items())


def chart_rows(chart: str) -> list[ChartRow]:
    """Read a chart file: parents before their children.

    Raises:
        UnknownChart: there is no such file.
    """
    if chart not in CHARTS:
        raise UnknownChart(chart=chart)
    with (FOLDER / f"{chart}.csv").open(encoding="utf-8", newline="") as file:
        return [
            ChartRow(
                code=row["code"],
                parent=row["parent"],
                kind=row["kind"],
                direction=row["direction"],
                is_control=row["control"] == "x",
                roles=tuple(row["roles"].split()),
                name=row["name"],
                name_zh=row["name_zh"],
            )
            for row in csv.DictReader(file)
        ]
