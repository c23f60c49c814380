"""How fast the engine is: as ratios against a tutorial's loop, all variants in turn within one run.

Ratios are of steps a second. Within this process the clock is its processor time, which other programs lengthen
less; a round of one variant follows at once on that of the other, and the median is over the rounds.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace

import torch

from gan_core.commands.floor import floor_of
from gan_core.commands.plain_loop import plain_loop
from gan_core.commands.recognisable import recognisable
from gan_core.data.images import Images
from gan_core.engine import take_frame
from gan_core.engine.drive import drive
from gan_core.engine.light_torch import defer_compiler
from gan_core.engine.trainer import Trainer
from gan_core.engine.training_data import load_images
from gan_core.live.registry import registry
from gan_core.processes.inside_child import give_way
from gan_core.settings.experiment import Experiment
from gan_core.worker.loop import FRAME_S, FRAME_SHARE

DEFAULT = Experiment(steps=1_000_000)
DOCUMENT_MLP = Experiment(architecture="document-mlp", batch_size=128, steps=1_000_000)
# The playground's own convolutional networks (64-32-c maps, 32-64 in D) as tutorials build them: transposed
# convolutions with kernel 4, BatchNorm in both, 32x32.
SMALL_DCGAN = Experiment(architecture="dcgan", upsample="transpose4", norm_d="batch", image_size=32, steps=1_000_000)
COMPARED = {
    "default, batch 64": DEFAULT,
    "documents' MLP, batch 128": DOCUMENT_MLP,
    "DCGAN 32x32, batch 64": SMALL_DCGAN,
}


@dataclass(frozen=True)
class Ratio:
    """How fast a variant is, in units of the loop it is compared with."""

    what: str  # the variant
    against: str  # the loop
    speed: float  # the median over the rounds
    lowest: float
    highest: float
    steps_per_second: float
    floor_ms: float | None = None  # what a step takes at least; see floor.py
    of_floor: float | None = None  # the share of a step's time that this is

    def line(self) -> str:
        """For the table."""
        spread = f"{self.lowest:.2f}-{self.highest:.2f}"
        floor = "" if self.floor_ms is None else f", floor {self.floor_ms:.2f} ms a step: {self.of_floor:.0%} of it"
        return (
            f"{self.what:<58} {self.speed:>6.2f} x {self.against:<14} ({spread}) "
            f"{self.steps_per_second:8.1f} steps/s{floor}"
        )


def main(rounds: int = 5, seconds: float = 1.0, most_s: float = 15.0) -> int:
    """Measure everything: the table on stderr as it grows, in the end all of it as JSON on stdout; returns 0.

    The JSON has `ratios`, from `rounds` rounds of `seconds` each, and `recognisable`, whose runs train for `most_s`
    seconds at most.
    """
    defer_compiler()
    torch.set_num_threads(1)
    found: dict[str, list[dict[str, object]]] = {"ratios": [], "recognisable": []}
    for kind, rows in (("ratios", measure(rounds, seconds)), ("recognisable", recognisable(most_s))):
        for row in rows:
            sys.stderr.write(row.line() + "\n")
            sys.stderr.flush()
            found[kind].append(asdict(row))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 0


def measure(rounds: int, seconds: float) -> Iterator[Ratio]:
    """All ratios, each from `rounds` rounds of `seconds` a variant."""
    for label, e in COMPARED.items():
        images = load_images(e)
        variants: dict[str, Iterator[object]] = {
            "plain loop": plain_loop(e, images),
            "engine, float32": engine(e, images),
            "engine, bfloat16": engine(e.replace(precision="bfloat16"), images),
        }
        speeds = in_turn(variants, rounds, seconds)
        for what in list(variants)[1:]:
            ratio = _ratio(f"{label}: {what}", "plain loop", speeds[what], speeds["plain loop"])
            if what == "engine, float32":
                floor = floor_of(e, images).seconds
                ratio = replace(ratio, floor_ms=1e3 * floor, of_floor=floor * ratio.steps_per_second)
            yield ratio
    e = DEFAULT
    images = load_images(e)
    speeds = in_turn({"bare": engine(e, images), "watched": watched(e, images)}, rounds, seconds)
    yield _ratio("default MLP: with measurements and pictures", "bare engine", speeds["watched"], speeds["bare"])
    yield in_app(e, rounds, seconds)


def engine(e: Experiment, images: Images) -> Iterator[None]:
    """The engine's loop alone."""
    trainer = Trainer(e, images)
    while True:
        trainer.train_step()
        yield


