"""Large answers without the garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected(*, has_circles: bool = True) -> Iterator[None]:
    """The garbage collector off: thousands of small objects live to the end, and it would walk them again and again.

    has_circles  False: none of them is in a circle, so that they end by themselves. Then they are at once among the old
                 ones, instead of all being walked when the collector is on again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not has_circles:
            gc.freeze()
            gc.unfreeze()
        if was_on:
            gc.enable()
