"""What glibc does with memory that is free again: a terminal runs for months beside nothing else.

By default every thread gets an arena of its own and freed pages stay with the process; a dozen
threads and pictures that come and go cost some 25 MB that way (measured with ``tools.bench``).
"""

from __future__ import annotations

import ctypes

# mallopt(3)
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_SMALL = 128 * 1024


def return_memory_early() -> None:
    """One arena for all threads, and pages go back soon. Without glibc nothing happens."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_TRIM_THRESHOLD, _SMALL)
        mallopt(_M_MMAP_THRESHOLD, _SMALL)
