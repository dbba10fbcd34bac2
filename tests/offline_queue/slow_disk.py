"""Counting and slowing the C library's fsync for everything in a process, by ``LD_PRELOAD``."""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path

SLOW_FSYNC_S = 0.002

_SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

static atomic_long count;

static void slow(void) {
    const char *text = getenv("FSYNC_DELAY_US");
    long us = text ? atol(text) : 0;
    struct timespec wait = { us / 1000000, (us % 1000000) * 1000 };
    atomic_fetch_add(&count, 1);
    if (us > 0) nanosleep(&wait, NULL);
}

long fsyncs_so_far(void) { return atomic_load(&count); }

int fsync(int fd) {
    slow();
    return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
    slow();
    return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
"""


def slow_library(folder: Path) -> Path:
    """Build the library; the delay is in the environment as ``FSYNC_DELAY_US``."""
    source, library = folder / "fsync.c", folder / "fsync.so"
    source.write_text(_SOURCE)
    subprocess.run(
        ["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True
    )
    return library


def counted_fsyncs() -> int:
    """How many syncs this process has asked for; 0 when the library is not in it."""
    if not os.environ.get("LD_PRELOAD"):
        return 0
    counter = ctypes.CDLL(None).fsyncs_so_far
    counter.restype = ctypes.c_long
    return int(counter())
