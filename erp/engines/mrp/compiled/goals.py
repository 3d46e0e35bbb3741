"""What orders and receipts are for: the first independent demands, handed down while planning goes on."""

from erp.engines.mrp.compiled.layout import (
    FIRST_RECEIPT,
    MORE,
    NO_RANK,
    SINCE,
    TOPS,
    WIDTH,
    Array,
    Records,
    Scratch,
    State,
    lean,
)


@lean
def place_of(receipts: int, source: int) -> int:
    """Return the place of a receipt, or behind all receipts of an order; -1 for other sources."""
    if source >= 0:
        return receipts + source
    return FIRST_RECEIPT - source if source <= FIRST_RECEIPT else -1


@lean
def begin_goals(goals: Array, first: int, last: int, receipts: int) -> None:
    """Say of orders that they are for nothing yet."""
    if len(goals) > 0:
        for at in range((receipts + first) * WIDTH, (receipts + last) * WIDTH):
            goals[at] = NO_RANK


@lean
def note_since(goals: Array, scratch: Scratch, sources: int, receipts: int) -> None:
    """Write down on which day the sources of an item serve first."""
    for number in range(sources):
        place = place_of(receipts, scratch.sources[number].code)
        if place >= 0:
            goals[place * WIDTH + SINCE] = scratch.sources[number].since


@lean
def look_down(edges: Records, goals: Array, state: State, own: tuple[int, int, int]) -> None:
    """Tell the sources of an item which demands they are for; ``own``: its first and last edge, how many receipts."""
    first, last, receipts = own
    for number in range(first, last):
        edge = edges[number]
        place = place_of(receipts, edge.source)
        if place < 0:
            continue
        parent, demand = edge.parent, -1 - edge.parent
        if parent >= 0:
            _hand_on(goals, place * WIDTH, (receipts + parent) * WIDTH)
            continue
        owner = state.owner[demand]
        if owner >= 0 and goals[owner * WIDTH] != NO_RANK:
            _hand_on(goals, place * WIDTH, owner * WIDTH)
        else:
            _add(goals, place * WIDTH, state.rank[demand])


@lean
def _hand_on(goals: Array, first: int, parent: int) -> None:
    """Merge the demands of a parent, which are in order, with those of a source, without a branch to guess wrong."""
    if goals[parent + MORE] == 1:
        goals[first + MORE] = 1
    if goals[parent] > goals[first + TOPS - 1]:
        if goals[parent] != NO_RANK:
            goals[first + MORE] = 1
        return
    one, a, b = _least(goals, first, parent)
    two, a, b = _least(goals, a, b)
    three, a, b = _least(goals, a, b)
    four, a, b = _least(goals, a, b)
    five, a, b = _least(goals, a, b)
    if (a < first + TOPS and goals[a] != NO_RANK) or (b < parent + TOPS and goals[b] != NO_RANK):
        goals[first + MORE] = 1
    goals[first], goals[first + 1], goals[first + 2], goals[first + 3] = one, two, three, four
    goals[first + 4] = five


@lean
def _least(goals: Array, a: int, b: int) -> tuple[int, int, int]:
    """Return the lower of two ranks, and where to go on in both lists."""
    x, y = goals[a], goals[b]
    return min(x, y), a + (x <= y), b + (y <= x)


@lean
def _add(goals: Array, first: int, rank: int) -> None:
    """Put a rank in its place."""
    end, at = first + TOPS, first
    while at < end and goals[at] < rank:
        at += 1
    if at == end or (goals[at] != rank and goals[end - 1] != NO_RANK):
        goals[first + MORE] = 1
    if at == end or goals[at] == rank:
        return
    for place in range(end - 1, at, -1):
        goals[place] = goals[place - 1]
    goals[at] = rank


@lean
def close_goals(goals: Array, place: int) -> None:
    """Say -1 where there are no more demands, when all is handed on."""
    for at in range(place * WIDTH, place * WIDTH + TOPS):
        if goals[at] == NO_RANK:
            goals[at] = -1
