"""A server under ten runs, reloads and closed tabs for a long time: what grows, and what is left behind.

    PYTHONPATH=tests:tests/e2e python -m tests.soak --runs 10 --minutes 30 --out soak.json

Each visitor opens Train, starts a run, looks on for a while, and then reloads, pauses and resumes, or closes the tab
for good, upon which another one comes. Once a minute the memory, threads and descriptors of the server and of its
children are taken down. In the end, after everybody has left, one more comes and goes, and what is still there is taken
down: what a visitor leaves in Python is collected when the next one comes.

Memory is a process's share of what is no file: with how many others it shares its libraries hangs on what else runs.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import shutil
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import psutil
from serving import Server, serve
from students import Student, student

from gan_core.processes.memory import PROC, megabytes

WARM_S = 300  # from which on growth counts: pictures and rows of a run are kept up to a bound
LOOKS_ON_S = (10, 90)
SETTLED_S = 60
# A page may take long to come back where much else goes on.
LIMITS = {"GAN_MAX_WORKERS": "1", "GAN_GRACE_SECONDS": "60"}


async def visitor(server: Server, number: int, done: asyncio.Event, counts: dict[str, int]) -> None:
    """One place that is always taken by somebody."""
    draw = random.Random(number)
    there: Student | None = None
    while not done.is_set():
        what = "runs" if there is None else draw.choice(["reload", "reload", "pause", "close"])
        number += 1000 if there is None else 0
        counts[what] += 1
        try:
            there = await _do(what, there, server, number)
        except TimeoutError:
            counts["unanswered"] += 1
            print(f"nothing came of {what} at seed {number}", flush=True)
            there = None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), draw.uniform(*LOOKS_ON_S))
    if there is not None:
        await there.close()


async def _do(what: str, there: Student | None, server: Server, number: int) -> Student | None:
    """Who is there afterwards."""
    try:
        if there is None:
            there = await student(server, number)
            await there.click("start")
            await there.until(lambda: there.pictures > 0)
        elif what == "reload":
            query = there.query
            await there.close()
            there = await student(server, number, query)
            if "run=" not in query:  # the page had not put it there yet: the run is left behind, and another begins
                await there.click("start")
            await there.until(lambda: there.pictures > 0)
        elif what == "pause" and "training" in there.state:
            await there.click("pause")
            await there.until(lambda: "paused" in there.state or "ended" in there.state)
            await there.click("start")
        elif what == "close":
            await there.close()
            return None
    except TimeoutError:
        if there is not None:
            await there.close()  # else the run would stay somebody's
        raise
    return there


def sample(server: Server) -> dict[str, float]:
    """Megabytes, threads and descriptors of the server, of the process that forks, of the workers together."""
    workers = server.workers()
    others = [one for one in server.process.children(recursive=True) if one not in workers]
    own = server.process
    return {
        "server MB": _held(own),
        "server threads": own.num_threads(),
        "server descriptors": own.num_fds(),
        "template MB": sum(map(_held, others)),
        "workers": len(workers),
        "a worker MB": median(map(_held, workers)) if workers else 0.0,
        "temporary folders": len([*server.folder.iterdir()]),
    }


def _held(process: psutil.Process) -> float:
    return megabytes(PROC / str(process.pid) / "smaps_rollup", "Pss_Anon") or 0.0  # of one that has ended, nothing


def _middles(values: list[float]) -> str:
    """The median of each sixth of the time: what fills up and then stays can be told from what grows on and on."""
    parts = min(6, len(values))
    cuts = [part * len(values) // parts for part in range(parts + 1)]
    return " -> ".join(f"{median(values[start:end]):.1f}" for start, end in pairwise(cuts))


async def soaked(server: Server, runs: int, minutes: float) -> dict[str, object]:
    done = asyncio.Event()
    counts = dict.fromkeys(("runs", "reload", "pause", "close", "unanswered"), 0)
    people = [asyncio.create_task(visitor(server, number, done, counts)) for number in range(runs)]
    samples: list[dict[str, float]] = []
    end = time.monotonic() + 60 * minutes
    await asyncio.sleep(min(WARM_S, 60 * minutes / 3))
    while time.monotonic() < end:
        samples.append(sample(server))
        await asyncio.wait([*people], timeout=min(60.0, 6 * minutes), return_when=asyncio.FIRST_EXCEPTION)
        for one in people:
            if one.done():
                one.result()
    done.set()
    await asyncio.gather(*people)
    await asyncio.sleep(int(LIMITS["GAN_GRACE_SECONDS"]) + SETTLED_S)
    last_one = await student(server, runs)
    await last_one.close()
    await asyncio.sleep(SETTLED_S)
    growth = {name: _middles([one[name] for one in samples]) for name in samples[0]}
    return {"minutes": minutes, "did": counts, "growth": growth, "left": sample(server), "samples": samples}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        with serve(folder / "server", kill=False, GAN_MAX_RUNS=str(2 * given.runs), **LIMITS) as server:
            found = asyncio.run(soaked(server, given.runs, given.minutes))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    given.out.write_text(json.dumps(found, indent=1))
    print(json.dumps({name: value for name, value in found.items() if name != "samples"}, indent=1))


if __name__ == "__main__":
    main()
