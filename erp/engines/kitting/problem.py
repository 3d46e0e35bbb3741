"""What a kit check is given and what it answers; quantities are whole micro-units, days are ordinals."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from erp.engines.mrp.problem import MICRO
from erp.engines.mrp.workdays import WorkingDays


class Policy(StrEnum):
    """Who gets what is short: the first takes all it can use, or only what completes whole sets."""

    GREEDY = "greedy"
    NO_HOARDING = "no_hoarding"


@dataclass(slots=True)
class Source:
    """A quantity of an item that is there on a day: stock (``key`` None) or an expected receipt."""

    item: Any
    day: int
    quantity: int
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Substitute:
    """Another item that serves: ``ratio`` millionths of it stand for one unit of the main item."""

    item: Any
    ratio: int = MICRO
    step: int = MICRO
    rank: int = 1


@dataclass(slots=True)
class Component:
    """One material line of an order: required in all, issued already, kept in stock for it (``reserved``).

    need         what is still to be issued.
    group        lines of one group are replaced together, by all that ``together`` has of one rank: of a line there may
                 be none of it, or several.
    is_critical  counts for the kit; a line that does not (auxiliary material) only takes what is left for it.
    """

    key: Hashable
    item: Any
    required: int
    issued: int = 0
    reserved: int = 0
    step: int = MICRO
    is_critical: bool = True
    substitutes: tuple[Substitute, ...] = ()
    group: Hashable = None
    together: tuple[Substitute, ...] = ()
    need: int = field(init=False)

    def __post_init__(self) -> None:
        self.need = max(0, self.required - self.issued)


@dataclass(frozen=True, slots=True)
class Part:
    """A component of a sub-assembly: ``quantity`` goes into the recipe's quantity; scrap in millionths."""

    item: Any
    quantity: int
    scrap: int = 0
    step: int = MICRO
    substitutes: tuple[Substitute, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a sub-assembly is made, and how many working days that takes once its parts are there."""

    quantity: int
    parts: tuple[Part, ...]
    lead_days: int = 0
    step: int = MICRO


@dataclass(slots=True)
class Order:
    """An order to check; they are served by (priority, start, key). ``step`` is the smallest quantity of a kit."""

    key: int
    quantity: int
    start: int
    components: Sequence[Component]
    priority: int = 0
    step: int = MICRO


@dataclass(frozen=True, slots=True)
class Stores:
    """What there is to share out: sources, how sub-assemblies are made (empty: they are not), the calendar.

    until  the last day of receipts that count for the kit (``today``: only what is there).
    """

    today: int
    until: int
    sources: Sequence[Source]
    recipes: Mapping[Any, Recipe] = field(default_factory=dict)
    calendar: WorkingDays = field(default_factory=WorkingDays.every_day)
    yield_scrap: bool = False


@dataclass(slots=True)
class Taking:
    """A part of one source that a line gets; of a substitute or a part of a sub-assembly in that item's own unit."""

    source: Source
    quantity: int


@dataclass(slots=True)
class Cover:
    """What one line gets, in its own unit: ``ready`` of its need in time, the rest on ``day`` (None: never).

    ready    from stock (what is kept for it included), receipts, substitutes and making, as far as it was taken.
    within   what it could have in time, taken or left to others.
    """

    component: Component
    ready: int = 0
    within: int = 0
    from_stock: int = 0
    from_receipts: int = 0
    from_substitutes: int = 0
    from_making: int = 0
    day: int | None = None
    takings: list[Taking] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Return what of the need is not ready in time."""
        return self.component.need - self.ready

    @property
    def is_full(self) -> bool:
        """Return whether all of the need can be had in time."""
        return self.within >= self.component.need


@dataclass(slots=True)
class Kit:
    """The answer for one order: ``quantity`` kits (issued material counts) in time, all of them on ``day``.

    day       None: something has no supply.   blocking  the line all wait for, None when the kit is complete.
    """

    order: Order
    covers: list[Cover]
    quantity: int
    day: int | None
    blocking: Cover | None

    @property
    def is_complete(self) -> bool:
        """Return whether every kit can be made in time."""
        return self.quantity >= self.order.quantity

    @property
    def lines(self) -> tuple[int, int]:
        """Return how many of the lines that count are full, and how many there are."""
        counted = [one for one in self.covers if one.component.is_critical]
        return sum(one.is_full for one in counted), len(counted)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An order that gets ``quantity`` of a receipt; ``completes``: it is the last thing the order waits for."""

    order: Order
    component: Component
    quantity: int
    completes: bool
