"""The line that says how busy a server is, against what runs in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading

import pytest
from live_runs import PATIENCE_S, QUICK, reach, trains

from gan_core.live import places, stats_line
from gan_core.live.limits import Limits, LimitsError
from gan_core.live.stats_line import Load
from gan_core.processes.processor_time import processor_s

LINE = re.compile(
    r"\d\d:\d\d:\d\d gan: visitors (\d+), training (\d+), waiting (\d+), in line (\d+), resting (\d+), steps/s (\d+), "
    r"(\d+) MB, (\d+)% of (\d+) cores\n"
)


class Heard:
    """Stands for stderr, and says when a line has come that fits."""

    def __init__(self, wanted) -> None:
        self.wanted, self.came = wanted, threading.Event()
        self.strange: list[str] = []

    def write(self, text: str) -> None:
        found = LINE.fullmatch(text)
        if found is None:
            self.strange.append(text)
        elif self.wanted([int(number) for number in found.groups()]):
            self.came.set()

    def flush(self) -> None:
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="memory and time of a process are known on Linux only")
def test_it_counts_people_runs_and_what_they_take(fresh, monkeypatch):
    def fits(numbers) -> bool:
        visitors, training, waiting, in_line, resting, steps, memory, share, cores = numbers
        runs = (training + waiting, in_line, resting) == (2, 1, 1) and training == 1
        return visitors == 2 and runs and steps > 0 and memory > 50 and 0 < share <= 100 and cores == os.cpu_count()

    monkeypatch.setattr(places, "RESTED_S", 1e9)  # else the one that rests makes room for the one in line
    heard = Heard(fits)
    registry = fresh(max_workers=1, max_runs=3, stats_s=0.5)
    rests = registry.start(QUICK, go=False)
    reach(registry, rests, lambda seen: seen.state == "paused")
    first, second = registry.start(QUICK), registry.start(QUICK)
    for run_id, session in ((first, "a tab"), (second, "another"), (rests, "a tab")):
        registry.attach(run_id, session)
    reach(registry, first, trains)
    reach(registry, second, trains)
    registry.start(QUICK)
    monkeypatch.setattr(sys, "stderr", heard)
    assert heard.came.wait(PATIENCE_S)
    registry.close()
    assert not heard.strange
    assert "gan-stats" not in {thread.name for thread in threading.enumerate()}


def test_what_is_not_known_is_said(monkeypatch):
    words = stats_line.line(Load(1, 0, 0, 0, 1, 0.0, ()), None, None)
    assert words.endswith("memory not known, cores not known")


@pytest.mark.skipif(sys.platform != "linux", reason="known on Linux only")
def test_the_time_of_a_process_is_what_the_system_counts():
    spent = processor_s(os.getpid())
    counted = sum(os.times()[:2])
    assert spent is not None and spent - 0.02 <= counted <= (processor_s(os.getpid()) or 0) + 0.02
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    assert processor_s(ended.pid) is None


def test_it_is_written_only_where_it_is_asked_for():
    assert Limits.from_environment({}).stats_s == 0
    assert Limits.from_environment({"GAN_STATS_SECONDS": "60"}).stats_s == 60
    with pytest.raises(LimitsError, match="GAN_STATS_SECONDS"):
        Limits.from_environment({"GAN_STATS_SECONDS": "often"})
