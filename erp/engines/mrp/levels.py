"""Low-level codes: the longest path from any top item, found by waves; a cycle is named."""

from collections.abc import Sequence


class BomCycle(ValueError):
    """An item contains itself. ``path`` are the items of one such circle, the first repeated at the end."""

    def __init__(self, path: list[int]) -> None:
        super().__init__(path)
        self.path = path


def low_level_codes(components: Sequence[set[int]]) -> list[list[int]]:
    """Return the items by level (0 = no parent), each item once, below all of its parents.

    components  for each item the items its bills of material name.

    Raises:
        BomCycle: an item is its own component, however deep.
    """
    parents_left = [0] * len(components)
    for below in components:
        for item in below:
            parents_left[item] += 1
    wave = [item for item, count in enumerate(parents_left) if count == 0]
    levels: list[list[int]] = []
    placed = 0
    while wave:
        levels.append(wave)
        placed += len(wave)
        following = []
        for parent in wave:
            for item in components[parent]:
                parents_left[item] -= 1
                if parents_left[item] == 0:
                    following.append(item)
        wave = sorted(following)
    if placed < len(components):
        raise BomCycle(_circle(components, {item for item, count in enumerate(parents_left) if count > 0}))
    return levels


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
