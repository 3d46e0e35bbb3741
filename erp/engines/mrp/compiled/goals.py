"""What orders and receipts are for: the first independent demands, handed down while planning goes on."""

from erp.engines.mrp.compiled.layout import (
    FIRST_RECEIPT,
    MORE,
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
            goals[at] = -1


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
        if owner >= 0 and goals[owner * WIDTH] >= 0:
            _hand_on(goals, place * WIDTH, owner * WIDTH)
        elif _add(goals, place * WIDTH, place * WIDTH, state.rank[demand]) < 0:
            goals[place * WIDTH + MORE] = 1


@lean
def _hand_on(goals: Array, first: int, parent: int) -> None:
    """Add the demands of a parent, which are in order, to those of a source."""
    is_more, at = goals[parent + MORE] == 1, first
    for number in range(parent, parent + TOPS):
        rank = goals[number]
        if rank < 0:
            break
        at = _add(goals, first, at, rank)
        if at < 0:
            is_more = True
            break
    if is_more:
        goals[first + MORE] = 1


@lean
def _add(goals: Array, first: int, at: int, rank: int) -> int:
    """Put a rank in its place at ``at`` or behind; return where it is, -1: there is no place left for it."""
    end = first + TOPS
    while at < end:
        known = goals[at]
        if known == rank:
            return at
        if known < 0:
            goals[at] = rank
            return at
        if rank < known:
            break
        at += 1
    if at == end:
        return -1
    if goals[end - 1] >= 0:
        goals[first + MORE] = 1
    for place in range(end - 1, at, -1):
        goals[place] = goals[place - 1]
    goals[at] = rank
    return at
