"""What the planner is given and what it answers."""

from dataclasses import dataclass, field
from typing import Any

from erp.engines.mrp.workdays import WorkingDays

MICRO = 1_000_000
"""Micro-units of one unit."""

NEVER = 3_652_059
"""The last ordinal there is (9999-12-31): the day of what is never needed or never there."""


@dataclass(slots=True)
class Item:
    """One item to plan; quantities in micro-units of its stock unit, 0 = no such lot rule.

    free_stock  usable, not reserved for a demand.   step  the smallest quantity its unit knows (MICRO: whole pieces).
    lead_days   working days from release to receipt.   explodes  made from components (make or subcontract).
    """

    free_stock: int = 0
    safety_stock: int = 0
    lead_days: int = 0
    min_lot: int = 0
    lot_multiple: int = 0
    max_lot: int = 0
    step: int = MICRO
    explodes: bool = False


@dataclass(slots=True)
class BomLine:
    """A component: ``quantity`` per the quantity of the BOM, scrap as millionths (5 % = 50,000), valid [from, to)."""

    component: int
    quantity: int
    scrap: int = 0
    valid_from: int = 0
    valid_to: int = NEVER


@dataclass(slots=True)
class Bom:
    """A released bill of material of ``item``, valid [from, to)."""

    item: int
    quantity: int
    lines: list[BomLine]
    valid_from: int = 0
    valid_to: int = NEVER


@dataclass(slots=True)
class Demand:
    """An independent demand, or (with ``receipt``) a component of a work order, which is that receipt's own supply.

    quantity    open and not reserved.  reserved  held in stock for this demand already.
    priority    of demands on one day the lower goes first; ``key`` breaks the tie.
    """

    key: int
    item: int
    day: int
    quantity: int
    priority: int = 0
    reserved: int = 0
    receipt: int | None = None


@dataclass(slots=True)
class Receipt:
    """Existing supply: an open purchase, requisition or work order, at its own date; ``fixed``: no advice is given."""

    key: int
    item: int
    day: int
    quantity: int
    fixed: bool = False


@dataclass(slots=True)
class Rules:
    """The settings of the company (erp.models.PlanningSettings); a component's need has ``dependent_priority``."""

    dependent_priority: int = 0
    yield_scrap: bool = False
    reschedule_days: int = 30
    dampener_days: int = 0


@dataclass(slots=True)
class Problem:
    """A snapshot: everything a plan follows from."""

    today: int
    items: list[Item]
    boms: list[Bom] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)
    calendar: WorkingDays = field(default_factory=WorkingDays.every_day)


@dataclass(slots=True)
class Need:
    """A requirement of one item on one day, by the demand of that index or as a component of a planned order.

    there  the day all of it can be there.   worst  the supply that comes last (an Order, a receipt's state or stock).
    """

    item: int
    day: int
    quantity: int
    priority: int
    rank: tuple[int, ...]
    demand: int | None = None
    order: "Order | None" = None
    there: int = 0
    worst: Any = None


@dataclass(slots=True)
class Order:
    """A planned order. ``need`` is the day it is missed, ``due`` the working day on or before, ``start`` its release.

    finish      the day it can really be there, its components and today considered; ``finish > need``: late.
    tops        (day, key) of the first independent demands it is for; ``more`` when there are others.
    components  what it needs of its components.   blocker  the one it waits for, None when its own lead time decides.
    """

    item: int
    sequence: int
    need: int
    due: int
    start: int
    quantity: int
    past_due: bool
    for_safety: bool
    has_bom: bool = True
    finish: int = 0
    tops: tuple[tuple[int, int], ...] = ()
    more: bool = False
    components: list[Need] = field(default_factory=list)
    blocker: Need | None = None


@dataclass(slots=True)
class Advice:
    """A proposal for the existing supply ``receipt`` (its index): expedite or defer to ``day``, reduce, cancel."""

    receipt: int
    kind: str
    day: int
    surplus: int = 0


EXPEDITE, DEFER, DECREASE, CANCEL = "expedite", "defer", "decrease", "cancel"


@dataclass(slots=True)
class Verdict:
    """When all of a demand can be there and why not earlier.

    reason  on_time, overdue (its day has passed, the goods are there), lead_time (too little time to buy or make
            ``item``), late_supply (existing supply of ``item`` comes late).
    """

    day: int
    reason: str
    item: int | None
    from_stock: int


@dataclass(slots=True)
class Plan:
    """The answer: orders by item (by due date), advice, a verdict per demand, make items without a valid BOM."""

    orders: list[list[Order]]
    advice: list[Advice]
    verdicts: list[Verdict | None]
    levels: list[list[int]]
    without_bom: list[int]

    def all_orders(self) -> list[Order]:
        """Return all orders by item and due date."""
        return [order for orders in self.orders for order in orders]
