"""The revision that follows another one, in the manner the company counts: A B C, 1 2 3, R1 R2."""

import re
from collections.abc import Collection

NUMBERED = re.compile(r"^(.*?)(\d+)$")


def next_revision(last: str, taken: Collection[str]) -> str:
    """Return the first free revision after ``last`` (Z is followed by AA, 09 by 10); without a last one, 1."""
    found = last
    while True:
        found = _successor(found)
        if found not in taken:
            return found


def _successor(revision: str) -> str:
    numbered = NUMBERED.match(revision)
    if numbered:
        front, digits = numbered.groups()
        return f"{front}{int(digits) + 1:0{len(digits)}d}"
    if not revision or not (revision[-1].isascii() and revision[-1].isalpha()):
        return f"{revision}1"
    if revision[-1] not in "zZ":
        return revision[:-1] + chr(ord(revision[-1]) + 1)
    first = "a" if revision[-1] == "z" else "A"
    front = revision[:-1]
    if front and front[-1].isascii() and front[-1].isalpha():
        return _successor(front) + first
    return front + first + first
