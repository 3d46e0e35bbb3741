"""How well a movement at the bank fits a payment or an open invoice: points, and the reasons for them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

AMOUNT, NUMBER, ACCOUNT, NAME, LIKE_NAME = 40, 40, 30, 20, 10
CERTAIN, LIKELY = 80, 40
NOT_WORD = re.compile(r"[\W_]+")
LEGAL_FORMS = re.compile(r"(有限责任公司|股份有限公司|有限公司|公司|集团|gmbh|ag|ltd|limited|inc|co|kg|llc|corp)$")


@dataclass(frozen=True)
class Movement:
    """What the bank says: ``amount`` signed, texts as they came."""

    amount: Decimal
    name: str
    account: str
    text: str


@dataclass(frozen=True)
class Candidate:
    """What it may belong to: the amount it would explain, its numbers, and what its partner is called."""

    amount: Decimal
    numbers: Sequence[str]
    names: Sequence[str]
    accounts: Sequence[str] = ()


@dataclass(frozen=True)
class Score:
    """Points, and the codes of what earned them: amount, number, account, name, like_name."""

    points: int
    reasons: tuple[str, ...]

    @property
    def is_certain(self) -> bool:
        """Good enough to be accepted in bulk."""
        return self.points >= CERTAIN


def score(movement: Movement, candidate: Candidate) -> Score:
    """Return how well they fit; 0 points when nothing but chance speaks for it."""
    points = 0
    reasons: list[str] = []
    if candidate.amount == movement.amount:
        points, reasons = points + AMOUNT, [*reasons, "amount"]
    if _any_in(candidate.numbers, movement.text):
        points, reasons = points + NUMBER, [*reasons, "number"]
    if movement.account and key(movement.account) in {key(one) for one in candidate.accounts}:
        points, reasons = points + ACCOUNT, [*reasons, "account"]
    other, names = name_key(movement.name), {name_key(one) for one in candidate.names} - {""}
    if other and other in names:
        points, reasons = points + NAME, [*reasons, "name"]
    elif other and any(one in other or other in one for one in names if min(len(one), len(other)) >= 2):
        points, reasons = points + LIKE_NAME, [*reasons, "like_name"]
    return Score(points, tuple(reasons))


def key(text: str) -> str:
    """Return letters and digits alone, small."""
    return NOT_WORD.sub("", text).lower()


def name_key(name: str) -> str:
    """Return a name without its legal form."""
    return LEGAL_FORMS.sub("", key(name))


def _any_in(numbers: Iterable[str], text: str) -> bool:
    """A number counts when it stands in the text and is long enough not to be there by chance."""
    searched = key(text)
    return any(len(key(number)) >= 5 and key(number) in searched for number in numbers)
