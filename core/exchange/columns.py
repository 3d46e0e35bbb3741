"""How an importable kind of row describes its columns."""

from dataclasses import dataclass
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""Text that begins like this would be calculated by a spreadsheet: it is quoted on export, unquoted on import."""


@dataclass(frozen=True)
class Column:
    """One column of an import file.

    kind  text, decimal, integer, date or boolean; ``aliases`` are other headings that mean the same.
    """

    name: str
    label: Any
    required: bool = False
    kind: str = "text"
    help: Any = ""
    aliases: tuple[str, ...] = ()
