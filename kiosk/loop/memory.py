"""Memory of a program that runs for months beside nothing else.

glibc: by default every thread gets an arena of its own and freed pages stay with the process; a
dozen threads and pictures that come and go cost some 25 MB that way (measured with
``tools.bench``).

Python: its collector walks through everything that was ever loaded, again and again. While the
program loads nothing can be freed, and what is loaded stays for good: neither is worth a walk
during which nobody's touch is answered.
"""

from __future__ import annotations

import ctypes
import gc

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


def return_unused() -> None:
    """Give back what lies between other things too, a few milliseconds of work. Any thread."""
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is not None:
        malloc_trim(0)


def load_without_collecting() -> None:
    """No collection from here to :func:`keep_what_is_loaded`."""
    gc.disable()


def keep_what_is_loaded() -> None:
    """Collect once; then leave everything that is there out of every collection to come."""
    gc.collect()
    gc.freeze()
    gc.enable()
