"""The needs of an item summed by day, and its pegging edges from them: nothing is listed and nothing sorted."""

from erp.engines.mrp.compiled.arithmetic import needed, ratio_of
from erp.engines.mrp.compiled.connecting import lay_sources
from erp.engines.mrp.compiled.gathering import NONE_YET
from erp.engines.mrp.compiled.layout import STOCK, Array, Given, Made, Records, Scratch, State, lean
from erp.engines.mrp.problem import NEVER


@lean
def sum_needs(given: Given, made: Made, scratch: Scratch, own: tuple[int, int, int]) -> None:
    """Add up what an item is needed for on each day; ``own``: item, the first day, the last one of interest."""
    item, low, until = own
    items, uses, demands = given.items, given.uses, given.demands
    mine = scratch.skips if items[item].phantom else scratch.days
    for number in range(items[item].first_demand, items[item + 1].first_demand):
        if demands[number].day <= until:
            mine[demands[number].day - low] += demands[number].quantity
    for use in range(items[item].first_use, items[item + 1].first_use):
        line = uses[use]
        if line.output:
            continue
        parent = items[line.parent]
        into = scratch.skips if line.skip else scratch.days
        where = (parent.first, parent.last, low, until)
        if not line.always or parent.latest >= NEVER:
            _sum_valid(made.pulls, into, line, (where, items[item].step, given.knobs.today))
        elif line.whole > 0 and 0 <= parent.most <= line.limit and until >= parent.latest:
            _sum_whole(made.pulls, into, line, where)
        else:
            _sum_line(made.pulls, into, line, (where, items[item].step, until < parent.latest))


@lean
def _sum_whole(pulls: Records, into: Array, line: Records, where: tuple[int, int, int, int]) -> None:
    """Add what a parent's orders, all of whole pieces, need by a line that takes whole pieces of them every day."""
    first, last, low, _until = where
    whole, fixed = line.whole, line.fixed
    for number in range(first, last):
        into[pulls[number].start - low] += pulls[number].quantity * whole + fixed


@lean
def _sum_line(pulls: Records, into: Array, line: Records, own: tuple[tuple[int, int, int, int], int, bool]) -> None:
    """Add what a parent's orders need by a line that is valid every day."""
    (first, last, low, until), step, is_cut = own
    ratio = ratio_of(line)
    for number in range(first, last):
        pull = pulls[number]
        if not is_cut or pull.start <= until:
            into[pull.start - low] += needed(ratio, pull.quantity, step)


@lean
def _sum_valid(pulls: Records, into: Array, line: Records, own: tuple[tuple[int, int, int, int], int, int]) -> None:
    (first, last, low, until), step, today = own
    ratio, bom, valid_from, valid_to = ratio_of(line), line.bom, line.valid_from, line.valid_to
    for number in range(first, last):
        pull = pulls[number]
        if pull.bom == bom and valid_from <= max(pull.start, today) < valid_to and pull.start <= until:
            into[pull.start - low] += needed(ratio, pull.quantity, step)


@lean
def list_sums(scratch: Scratch, low: int, span: int, with_skips: bool) -> int:
    """List the days on which something is needed, and clear the sums; return how many there are."""
    days, skips, daily, count = scratch.days, scratch.skips, scratch.daily, 0
    for at in range(span):
        normal, skipped = days[at], 0
        if with_skips:
            skipped = skips[at]
            skips[at] = 0
        if normal > 0 or skipped > 0:
            row = daily[count]
            row.day, row.normal, row.skipped, row.first, row.last = low + at, normal, skipped, 0, 0
            days[at] = 0
            count += 1
    return count


@lean
def edges_of(
    given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int, int]
) -> tuple[int, int]:
    """Peg the needs of an item to its sources, up to a day; return how many edges and sources there are.

    own  the item, its first day, how many listed days, the last day of interest.
    """
    item, low, days, until = own
    sources = lay_sources(given, made, scratch, (item, 0, (0, 0)))
    _lay_days(scratch, low, days, sources)
    return _give_all(given, made, state, scratch, (item, low, until, sources)), sources


@lean
def _lay_days(scratch: Scratch, low: int, days: int, count: int) -> None:
    """Find how much was needed before each day and which source comes first there; and when sources serve first."""
    sources, daily, end = scratch.sources, scratch.daily, 0
    for number in range(count):
        end += sources[number].quantity
        sources[number].end, sources[number].since = end, NONE_YET
    before = source = fresh = 0
    for row in range(days):
        at, after = daily[row].day - low, before + daily[row].normal + daily[row].skipped
        while source < count and sources[source].end <= before:
            source += 1
        scratch.at[at], scratch.source[at] = before, source
        while fresh < count and sources[fresh].end - sources[fresh].quantity < after:
            sources[fresh].since = daily[row].day
            fresh += 1
        before = after


@lean
def _give_all(given: Given, made: Made, state: State, scratch: Scratch, own: tuple[int, int, int, int]) -> int:
    item, low, until, sources = own
    items, uses, today = given.items, given.uses, given.knobs.today
    edges = _give_demands(given, state, scratch, (item, low, until, sources, 0), True)
    for use in range(items[item].first_use, items[item + 1].first_use):
        line, parent = uses[use], items[uses[use].parent]
        if not line.output:
            where = (parent.first, parent.last, low, until)
            is_whole = line.always and parent.latest < NEVER
            edges = _give_line(
                made.pulls, scratch, line, (where, items[item].step, today, use, is_whole, sources, edges)
            )
    return _give_demands(given, state, scratch, (item, low, until, sources, edges), False)


@lean
def _give_demands(
    given: Given, state: State, scratch: Scratch, own: tuple[int, int, int, int, int], early: bool
) -> int:
    item, low, until, sources, edges = own
    demands = given.demands
    for number in range(given.items[item].first_demand, given.items[item + 1].first_demand):
        demand = demands[number]
        if demand.early == early and demand.day <= until:
            at, index = demand.day - low, demand.index
            if scratch.source[at] == 0 and sources > 0 and scratch.sources[0].code == STOCK:
                state.from_stock[index] = min(demand.quantity, scratch.sources[0].end - scratch.at[at])
            edges = _give(scratch, (at, demand.quantity, -1 - index, -1), sources, edges)
    return edges


@lean
def _give_line(
    pulls: Records,
    scratch: Scratch,
    line: Records,
    own: tuple[tuple[int, int, int, int], int, int, int, bool, int, int],
) -> int:
    (first, last, low, until), step, today, use, is_whole, sources, edges = own
    ratio, bom, valid_from, valid_to = ratio_of(line), line.bom, line.valid_from, line.valid_to
    for number in range(first, last):
        pull = pulls[number]
        start = pull.start
        if start <= until and (is_whole or (pull.bom == bom and valid_from <= max(start, today) < valid_to)):
            edges = _give(scratch, (start - low, needed(ratio, pull.quantity, step), number, use), sources, edges)
    return edges


@lean
def _give(scratch: Scratch, need: tuple[int, int, int, int], count: int, edges: int) -> int:
    """Give a need what comes next on its day; ``need``: place of the day, quantity, parent, use."""
    at, quantity, parent, use = need
    source, begin = scratch.source[at], scratch.at[at]
    end = begin + quantity
    while begin < end and source < count:
        edge, given = scratch.edges[edges], scratch.sources[source]
        edge.parent, edge.use, edge.source, edge.day = parent, use, given.code, given.day
        edges += 1
        begin = min(end, given.end)
        if given.end <= end:
            source += 1
    scratch.at[at], scratch.source[at] = end, source
    return edges
