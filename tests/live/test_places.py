"""Who gets a place, here or on a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from tiny import tiny

from gan_core.live.errors import RunsFull
from gan_core.live.limits import Limits
from gan_core.live.lockstep import LockstepGroup
from gan_core.live.places import Room, assigned, check_room, chosen
from gan_core.live.run import Run
from gan_core.live.scratch_folders import ScratchFolder


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    """Nine, of which b, c and d go in lock-step."""
    folder = ScratchFolder()
    made = [Run(name, tiny(), folder, go=True) for name in "abcdefghi"]
    group = LockstepGroup(10)
    for run in made[1:4]:
        run.group = group
    yield made
    folder.remove()


def got(runs: list[Run], here: int, there: Mapping[str, int]) -> dict[str, str]:
    return {run.run_id: place for run, place in chosen(runs, here, there).items()}


def test_places_here_come_first_and_the_emptiest_machine_next(runs: list[Run]) -> None:
    alone = [run for run in runs if run.group is None]
    assert got(alone, 2, {"x": 1, "y": 2}) == {"a": "", "e": "", "f": "y", "g": "x", "h": "y"}


def test_a_group_is_all_on_one_side_and_nobody_passes_it(runs: list[Run]) -> None:
    assert got(runs, 2, {"x": 2, "y": 1}) == {"a": "", "b": "x", "c": "x", "d": "y", "e": ""}
    assert got(runs, 3, {"x": 2}) == {"a": ""}
    assert got(runs, 4, {"x": 1}) == {"a": "", "b": "", "c": "", "d": "", "e": "x"}


def test_who_waits_learns_his_number_and_what_is_wrong(runs: list[Run]) -> None:
    alone = [run for run in runs if run.group is None]
    placed, short = assigned(alone, [], Room(1, {"x": 1}, 2, "The cluster is asleep."))
    assert [run.run_id for run in placed] == ["a", "e"] and short == 4
    assert [run.line for run in alone[:2]] == ["", ""]
    for number, run in enumerate(alone[2:], 1):
        assert f"All 2 places for runs are taken; this run is number {number} in line" in run.line
        assert run.line.endswith("The cluster is asleep.")


def test_the_places_of_a_cluster_count_as_room(runs: list[Run]) -> None:
    limits = Limits(max_workers=1, max_runs=2, max_waiting=0)
    check_room(runs, limits, 8, "", 1)
    with pytest.raises(RunsFull, match="All 9 places"):
        check_room(runs, limits, 7, "", 1)
