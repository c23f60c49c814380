"""How much memory the C library keeps for the threads of a server that lives long.

glibc gives each new thread a heap of its own, up to eight a core. Of each it gives back what is free at the end, but
only from a size on that grows with the largest thing that was ever freed. Beside ten runs that left thirty
megabytes that nobody used.
"""

from __future__ import annotations

import ctypes
import platform

HEAPS = 2
FREE = 128 * 1024  # bytes: with what glibc itself begins
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # mallopt(3)


def keep_small() -> None:
    """Let threads share the heaps that there are, or HEAPS, from now on, and give back what is free at a heap's end
    once it is more than FREE.

    Before many come, since glibc makes up its mind about the heaps when there are more than eight.
    """
    if platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, HEAPS)
        library.mallopt(_M_TRIM_THRESHOLD, FREE)
        library.mallopt(_M_MMAP_THRESHOLD, FREE)
