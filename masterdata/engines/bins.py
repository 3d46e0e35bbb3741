"""Codes of places that stand in rows, columns and levels."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Rack:
    """``rows`` × ``columns`` × ``levels`` places; rows are lettered or numbered; ``snake``: every other row is walked
    back.
    """

    prefix: str
    rows: int
    columns: int
    levels: int
    lettered: bool = True
    snake: bool = True

    @property
    def size(self) -> int:
        """How many places these are."""
        return self.rows * self.columns * self.levels

    def codes(self) -> Iterator[str]:
        """Yield the codes in the order a picker passes them, the lowest level of each column first."""
        column_width, row_width = max(2, len(str(self.columns))), len(str(self.rows))
        for row in range(self.rows):
            name = letters(row) if self.lettered else f"{row + 1:0{row_width}d}"
            columns = range(self.columns)
            for column in reversed(columns) if self.snake and row % 2 else columns:
                for level in range(self.levels):
                    parts = [f"{self.prefix}{name}", f"{column + 1:0{column_width}d}"]
                    yield "-".join([*parts, str(level + 1)] if self.levels > 1 else parts)


def letters(number: int) -> str:
    """Return A, B … Z, AA, AB …"""
    found = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found
