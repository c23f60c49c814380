"""What nobody holds goes, without another look at all that is there for good, and threads share a few heaps."""

from __future__ import annotations

import gc
import platform
import subprocess
import sys
import threading
import weakref

import pytest

from gan_core.processes import garbage

# How many heaps malloc_info(3) counts while twenty threads hold something that it has given them.
HEAPS = """
import ctypes, sys, tempfile, threading
from gan_core.processes import garbage
if sys.argv[1] == "shared":
    garbage.collect()
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


class Ring:
    """Holds itself."""

    def __init__(self) -> None:
        self.ring = self


MANY = 50_000


def test_rings_that_nobody_holds_are_gone() -> None:
    garbage.collect()
    gone, held = weakref.ref(Ring()), Ring()
    kept = [Ring() for _ in range(MANY)]
    garbage.collect()
    assert gone() is None
    assert held.ring is held
    assert len(kept) == MANY


def test_what_was_there_at_first_is_set_apart_then_and_only_then() -> None:
    garbage.collect()
    apart = gc.get_freeze_count()
    kept = [Ring() for _ in range(MANY)]
    garbage.collect()
    assert len(kept) == MANY
    assert 0 < gc.get_freeze_count() <= apart


def test_where_little_is_new_nothing_is_looked_at() -> None:
    garbage.collect()
    gc.collect()
    collections = gc.get_stats()[2]["collections"]
    garbage.collect()
    assert gc.get_stats()[2]["collections"] == collections


def test_who_has_it_collected_does_not_wait_for_it() -> None:
    class Slow(Ring):
        def __del__(self) -> None:
            begun.set()
            told_in_time.append(ended.wait(20))

    begun, ended, told_in_time = threading.Event(), threading.Event(), list[bool]()
    garbage.collect()
    kept = [Ring() for _ in range(MANY)]
    gc.disable()  # else this thread might come upon it first
    try:
        Slow()
        garbage.collect_meanwhile()
        assert begun.wait(60)
        assert len(kept) == MANY
    finally:
        ended.set()
        gc.enable()
    for thread in threading.enumerate():
        if thread.name == "garbage":
            thread.join()
    assert told_in_time == [True]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has a heap for each thread")
def test_threads_share_a_few_heaps() -> None:
    def heaps(how: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", HEAPS, how], capture_output=True, text=True, timeout=120, check=True
        )
        return int(done.stdout)

    assert heaps("own") > garbage.HEAPS >= heaps("shared")
