"""The sweeps of a page's server: live runs go first, and what a sweep will take is known before it begins."""

from __future__ import annotations

import statistics

from gan_core.live.registry import registry
from gan_core.processes.only_one import only_one
from gan_core.settings import cost
from gan_core.settings.experiment import Experiment
from gan_core.sweep.chosen_machines import machines
from gan_core.sweep.kept_cells import CellFolder
from gan_core.sweep.plan import PlanError, SweepPlan
from gan_core.sweep.running import Sweeps, SweepState

NICENESS = 19  # beside a live run, a cell gets what that leaves
PROBE_STEPS = (0, 40)  # two short runs tell what a run takes at first, and for each step
PROBE = "probe of "  # the owner of such a measurement, before the one whom it is for
ENOUGH = 4  # cells of a plan that tell it better


def sweeps() -> Sweeps:
    """The one of this process, made on first use; its processes end with it. Raises StoreError."""
    return only_one("sweeps", lambda: Sweeps(lambda: machines(None, NICENESS), CellFolder.of_this_machine(), _room))


def of_people() -> dict[str, SweepState]:
    """The sweeps that somebody began and that go on, by their owners."""
    return {owner: state for owner, state in sweeps().going_on().items() if not owner.startswith(PROBE)}


def _room() -> int:
    """As many cells as live runs leave cores for, here or on the cluster."""
    live = registry().stats()
    if on_cluster():
        return max(0, live.places_elsewhere - live.elsewhere)
    return max(0, registry().limits.max_workers - live.running - live.waiting)


def probe(plan: SweepPlan, owner: str) -> SweepState | None:
    """Have it measured what a step of the plan's base takes here, for this owner, where that is not known; how it
    stands with that. Raises CellsFull and DataError."""
    wanted = SweepPlan(_plain(plan.base), {"steps": PROBE_STEPS})
    if all(cell.experiment is None or sweeps().kept.has(cell.experiment) for cell in wanted.cells):
        return None
    name = f"{PROBE}{owner}"
    seen = sweeps().seen(name)
    if seen is None or seen.plan != wanted:
        sweeps().begin(name, wanted)
    return sweeps().seen(name)


def seconds_left(plan: SweepPlan) -> float | None:
    """How long the cells that are not there yet take, all places of the machines used; None before it was measured."""
    kept = sweeps().kept
    left: list[Experiment] = []
    rates: list[float] = []  # seconds for a unit of work
    for cell in plan.cells:
        if cell.experiment is not None:
            seen = kept.read(cell.experiment)
            if seen is None:
                left.append(cell.experiment)
            elif seen.experiment.steps:
                rates.append(seen.seconds / (cost.work(cell.experiment) * cell.experiment.steps))
    first = 0.0
    if len(rates) >= ENOUGH:
        rate = statistics.median(rates)
    else:
        at_first, after = (kept.read(_plain(plan.base).replace(steps=steps)) for steps in PROBE_STEPS)
        if at_first is None or after is None:
            return None
        first = at_first.seconds
        rate = max(0.0, after.seconds - first) / (cost.work(plan.base) * PROBE_STEPS[1])
    whole = sum(first + rate * cost.work(e) * e.steps for e in left)
    return whole / min(max(1, len(left)), places())


def _plain(e: Experiment) -> Experiment:
    return e.replace(seed=0)


def places() -> int:
    """How many cells are trained at the same time where no live run needs the room."""
    if on_cluster():
        return max(1, registry().stats().places_elsewhere)
    return registry().limits.max_workers


def on_cluster() -> bool:
    """Whether the cells are trained by the workers of a cluster."""
    return bool(registry().limits.scheduler)


def check(plan: SweepPlan, most: int) -> None:
    """Raises PlanError for more cells than a page can show, or three settings."""
    if len(plan.vary) > 2:
        raise PlanError("A map has two settings; three can be varied by “python -m gan_core sweep”.")
    if len(plan.cells) > most:
        raise PlanError(f"These are {len(plan.cells):,} cells; choose fewer values or seeds, at most {most:,} here.")
