"""Frames of several runs that belong together: those of equal steps, or of equal seconds of training."""

from __future__ import annotations

from collections.abc import Sequence

from gan_core.live.run import Snapshot
from gan_core.messages.frame import Frame

Runs = Sequence[Snapshot | None]
OVER = ("finished", "broken", "crashed", "stopped", "refused")


def over(run: Snapshot) -> bool:
    """Whether nothing more comes of a run unless somebody asks for it."""
    return run.state in OVER


def steps(runs: Runs) -> list[int]:
    """The steps at which every run has a picture, or had ended before; none before all have begun.

    Of runs that each trained alone, which share few such steps, those at which any has one and none is yet to come.
    """
    histories = [(_steps_of(run), run is not None and over(run)) for run in runs]
    every = sorted({step for taken, _ in histories for step in taken})
    common = [
        step
        for step in every
        if all(step in taken or (ended and step > max(taken, default=-1)) for taken, ended in histories)
    ]
    if 2 * len(common) >= min((len(taken) for taken, ended in histories if taken or not ended), default=0):
        return common
    return [step for step in every if all(ended or step <= max(taken, default=-1) for taken, ended in histories)]


def seconds(runs: Runs) -> list[float]:
    """The seconds of training at which any run has a picture, as long as every one has trained so long or has ended."""
    going = [_last_second(run) for run in runs if run is None or not over(run)]
    ends = going or [max((_last_second(run) for run in runs), default=0.0)]
    taken = {frame.trained_s for run in runs if run for frame in run.frames}
    return sorted(second for second in taken if second <= min(ends))


def at_step(runs: Runs, step: float) -> list[Frame | None]:
    """The picture of each run at a step, or its last before."""
    return [_last([frame for frame in run.frames if frame.step <= step]) if run else None for run in runs]


def after(runs: Runs, second: float) -> list[Frame | None]:
    """The newest picture of each run after so many seconds of training."""
    return [_last([frame for frame in run.frames if frame.trained_s <= second]) if run else None for run in runs]


def _steps_of(run: Snapshot | None) -> set[int]:
    return {frame.step for frame in run.frames} if run else set()


def _last_second(run: Snapshot | None) -> float:
    return run.frames[-1].trained_s if run and run.frames else 0.0


def _last(frames: list[Frame]) -> Frame | None:
    return frames[-1] if frames else None
