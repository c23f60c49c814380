"""Who may hold a worker process, when more runs are wanted than there is room for: first come, first served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gan_core.live.cluster_places import ClusterPlaces
from gan_core.live.errors import RunsFull
from gan_core.live.limits import Limits
from gan_core.live.run import Run
from gan_core.live.worker_process import WorkerProcess
from gan_core.processes.memory import available_mb

# Of megabytes that are free, so much is left to the server and to what runs take later.
LEAST_FREE_MB = 300
RESTED_S = 15.0  # without a click, before a run that stands still gives its place to one that waits


def chosen(waiting: Sequence[Run], here: int, there: Mapping[str, int]) -> dict[Run, str]:
    """Who gets a place now, of runs without one, who came first standing first. "" is a place of this machine, of which
    `here` are free and are given first; else it is the machine of the cluster, of which `there` tells what is free.

    The runs of a group wait for each other, so all of one get a place together or none does, and all on one side.
    Nobody passes a group that waits, since it might wait forever.
    """
    got: dict[Run, str] = {}
    left = {**there}
    for run in waiting:
        if run in got:
            continue
        group = [run] if run.group is None else [other for other in waiting if other.group is run.group]
        if len(group) <= here:
            here -= len(group)
            got |= dict.fromkeys(group, "")
        elif len(group) <= sum(left.values()):
            for member in group:
                got[member] = most = max(left, key=lambda address: left[address])
                left[most] -= 1
        else:
            break
    return got


@dataclass(frozen=True)
class Room:
    """What runs may take: the places of this machine, and those of a cluster."""

    here: int  # places of this machine that are free
    there: Mapping[str, int]  # by machine of the cluster, those that are free
    places: int  # all that there are
    trouble: str = ""  # what is wrong with the cluster


def room(
    limits: Limits, holding: Collection[Run], ending: Collection[WorkerProcess], cluster: ClusterPlaces | None
) -> Room:
    """What is left beside the runs that have a worker, and the workers that end. Where memory is short, that is nothing
    on this machine."""
    used = Counter([*(run.place for run in holding), *(worker.place for worker in ending)])
    here = used.pop("", 0)
    memory = available_mb()
    short = memory is not None and memory < LEAST_FREE_MB and bool(holding)
    free = 0 if short else limits.max_runs - here
    if cluster is None:
        return Room(free, {}, limits.max_runs)
    return Room(free, cluster.free(used), limits.max_runs + cluster.total, cluster.trouble)


def assigned(needing: Sequence[Run], holding: Collection[Run], room: Room) -> tuple[dict[Run, str], int]:
    """Who gets a place, see `chosen`, and how many more would have to be given up for the others. These learn their
    number in the line."""
    got = chosen(needing, room.here, room.there)
    waiting = [run for run in needing if run not in got]
    for run in needing:
        run.line = ""
    for number, run in enumerate(waiting, 1):
        run.line = line_words(number, room.places, holding) + (f" {room.trouble}" if room.trouble else "")
    taken = sum(place == "" for place in got.values())
    left = max(room.here - taken, sum(room.there.values()) - (len(got) - taken))
    return got, max(0, len(waiting) - left)


def resting(runs: Collection[Run], now: float) -> list[Run]:
    """The runs that could give up their worker and go on later from a checkpoint, whoever needs theirs least first:
    left ones, then finished ones, then those that stand still for longest. `now` in monotonic seconds."""
    busy = {id(run.group) for run in runs if run.group is not None and not _rests(run, now)}
    found = [run for run in runs if run.worker is not None and _rests(run, now) and id(run.group) not in busy]
    return sorted(found, key=lambda run: (run.left_at is None, run.phase != "finished", run.touched_at))


def _rests(run: Run, now: float) -> bool:
    """Whether nothing is lost, and nobody waits for it, where its worker ends now."""
    if run.worker is None:
        return not run.alive
    still = not run.opens and not run.going and run.phase in ("ready", "finished")
    return still and (run.left_at is not None or now - run.touched_at >= RESTED_S)


def minutes_left(run: Run) -> float | None:
    """How long a run that trains still takes at its speed of now; None where that cannot be told."""
    if not run.wants_turn or run.steps_per_second <= 0:
        return None
    return (run.experiment.steps - run.step) / run.steps_per_second / 60


def line_words(number: int, places: int, holding: Collection[Run]) -> str:
    """What a run that waits for a place is told: its number in the line, from 1, and for about how long."""
    left = sorted(minutes for run in holding if (minutes := minutes_left(run)) is not None)
    wait = ""
    if len(left) >= number:
        wait = f", in about {max(1, round(left[number - 1]))} min"
    taken = f"All {places} places for runs are taken" if places > 1 else "The only place for a run is taken"
    return f"{taken}; this run is number {number} in line and starts by itself when one is free{wait}."


def check_room(runs: Collection[Run], limits: Limits, there: int, owner: str, wanted: int) -> None:
    """Raise RunsFull where so many more runs of an owner ("" for everybody) are more than may be, or may wait; `there`
    is how many places a cluster has."""
    own = sum(run.alive for run in runs if run.owner == owner) if owner else 0
    if owner and own + wanted > limits.runs_each:
        have = f"You have {own} live {'run' if own == 1 else 'runs'} already" if own else f"That is {wanted} runs"
        raise RunsFull(f"{have}, and each visitor may have {limits.runs_each} at a time: end one on the page Runs.")
    if wanted > limits.max_runs:
        raise RunsFull(f"This server has {limits.max_runs} places for runs, and {wanted} are needed: compare fewer.")
    places = limits.max_runs + there
    if sum(run.alive for run in runs) + wanted > places + limits.max_waiting:
        raise RunsFull(f"All {places} places for runs are taken, and the line is full; try again later.")
