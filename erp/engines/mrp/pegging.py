"""Who gets what: two-pointer pegging per item, and from it possible dates, reasons and the demands behind an order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from erp.engines.mrp.pegged import groups_of
from erp.engines.mrp.problem import (
    MIXED,
    POOL,
    TO_STOCK,
    Demand,
    Need,
    Order,
    Output,
    Problem,
    Substitution,
    Verdict,
)
from erp.engines.mrp.run import Run

TOPS = 5


class Edge(NamedTuple):
    """``quantity`` of need number ``need`` comes from supply number ``supply``."""

    need: int
    supply: int
    quantity: int


def peg(needs: Sequence[int], supplies: Sequence[int]) -> list[Edge]:
    """Give supplies to needs in their order, both as quantities; what is left of a supply pegs to nothing (stock)."""
    edges = []
    supply, left = 0, supplies[0] if supplies else 0
    for need, quantity in enumerate(needs):
        wanted = quantity
        while wanted > 0 and supply < len(supplies):
            taken = min(wanted, left)
            if taken > 0:
                edges.append(Edge(need, supply, taken))
                wanted -= taken
                left -= taken
            if left == 0:
                supply += 1
                left = supplies[supply] if supply < len(supplies) else 0
    return edges


@dataclass(slots=True)
class Stock:
    """The free stock of an item: there today."""

    item: int
    quantity: int
    day: int
    finish: int
    blocker: None = None
    tops: tuple[tuple[int, int], ...] = ()
    more: bool = False


@dataclass(slots=True)
class Expected:
    """A receipt as a source: later than its date when the components of its work order are."""

    item: int
    quantity: int
    day: int
    finish: int
    components: list[Need] = field(default_factory=list)
    blocker: Need | None = None
    tops: tuple[tuple[int, int], ...] = ()
    more: bool = False


@dataclass(slots=True)
class Replaced:
    """Free stock of a substitute that stands in for the item: there today."""

    item: int
    quantity: int
    day: int
    finish: int
    substitute: int
    blocker: None = None
    tops: tuple[tuple[int, int], ...] = ()
    more: bool = False


Source = Stock | Expected | Order | Output | Replaced


@dataclass(slots=True)
class Extras:
    """What a run knows beside orders, by item: by-products, substitutions; and what receipts are to be raised by."""

    outputs: Sequence[Sequence[Output]] = ()
    substitutions: Sequence[Sequence[Substitution]] = ()
    raised: Mapping[int, int] = field(default_factory=dict)


class Pegging:
    """The edges of a plan, walked down for what an order is for, and up for when it can be there.

    needs  by item, in the order they are served.   edges  by item: number of the need there, number of the source.
    Of an item made to order, each demand draws from its own supply first, and never from another's.
    """

    def __init__(
        self,
        problem: Problem,
        needs: list[list[Need]],
        receipts: list[list[int]],
        orders: list[list[Order]],
        extras: Extras | None = None,
    ) -> None:
        self.problem = problem
        self.needs = needs
        self.extras = extras or Extras()
        self.expected: dict[int, Expected] = {}
        self.sources: list[list[Source]] = [[] for _ in problem.items]
        self.edges: list[list[Edge]] = [[] for _ in problem.items]
        for item in range(len(problem.items)):
            self._connect(item, receipts[item], orders[item])
        for item_needs in needs:
            for need in item_needs:
                owner = self._receipt_of(need)
                if owner is not None:
                    owner.components.append(need)

    def _connect(self, item: int, receipts: list[int], orders: list[Order]) -> None:
        """Lay out the sources of an item, and peg its needs to them: each group to its own, the rest to the pool."""
        own, today = self.problem.items[item], self.problem.today
        expected = [(self._expect(index), self.problem.receipts[index].group) for index in receipts]
        stock = Stock(item, own.free_stock, today, today)
        if own.order_policy == TO_STOCK:
            everything = [*(one for one, _group in expected), *orders, *self._others(item)]
            self._segment(item, range(len(self.needs[item])), [(stock, stock.quantity), *_in_time(everything)])
            return
        shared: list[tuple[Source, int]] = [(one, one.quantity) for one, group in expected if group == POOL]
        if own.order_policy == MIXED:
            shared.insert(0, (stock, stock.quantity))
        numbers: dict[int, list[int]] = {}
        for number, need in enumerate(self.needs[item]):
            numbers.setdefault(need.group, []).append(number)
        for group, needs in groups_of(self.needs[item]):
            supply: list[Source] = [one for one, of in expected if of == group]
            supply.extend(one for one in orders if one.group == group)
            lack = sum(need.quantity for need in needs) - sum(one.quantity for one in supply)
            self._segment(item, numbers[group], _in_time(supply, _portion(shared, lack)))
        rest = [*(one for one in orders if one.group == POOL), *self._others(item)]
        free = [(one, left) for one, left in shared if isinstance(one, Stock)]
        if own.order_policy != MIXED:
            free = [(stock, stock.quantity)]
        left = [(one, amount) for one, amount in shared if not isinstance(one, Stock)]
        self._segment(item, numbers.get(POOL, []), [*free, *_in_time(rest, left)])

    def _expect(self, index: int) -> Expected:
        receipt = self.problem.receipts[index]
        quantity = receipt.quantity + self.extras.raised.get(index, 0)
        expected = Expected(receipt.item, quantity, receipt.day, max(receipt.day, self.problem.today))
        self.expected[index] = expected
        return expected

    def _others(self, item: int) -> list[Source]:
        """By-products by day, then what substitutes replace on the day it is short."""
        found: list[Source] = []
        if self.extras.outputs:
            outputs: list[Output] = sorted(self.extras.outputs[item], key=lambda one: (one.day, one.rank))
            found.extend(outputs)
        if self.extras.substitutions:
            today = self.problem.today
            found.extend(
                Replaced(item, one.quantity, one.day, today, one.substitute) for one in self.extras.substitutions[item]
            )
        return found

    def _segment(self, item: int, numbers: Sequence[int], pieces: Sequence[tuple[Source, int]]) -> None:
        pieces = [(source, amount) for source, amount in pieces if amount > 0]
        base = len(self.sources[item])
        self.sources[item].extend(source for source, _amount in pieces)
        quantities = [self.needs[item][number].quantity for number in numbers]
        edges = peg(quantities, [amount for _source, amount in pieces])
        if base or not isinstance(numbers, range):
            edges = [Edge(numbers[need], base + supply, quantity) for need, supply, quantity in edges]
        self.edges[item].extend(edges)

    def _receipt_of(self, need: Need) -> Expected | None:
        if need.demand is None:
            return None
        receipt = self.problem.demands[need.demand].receipt
        return None if receipt is None else self.expected.get(receipt)

    def look_down(self, levels: Iterable[list[int]]) -> None:
        """Tell every source which independent demands it is for."""
        for level in levels:
            for item in level:
                for edge in self.edges[item]:
                    source = self.sources[item][edge.supply]
                    if isinstance(source, Order | Expected):
                        tops, more = self._tops(self.needs[item][edge.need])
                        merged = sorted(set(source.tops) | set(tops))
                        source.more = source.more or more or len(merged) > TOPS
                        source.tops = tuple(merged[:TOPS])

    def _tops(self, need: Need) -> tuple[tuple[tuple[int, int], ...], bool]:
        parent = need.order or self._receipt_of(need)
        if parent is not None and parent.tops:
            return parent.tops, parent.more
        if need.demand is None:
            return (), False
        return ((need.day, self.problem.demands[need.demand].key),), False

    def look_up(self, levels: Sequence[list[int]]) -> None:
        """From raw material upwards: when each source, and so each need, can be there."""
        for level in reversed(levels):
            for item in reversed(level):
                self._finish(item)
                for edge in self.edges[item]:
                    need, source = self.needs[item][edge.need], self.sources[item][edge.supply]
                    if need.worst is None or source.finish > need.there:
                        need.there, need.worst = source.finish, source

    def _finish(self, item: int) -> None:
        today, calendar = self.problem.today, self.problem.calendar
        lead = self.problem.items[item].lead_days
        for source in self.sources[item]:
            if not isinstance(source, Order | Expected):
                continue
            last = max(source.components, key=lambda need: need.there, default=None)
            if isinstance(source, Order):
                begin = max(source.start, today)
                if last is not None and last.there > begin:
                    begin, source.blocker = last.there, last
                takes = lead if source.lead is None else source.lead
                source.finish = begin if source.is_pass else calendar.later(begin, takes)
            elif last is not None and last.there > today:
                finish = calendar.later(last.there, lead)
                if finish > source.finish:
                    source.finish, source.blocker = finish, last

    def verdict(self, demand: Demand, need: Need | None, from_stock: int) -> Verdict:
        """Return when the demand can be met and what holds it up."""
        today = self.problem.today
        there = max(need.there if need is not None else 0, today if demand.reserved else 0)
        if there <= demand.day:
            return Verdict(demand.day, "on_time", None, from_stock)
        reason, item = self._why(need) if need is not None else ("overdue", demand.item)
        return Verdict(there, reason, item, from_stock)

    @staticmethod
    def _why(need: Need) -> tuple[str, int]:
        seen: set[int] = set()
        while True:
            source = need.worst
            if source is None or isinstance(source, Stock | Replaced):
                return "overdue", need.item
            if source.blocker is None or id(source) in seen:
                return _reason(source), need.item
            seen.add(id(source))
            need = source.blocker


def _reason(source: Source) -> str:
    if not isinstance(source, Order):
        return "late_supply"
    if source.is_pass:
        return "overdue"
    return "fence" if source.is_fenced else "lead_time"


def _in_time(sources: Iterable[Source], portions: Sequence[tuple[Source, int]] = ()) -> list[tuple[Source, int]]:
    """Return sources with their quantities by day; on one day stock, receipts, orders, by-products, substitutes."""
    pieces = [*portions, *[(source, source.quantity) for source in sources]]
    if len(pieces) > 1:
        pieces.sort(key=_when)
    return pieces


RANKS: dict[type[Source], int] = {Stock: 0, Expected: 1, Order: 2, Output: 3, Replaced: 4}


def _when(piece: tuple[Source, int]) -> tuple[int, int]:
    source = piece[0]
    if isinstance(source, Stock):
        return 0, 0
    return (source.due if isinstance(source, Order) else source.day), RANKS[type(source)]


def _portion(shared: list[tuple[Source, int]], lack: int) -> list[tuple[Source, int]]:
    """Take what is lacking from what is shared, in its order; ``shared`` keeps the rest."""
    taken: list[tuple[Source, int]] = []
    while lack > 0 and shared:
        source, left = shared[0]
        amount = min(lack, left)
        lack -= amount
        taken.append((source, amount))
        if amount == left:
            del shared[0]
        else:
            shared[0] = (source, left - amount)
    return taken


def judge(run: Run) -> list[Verdict | None]:
    """Fill what orders are for and when they can be there; return a verdict for each demand (None: nothing open)."""
    problem, needs = run.problem, run.needs
    extras = Extras(run.outputs, run.substitutions, run.raised)
    court = Pegging(problem, needs, run.receipts, run.orders, extras)
    court.look_down(run.levels)
    court.look_up(run.levels)
    need_of: dict[int, Need] = {}
    from_stock: dict[int, int] = {}
    for item, edges in enumerate(court.edges):
        for need in needs[item]:
            if need.demand is not None:
                need_of[need.demand] = need
        for edge in edges:
            need = needs[item][edge.need]
            if need.demand is not None and isinstance(court.sources[item][edge.supply], Stock):
                from_stock[need.demand] = from_stock.get(need.demand, 0) + edge.quantity
    return [
        court.verdict(demand, need_of.get(index), demand.reserved + from_stock.get(index, 0))
        if demand.quantity > 0 or demand.reserved > 0
        else None
        for index, demand in enumerate(problem.demands)
    ]