def watched(e: Experiment, images: Images) -> Iterator[None]:
    """The engine's loop as a worker runs it: rows at fixed steps, about three pictures a second."""
    trainer = Trainer(e, images)
    next_frame = 0.0
    for _ in drive(trainer):
        if (begun := time.process_time()) >= next_frame:
            take_frame.take(trainer)
            now = time.process_time()
            next_frame = now + max(FRAME_S, (now - begun) / FRAME_SHARE)
        yield


def in_turn(variants: Mapping[str, Iterator[object]], rounds: int, seconds: float) -> dict[str, list[float]]:
    """Steps per second of each variant in each round; the first steps of each, untimed, warm it up."""
    for loop in variants.values():
        _run(loop, seconds / 4, time.process_time)
    speeds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, loop in variants.items():
            speeds[name].append(_run(loop, seconds, time.process_time))
    return speeds


def in_app(e: Experiment, rounds: int, seconds: float) -> Ratio:
    """A worker process under the registry, as the page runs it, against the engine alone.

    That has a process of the same low priority, and both are timed by the clock on the wall: on a busy machine both
    starve alike.
    """
    runs = registry()
    run_id = runs.start(e)
    app_speeds, alone_speeds = [], []
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _as_a_worker) as other:
        _wait(lambda: _step(run_id) > 0, "its first step")
        for _ in range(rounds):
            runs.pause(run_id)
            _wait(lambda: _state(run_id) == "paused", "its pause")
            alone_speeds.append(other.submit(_alone, e, seconds).result())
            begun = _step(run_id)
            runs.go(run_id)
            _wait(lambda begun=begun: _step(run_id) > begun, "its next step")  # type: ignore[misc]
            app_speeds.append(_speed_in_app(run_id, seconds))
    runs.forget(run_id)
    return _ratio("default MLP: in the app's worker process", "bare engine", app_speeds, alone_speeds)


def _speed_in_app(run_id: str, seconds: float) -> float:
    """Steps per second from one report of the worker's (a heartbeat, a frame) to another: in between, the page's side
    does not know its step."""
    first = _next_report(run_id)
    begun = time.perf_counter()
    while True:
        last = _next_report(run_id)
        if (elapsed := time.perf_counter() - begun) >= seconds:
            return (last - first) / elapsed


def _next_report(run_id: str) -> int:
    before = _step(run_id)
    _wait(lambda: _step(run_id) != before, "its next report")
    return _step(run_id)


def _wait(reached: Callable[[], bool], what: str) -> None:
    if not registry().wait_until(reached, 120):
        raise OSError(f"the benchmark's worker did not come to {what} in two minutes")


def _as_a_worker() -> None:
    defer_compiler()
    torch.set_num_threads(1)
    give_way()


def _alone(e: Experiment, seconds: float) -> float:
    loop = engine(e, load_images(e))
    _run(loop, seconds / 4, time.perf_counter)
    return _run(loop, seconds, time.perf_counter)


def _step(run_id: str) -> int:
    snapshot = registry().snapshot(run_id)
    return snapshot.step if snapshot else 0


def _state(run_id: str) -> str:
    snapshot = registry().snapshot(run_id)
    return snapshot.state if snapshot else "gone"


def _run(loop: Iterator[object], seconds: float, clock: Callable[[], float]) -> float:
    steps, begun = 0, clock()
    while (elapsed := clock() - begun) < seconds:
        next(loop)
        steps += 1
    return steps / elapsed


def _ratio(what: str, against: str, speeds: list[float], base: list[float]) -> Ratio:
    ratios = [speed / other for speed, other in zip(speeds, base, strict=True)]
    return Ratio(what, against, statistics.median(ratios), min(ratios), max(ratios), statistics.median(speeds))
