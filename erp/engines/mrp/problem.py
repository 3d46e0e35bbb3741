"""What the planner is given and what it answers."""

from dataclasses import dataclass, field
from typing import Any

from erp.engines.mrp.workdays import WorkingDays

MICRO = 1_000_000
"""Micro-units of one unit."""

NEVER = 3_652_059
"""The last ordinal there is (9999-12-31): the day of what is never needed or never there."""

LOT_FOR_LOT, FIXED_LOT, PERIOD, MIN_MAX = 0, 1, 2, 3
"""Lot policies: what is missing; lots of one size; the needs of so many days at once; up to the maximum stock."""

TO_STOCK, TO_ORDER, MIXED = 0, 1, 2
"""Order policies: pooled; each order its own supply; free stock first, then its own supply."""

POOL, ORPHAN = -1, -2
"""Groups that are no demand: supply for everybody, and supply pegged to a demand that is no more."""

OWN = -1
"""Of a demand: it is a group by itself (as arrays hold it; None in objects)."""


@dataclass(slots=True)
class Item:
    """One item to plan; quantities in micro-units of its stock unit, 0 = no such lot rule.

    free_stock  usable, not reserved for a demand.   step  the smallest quantity its unit knows (MICRO: whole pieces).
    lead_days   working days from release to receipt.   explodes  made from components (make or subcontract).
    good        what comes out of what was started, in millionths.   fence_days  days from today without new releases.
    lot_policy  with ``fixed_lot``, ``lot_days`` or ``max_stock``.   is_phantom  never made or kept for itself.
    """

    free_stock: int = 0
    safety_stock: int = 0
    lead_days: int = 0
    min_lot: int = 0
    lot_multiple: int = 0
    max_lot: int = 0
    step: int = MICRO
    explodes: bool = False
    lot_policy: int = LOT_FOR_LOT
    fixed_lot: int = 0
    lot_days: int = 0
    max_stock: int = 0
    good: int = MICRO
    fence_days: int = 0
    order_policy: int = TO_STOCK
    is_phantom: bool = False


@dataclass(slots=True)
class Substitute:
    """What may replace a component: ``ratio`` millionths of it for one; lower ranks first; valid [from, to)."""

    item: int
    ratio: int = MICRO
    rank: int = 1
    valid_from: int = 0
    valid_to: int = NEVER


@dataclass(slots=True)
class BomLine:
    """A component: ``quantity`` per the quantity of the BOM, scrap as millionths (5 % = 50,000), valid [from, to).

    fixed      scrapped once per order.   is_skipped  its own components are used in its place.
    is_output  no component: it comes out beside the main product.   number  its place among all lines (set by the run).
    group      lines of a bill with one number above 0 are replaced together, by all their substitutes of one rank; a
               line may have none of it (others stand for it), or several.
    is_joint   an output that is a co-product: what is short of it may start an order.
    """

    component: int
    quantity: int
    scrap: int = 0
    valid_from: int = 0
    valid_to: int = NEVER
    fixed: int = 0
    is_skipped: bool = False
    is_output: bool = False
    group: int = 0
    is_joint: bool = False
    substitutes: tuple[Substitute, ...] = ()
    number: int = 0


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
    priority    of demands on one day the lower goes first; ``key`` breaks the tie; forecasts go after all others.
    group       of an item made to order: the demand (its index) whose supply it shares, as all demands of one project
                share that of the first; None: it has supply of its own.
    """

    key: int
    item: int
    day: int
    quantity: int
    priority: int = 0
    reserved: int = 0
    receipt: int | None = None
    is_forecast: bool = False
    group: int | None = None


@dataclass(slots=True)
class Receipt:
    """Existing supply: an open purchase, requisition or work order, at its own date; ``fixed``: no advice is given.

    group  the demand (its index) it is hard-pegged to, POOL, or ORPHAN: pegged to one that is no more.
    """

    key: int
    item: int
    day: int
    quantity: int
    fixed: bool = False
    group: int = POOL


@dataclass(slots=True)
class Move:
    """A planned order that somebody moved: that of ``item`` with this due day, sequence and quantity starts on
    ``start`` and takes ``lead`` working days; its components are needed then. Where none is planned, nothing moves.
    """

    item: int
    due: int
    sequence: int
    quantity: int
    start: int
    lead: int


@dataclass(slots=True)
class Rules:
    """The settings of the company (erp.models.PlanningSettings); a component's need has ``dependent_priority``.

    reschedule_days    how much later than needed supply may come to be pulled in; -1: never, it counts on its own date.
    increase_days      a purchase due within so many days of a shortage is raised instead of another order; -1: never.
    net_phantoms       stock of a phantom or skipped component is used before its own components.
    substitute_partly  a substitute may cover part of a shortage; else it covers all of a day's or nothing.
    joint_orders       a co-product that is short starts an order of its main product.
    """

    dependent_priority: int = 0
    yield_scrap: bool = False
    reschedule_days: int = 30
    dampener_days: int = 0
    increase_days: int = -1
    net_phantoms: bool = True
    substitute_partly: bool = True
    joint_orders: bool = False


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
    moves: list[Move] = field(default_factory=list)


@dataclass(slots=True)
class Need:
    """A requirement of one item on one day, by the demand of that index or as a component of a planned order.

    there  the day all of it can be there.   worst  the supply that comes last (an Order, a receipt's state or stock).
    group  the demand whose own supply it must be, else POOL.   is_skip  what stock does not cover is exploded at once.
    substitutes  what may replace it.   is_forecast  served after all others of its day.
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
    group: int = POOL
    is_skip: bool = False
    is_forecast: bool = False
    substitutes: tuple[Substitute, ...] = ()


@dataclass(slots=True)
class Order:
    """A planned order. ``need`` is the day it is missed, ``due`` the working day on or before, ``start`` its release.

    is_pass    no order at all: a phantom or skipped level, replaced by its components the same day.
    is_fenced  moved to the end of the item's fence.   group  the demand whose own supply it is, else POOL.

    finish      the day it can really be there, its components and today considered; ``finish > need``: late.
    tops        (day, key) of the first independent demands it is for; ``more`` when there are others.
    components  what it needs of its components.   blocker  the one it waits for, None when its own lead time decides.
    lead        working days it takes where somebody moved it, else those of its item.
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
    group: int = POOL
    is_pass: bool = False
    is_fenced: bool = False
    lead: int | None = None


@dataclass(slots=True)
class Output:
    """A co- or by-product of a planned order: supply of ``item`` on the day the order is due, never before today."""

    item: int
    quantity: int
    day: int
    order: Order
    rank: tuple[int, ...]
    finish: int = 0
    tops: tuple[tuple[int, int], ...] = ()
    more: bool = False
    blocker: None = None


@dataclass(slots=True)
class Substitution:
    """Free stock of ``substitute`` that stands in for ``quantity`` of ``item`` short on ``day``."""

    item: int
    substitute: int
    day: int
    quantity: int
    used: int


@dataclass(slots=True)
class Advice:
    """A proposal for existing supply (its index): expedite or defer to ``day``, more or less by ``surplus``."""

    receipt: int
    kind: str
    day: int
    surplus: int = 0


EXPEDITE, DEFER, INCREASE, DECREASE, CANCEL = "expedite", "defer", "increase", "decrease", "cancel"


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
    substitutions: list[Substitution] = field(default_factory=list)

    def all_orders(self) -> list[Order]:
        """Return all orders by item and due date."""
        return [order for orders in self.orders for order in orders]
