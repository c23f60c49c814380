"""Threads share a few heaps, and what is free at the end of a heap is given back."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from gan_core.processes import heaps

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has a heap for each thread")

# How many heaps malloc_info(3) counts while twenty threads hold something that it has given them.
COUNTED = """
import ctypes, sys, tempfile, threading
from gan_core.processes import heaps
if sys.argv[1] == "small":
    heaps.keep_small()
there, done = threading.Barrier(21), threading.Event()
def hold():
    held = bytes(100_000)
    there.wait()
    done.wait()
threads = [threading.Thread(target=hold) for _ in range(20)]
for thread in threads:
    thread.start()
there.wait()
c = ctypes.CDLL(None)
c.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    told = ctypes.c_void_p(c.fopen(file.name.encode(), b"w"))
    c.malloc_info(0, told)
    c.fclose(told)
    print(file.read().count(b"<heap nr="))
done.set()
"""

# Megabytes that are kept of 20, which a thread needed for a moment, after something larger had come and gone.
KEPT = """
import sys, threading
from pathlib import Path
from gan_core.processes import heaps
from gan_core.processes.memory import megabytes
if sys.argv[1] == "small":
    heaps.keep_small()
def held():
    return megabytes(Path("/proc/self/smaps_rollup"), "Pss_Anon")
needed, done = threading.Event(), threading.Event()
def need():
    many = [None] * 200
    for number in range(200):
        many[number] = bytearray(100_000)
    del many
    needed.set()
    done.wait()
larger = bytearray(30_000_000)
del larger
before = held()
thread = threading.Thread(target=need)
thread.start()
needed.wait()
print(held() - before)
done.set()
"""


def _told(program: str, how: str) -> float:
    done = subprocess.run([sys.executable, "-c", program, how], capture_output=True, text=True, timeout=120, check=True)
    return float(done.stdout)


def test_threads_share_a_few_heaps() -> None:
    assert _told(COUNTED, "large") > heaps.HEAPS >= _told(COUNTED, "small")


def test_what_was_needed_for_a_moment_is_given_back() -> None:
    assert _told(KEPT, "large") > 15
    assert _told(KEPT, "small") < 3
