"""Low-level codes: the longest path from any top item, found by waves; a cycle is named."""

from collections.abc import Sequence


class BomCycle(ValueError):
    """An item contains itself. ``path`` are the items of one such circle, the first repeated at the end."""

    def __init__(self, path: list[int]) -> None:
        super().__init__(path)
        self.path = path


def low_level_codes(components: Sequence[set[int]], wishes: Sequence[set[int]] = ()) -> list[list[int]]:
    """Return the items by level (0 = no parent), each item once, below all of its parents.

    components  for each item the items its bills of material name.
    wishes      for each item those that should be planned after it (by-products, what it may replace); where they make
                a circle they are let go.

    Raises:
        BomCycle: an item is its own component, however deep.
    """
    if any(wishes):
        levels, left = _waves([below | after for below, after in zip(components, wishes, strict=True)])
        if not left:
            return levels
        kept = [
            below | {item for item in after if number not in left or item not in left}
            for number, (below, after) in enumerate(zip(components, wishes, strict=True))
        ]
        levels, left = _waves(kept)
        if not left:
            return levels
    levels, left = _waves(components)
    if left:
        raise BomCycle(_circle(components, left))
    return levels


def _waves(components: Sequence[set[int]]) -> tuple[list[list[int]], set[int]]:
    """Return the levels, and the items that never became free of parents."""
    parents_left = [0] * len(components)
    for below in components:
        for item in below:
            parents_left[item] += 1
    wave = [item for item, count in enumerate(parents_left) if count == 0]
    levels: list[list[int]] = []
    while wave:
        levels.append(wave)
        following = []
        for parent in wave:
            for item in components[parent]:
                parents_left[item] -= 1
                if parents_left[item] == 0:
                    following.append(item)
        wave = sorted(following)
    return levels, {item for item, count in enumerate(parents_left) if count > 0}


def _circle(components: Sequence[set[int]], left: set[int]) -> list[int]:
    """Walk upwards from any item left over: each has a parent left over, so the walk must meet itself."""
    parents: dict[int, int] = {}
    for parent in sorted(left):
        for item in components[parent] & left:
            parents.setdefault(item, parent)
    path = [min(left)]
    seen = {path[0]: 0}
    while True:
        parent = parents[path[-1]]
        if parent in seen:
            circle = [*path[seen[parent] :], parent]
            return circle[::-1]
        seen[parent] = len(path)
        path.append(parent)
