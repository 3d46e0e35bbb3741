"""What the rows of a financial statement stand for: account ranges and formulas, as pure functions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)
TERM = re.compile(r"\s*([+-]?)\s*([A-Za-z0-9_]+)\s*")
TOKEN = re.compile(r"^(?P<first>[0-9A-Za-z]+)(?:\.\.(?P<last>[0-9A-Za-z]+))?$")


class UnreadableFormula(ValueError):
    """A formula is not a sum of row codes."""


class UnreadableAccounts(ValueError):
    """A list of accounts is not made of codes and ranges."""


@dataclass(frozen=True)
class Span:
    """One code (``first`` = ``last``) or a range of codes, both ends included; accounts below them belong to it."""

    first: str
    last: str

    def holds(self, code: str) -> bool:
        """Return whether an account of this code (not looking above it) lies in the span."""
        if self.first == self.last:
            return code == self.first
        return self.first <= code and code[: len(self.last)] <= self.last


def read_accounts(text: str) -> list[Span]:
    """Return the spans of ``1001 1401..1421`` (codes and ranges, separated by spaces or commas).

    Raises:
        UnreadableAccounts: a word is neither.
    """
    spans = []
    for word in text.replace(",", " ").replace("，", " ").split():
        found = TOKEN.match(word)
        if found is None:
            raise UnreadableAccounts(word)
        spans.append(Span(found["first"], found["last"] or found["first"]))
    return spans


def read_formula(text: str) -> list[tuple[int, str]]:
    """Return (sign, row code) of ``1 + 2 - 3``.

    Raises:
        UnreadableFormula: it is something else.
    """
    terms: list[tuple[int, str]] = []
    place = 0
    while place < len(text.rstrip()):
        found = TERM.match(text, place)
        if found is None or (terms and not found[1]):
            raise UnreadableFormula(text)
        terms.append((-1 if found[1] == "-" else 1, found[2]))
        place = found.end()
    return terms


def covered(accounts: Mapping[int, tuple[str, int | None]], spans: Sequence[Span]) -> set[int]:
    """Return the keys of the accounts that ``spans`` hold, themselves or by an account above them.

    ``accounts`` is {key: (code, key of the account above or None)}.
    """
    found: dict[int, bool] = {}

    def is_held(key: int) -> bool:
        if key not in found:
            code, parent = accounts[key]
            found[key] = any(span.holds(code) for span in spans) or (parent is not None and is_held(parent))
        return found[key]

    return {key for key in accounts if is_held(key)}


def evaluate(
    formulas: Mapping[str, Sequence[tuple[int, str]]], known: Mapping[str, Sequence[Decimal]], width: int
) -> dict[str, list[Decimal]]:
    """Return the figures of every row, ``width`` columns each; rows that nothing is known of are zero.

    Raises:
        UnreadableFormula: formulas go round in a circle.
    """
    figures: dict[str, list[Decimal]] = {code: list(values) for code, values in known.items()}
    under_way: set[str] = set()

    def figure(code: str) -> list[Decimal]:
        if code in figures:
            return figures[code]
        if code in under_way:
            raise UnreadableFormula(code)
        under_way.add(code)
        total = [ZERO] * width
        for sign, part in formulas.get(code, ()):
            total = [have + sign * more for have, more in zip(total, figure(part), strict=True)]
        figures[code] = total
        return total

    for code in formulas:
        figure(code)
    return figures


def circle(formulas: Mapping[str, Sequence[tuple[int, str]]]) -> str:
    """Return the code of a row whose formula comes back to itself; empty when none does."""
    for start in formulas:
        waiting, seen = [part for _sign, part in formulas[start]], set()
        while waiting:
            code = waiting.pop()
            if code == start:
                return start
            if code not in seen:
                seen.add(code)
                waiting += [part for _sign, part in formulas.get(code, ())]
    return ""


def overlaps(rows: Iterable[tuple[str, set[int]]]) -> dict[int, list[str]]:
    """Return {account key: codes of rows} of the accounts that more than one row holds."""
    found: dict[int, list[str]] = {}
    for code, keys in rows:
        for key in keys:
            found.setdefault(key, []).append(code)
    return {key: codes for key, codes in found.items() if len(codes) > 1}
