"""Reading the revisions of an order: only what differs."""

from dataclasses import dataclass
from typing import Any

from scm.models import PurchaseOrderChange

FIGURES = ("quantity", "price", "discount_percent", "due_date")


@dataclass(frozen=True)
class ChangedLine:
    """One line of a revision that differs: its figures before (None: new) and after."""

    line_no: int
    what: str
    uom: str
    before: dict[str, Any] | None
    after: dict[str, Any]

    @property
    def is_dropped(self) -> bool:
        """Whether the line is not expected any more."""
        return bool(self.after["closed"]) and not (self.before and self.before["closed"])

    def differs(self, name: str) -> bool:
        """Return whether a figure of a line that was there is another one now."""
        return self.before is not None and self.before[name] != self.after[name]

    @property
    def figures(self) -> dict[str, tuple[Any, Any]]:
        """The figures by name: (before, or None where it is the same or the line is new; after)."""
        return {
            name: (self.before[name] if self.before and self.differs(name) else None, self.after[name])
            for name in FIGURES
        }


def changed_lines(change: PurchaseOrderChange) -> list[ChangedLine]:
    """Return the lines of a revision that are new, dropped or different."""
    before = {row["line_no"]: row for row in change.before}
    lines = [
        ChangedLine(row["line_no"], row["what"], row["uom"], before.get(row["line_no"]), row) for row in change.after
    ]
    return [line for line in lines if line.before != line.after]
