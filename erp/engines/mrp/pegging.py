"""Who gets what: two-pointer pegging per item, and from it possible dates, reasons and the demands behind an order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from erp.engines.mrp.problem import Demand, Need, Order, Problem, Verdict

TOPS = 5


@dataclass(frozen=True, slots=True)
class Edge:
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


Source = Stock | Expected | Order


class Pegging:
    """The edges of a plan, walked down for what an order is for, and up for when it can be there.

    needs  by item, in the order they are served.   edges  by item: number of the need there, number of the source.
    """

    def __init__(
        self, problem: Problem, needs: list[list[Need]], receipts: list[list[int]], orders: list[list[Order]]
    ) -> None:
        self.problem = problem
        self.needs = needs
        self.expected: dict[int, Expected] = {}
        self.sources: list[list[Source]] = []
        for item in range(len(problem.items)):
            self.sources.append(self._sources_of(item, receipts[item], orders[item]))
        self.edges: list[list[Edge]] = [
            peg([need.quantity for need in needs[item]], [source.quantity for source in self.sources[item]])
            for item in range(len(problem.items))
        ]
        for item_needs in needs:
            for need in item_needs:
                owner = self._receipt_of(need)
                if owner is not None:
                    owner.components.append(need)

    def _sources_of(self, item: int, receipts: list[int], orders: list[Order]) -> list[Source]:
        today = self.problem.today
        timed: list[tuple[int, int, int, Source]] = []
        for number, index in enumerate(receipts):
            receipt = self.problem.receipts[index]
            expected = Expected(item, receipt.quantity, receipt.day, max(receipt.day, today))
            self.expected[index] = expected
            timed.append((receipt.day, 0, number, expected))
        timed.extend((order.due, 1, number, order) for number, order in enumerate(orders))
        timed.sort(key=lambda one: one[:3])
        sources: list[Source] = [one[3] for one in timed]
        free = self.problem.items[item].free_stock
        return [Stock(item, free, today, today), *sources] if free > 0 else sources

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
                    if not isinstance(source, Stock):
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
            for item in level:
                self._finish(item)
                for edge in self.edges[item]:
                    need, source = self.needs[item][edge.need], self.sources[item][edge.supply]
                    if need.worst is None or source.finish > need.there:
                        need.there, need.worst = source.finish, source

    def _finish(self, item: int) -> None:
        today, calendar = self.problem.today, self.problem.calendar
        lead = self.problem.items[item].lead_days
        for source in self.sources[item]:
            if isinstance(source, Stock):
                continue
            last = max(source.components, key=lambda need: need.there, default=None)
            if isinstance(source, Order):
                begin = max(source.start, today)
                if last is not None and last.there > begin:
                    begin, source.blocker = last.there, last
                source.finish = calendar.later(begin, lead)
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
            if source is None or isinstance(source, Stock):
                return "overdue", need.item
            if source.blocker is None or id(source) in seen:
                return ("lead_time" if isinstance(source, Order) else "late_supply"), need.item
            seen.add(id(source))
            need = source.blocker


def judge(
    problem: Problem,
    levels: Sequence[list[int]],
    needs: list[list[Need]],
    receipts: list[list[int]],
    orders: list[list[Order]],
) -> list[Verdict | None]:
    """Fill what orders are for and when they can be there; return a verdict for each demand (None: nothing open)."""
    court = Pegging(problem, needs, receipts, orders)
    court.look_down(levels)
    court.look_up(levels)
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
