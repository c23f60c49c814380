"""How fast the engine is: as ratios against a tutorial's loop, all variants in turn within one process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from gan_core import frames
from gan_core.data.images import Images
from gan_core.experiment import Experiment
from gan_core.plain_loop import plain_loop
from gan_core.runs import registry
from gan_core.training import Trainer, load_images

FRAME_S = 1 / 3

DOCUMENT_MLP = Experiment(architecture="document-mlp", batch_size=128, steps=1_000_000)
SMALL_DCGAN = Experiment(architecture="dcgan", upsample="transpose4", norm_d="batch", image_size=32, steps=1_000_000)


@dataclass(frozen=True)
class Ratio:
    """`speed` of a variant in units of the loop it is compared with: the median over the rounds, with extremes."""

    what: str
    against: str
    speed: float
    lowest: float
    highest: float
    steps_per_second: float

    def line(self) -> str:
        """For the table."""
        spread = f"{self.lowest:.2f}-{self.highest:.2f}"
        return f"{self.what:<58} {self.speed:>6.2f} x {self.against:<14} ({spread}) {self.steps_per_second:8.1f} steps/s"


def main(rounds: int = 5, seconds: float = 1.0) -> int:
    """Measure everything and print the table; returns 0."""
    torch.set_num_threads(1)
    for ratio in measure(rounds, seconds):
        print(ratio.line(), flush=True)
    return 0


def measure(rounds: int, seconds: float) -> Iterator[Ratio]:
    """All ratios, each from `rounds` rounds of `seconds` a variant."""
    for label, e in (("documents' MLP, batch 128", DOCUMENT_MLP), ("DCGAN 32x32, batch 64", SMALL_DCGAN)):
        images = load_images(e)
        variants: dict[str, Iterator[None]] = {
            "plain loop": plain_loop(e, images),
            "engine, float32": engine(e, images),
            "engine, bfloat16": engine(e.replace(precision="bfloat16"), images),
        }
        speeds = in_turn(variants, rounds, seconds)
        for what in list(variants)[1:]:
            yield _ratio(f"{label}: {what}", "plain loop", speeds[what], speeds["plain loop"])
    e = Experiment(steps=1_000_000)
    images = load_images(e)
    speeds = in_turn({"bare": engine(e, images), "watched": watched(e, images)}, rounds, seconds)
    yield _ratio("default MLP: with measurements and pictures", "bare engine", speeds["watched"], speeds["bare"])
    yield in_app(e, images, rounds, seconds)


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
    while True:
        trainer.train_step()
        if trainer.due():
            trainer.measure()
        if time.perf_counter() >= next_frame:
            frames.take(trainer)
            next_frame = time.perf_counter() + FRAME_S
        yield


def in_turn(variants: dict[str, Iterator[None]], rounds: int, seconds: float) -> dict[str, list[float]]:
    """Steps per second of each variant in each round; the first steps of each, untimed, warm it up."""
    for loop in variants.values():
        _run(loop, seconds / 4, time.process_time)
    speeds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, loop in variants.items():
            speeds[name].append(_run(loop, seconds, time.process_time))
    return speeds


def in_app(e: Experiment, images: Images, rounds: int, seconds: float) -> Ratio:
    """A worker process under the registry, as the page runs it, against the engine alone in this process."""
    runs = registry()
    run_id = runs.start(e, "bench")
    runs.wait_until(lambda: _step(run_id) > 0, 120)
    runs.pause(run_id)
    alone = engine(e, images)
    _run(alone, seconds / 4, time.perf_counter)
    app_speeds, alone_speeds = [], []
    for _ in range(rounds):
        alone_speeds.append(_run(alone, seconds, time.perf_counter))
        runs.go(run_id)
        start = _step(run_id)
        runs.wait_until(lambda start=start: _step(run_id) > start, 60)  # type: ignore[misc]
        first, begun = _step(run_id), time.perf_counter()
        runs.wait_until(lambda end=begun + 2 * seconds: time.perf_counter() > end, 2 * seconds + 1)  # type: ignore[misc]
        app_speeds.append((_step(run_id) - first) / (time.perf_counter() - begun))
        runs.pause(run_id)
        runs.wait_until(lambda: _state(run_id) == "paused", 60)
    runs.forget(run_id)
    return _ratio("default MLP: in the app's worker process", "bare engine", app_speeds, alone_speeds)


def _step(run_id: str) -> int:
    snapshot = registry().snapshot(run_id)
    return snapshot.step if snapshot else 0


def _state(run_id: str) -> str:
    snapshot = registry().snapshot(run_id)
    return snapshot.state if snapshot else "gone"


def _run(loop: Iterator[None], seconds: float, clock: Callable[[], float]) -> float:
    steps, begun = 0, clock()
    while (elapsed := clock() - begun) < seconds:
        next(loop)
        steps += 1
    return steps / elapsed


def _ratio(what: str, against: str, speeds: list[float], base: list[float]) -> Ratio:
    ratios = [speed / other for speed, other in zip(speeds, base, strict=True)]
    return Ratio(what, against, statistics.median(ratios), min(ratios), max(ratios), statistics.median(speeds))
