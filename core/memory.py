"""Memory of a process that does large work again and again: what it gave back is there for the next time."""

import ctypes

TRIM_THRESHOLD, MMAP_MAX, ARENA_MAX = -1, -4, -8
"""Numbers of the settings in glibc's malloc.h, see mallopt(3)."""


def hold_memory() -> bool:
    """Have memory that was given back kept in this process, one heap for all threads; return whether that is possible.

    Else each large array is a mapping of its own, which the kernel takes back and gives anew, page by page emptied:
    a third of the time of a large plan, more on a virtual machine that hands free pages to its host. The process stays
    as large as its largest work made it. Allocators without `mallopt` (other than that of GNU) stay as they are.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    # 0 mappings; -1 stands for never; each returns 1 where the allocator took it
    return all([mallopt(MMAP_MAX, 0), mallopt(TRIM_THRESHOLD, -1), mallopt(ARENA_MAX, 1)])
