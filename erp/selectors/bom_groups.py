"""Components that are replaced together 整组替代: what stands for what, side by side."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from erp.models import BomLine, BomSubstitute
from masterdata.models import Item


@dataclass(frozen=True)
class Replaced:
    """By one rank of a group ``by`` stands for ``of``: items with their quantity for that of the bill.

    quantity of a substitute: that of its component × ratio, scrap apart.
    """

    group: str
    rank: int
    of: Sequence[tuple[Item, Decimal]]
    by: Sequence[tuple[Item, Decimal, BomSubstitute]]


def groups_of_lines(lines: Iterable[BomLine]) -> list[Replaced]:
    """Return the groups of a bill's lines (components and substitutes read along), each rank on its own."""
    groups: dict[str, list[BomLine]] = defaultdict(list)
    for line in lines:
        if line.substitute_group:
            groups[line.substitute_group].append(line)
    found = []
    for group, members in groups.items():
        pairs = [(line, one) for line in members for one in line.substitutes.all()]
        for rank in sorted({one.rank for _line, one in pairs}):
            by = [(one.item, line.quantity * one.ratio, one) for line, one in pairs if one.rank == rank]
            found.append(Replaced(group, rank, [(line.component, line.quantity) for line in members], by))
    return found
