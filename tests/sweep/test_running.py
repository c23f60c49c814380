"""Sweeps on this machine: every cell once, kept, shared, gone on with, stopped; live runs go first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psutil
import pytest
from live_runs import PATIENCE_S, gone
from tiny import tiny

from gan_core.diagnosis.verdict import verdict
from gan_core.engine import take_frame
from gan_core.engine.drive import drive
from gan_core.engine.trainer import Trainer
from gan_core.saved_runs.store import Store
from gan_core.settings.experiment import Experiment
from gan_core.sweep.answers import TrainedCell
from gan_core.sweep.kept_cells import CellFolder, CellsFull
from gan_core.sweep.machines import OwnCores
from gan_core.sweep.plan import PlanError, SweepPlan
from gan_core.sweep.running import Sweeps, SweepState

BASE = tiny(steps=4)


class Asked:
    """What was asked of this machine, and the processes at work."""

    def __init__(self) -> None:
        self.cells: list[Experiment] = []
        self.opened: list[OwnCores] = []
        self.came = threading.Semaphore(0)

    def open(self) -> OwnCores:
        asked = self

        class Counting(OwnCores):
            def train(self, e: Experiment) -> Future[Any]:
                asked.cells.append(e)
                future = super().train(e)
                asked.came.release()
                return future

        self.opened.append(Counting(2))
        return self.opened[-1]

    def pids(self) -> list[int]:
        return [pid for cores in self.opened for pid in cores.pids()]


@pytest.fixture
def asked() -> Asked:
    return Asked()


Make = Callable[..., Sweeps]


@pytest.fixture
def make(asked: Asked, tmp_path: Path) -> Iterator[Make]:
    made: list[Sweeps] = []

    def one(*rest: Any) -> Sweeps:
        made.append(Sweeps(asked.open, CellFolder(tmp_path), *rest))
        return made[-1]

    yield one
    for sweeps in made:
        sweeps.close()


def plan(seeds: tuple[int, ...] = (0,), base: Experiment = BASE, **vary: tuple[Any, ...]) -> SweepPlan:
    return SweepPlan(base, vary, seeds)


def finished(sweeps: Sweeps, owner: str = "") -> SweepState:
    state = sweeps.seen(owner)
    while state is not None and state.open:
        state = sweeps.wait(owner, PATIENCE_S)
    assert state is not None
    return state


def test_a_cell_is_what_the_run_itself_comes_to(make: Make) -> None:
    sweeps = make()
    wanted = plan(lr_g=(0.001, 0.1))
    sweeps.begin("", wanted)
    state = finished(sweeps)
    assert (state.done, state.total, state.failed, state.trouble) == (2, 2, {}, "")
    for cell in wanted.cells:
        assert cell.experiment is not None
        trainer = Trainer(cell.experiment)
        rows = [moment.row for moment in drive(trainer) if moment.row is not None]
        kept = sweeps.kept.read(cell.experiment)
        assert kept is not None and kept.experiment == cell.experiment
        assert kept.measurements == rows[-1].measurements
        assert kept.verdict == verdict(cell.experiment, rows)
        assert kept.png == take_frame.take(trainer).fake_png and kept.picture is not None


def test_a_wider_sweep_trains_only_what_is_new(make: Make, asked: Asked) -> None:
    sweeps = make()
    sweeps.begin("", plan(lr_g=(0.001, 0.1)))
    finished(sweeps)
    sweeps.begin("", plan((0, 1), lr_g=(0.1, 0.01)))
    begun = sweeps.seen("")
    assert begun is not None and begun.total == 4
    assert finished(sweeps).done == 4
    assert sorted((e.lr_g, e.seed) for e in asked.cells) == [(0.001, 0), (0.01, 0), (0.01, 1), (0.1, 0), (0.1, 1)]


def test_two_sweeps_at_once_share_their_cells(make: Make, asked: Asked) -> None:
    sweeps = make()
    sweeps.begin("a", plan(lr_g=(0.001, 0.1, 0.2)))
    sweeps.begin("b", plan(lr_g=(0.2, 0.1, 0.001)))
    assert finished(sweeps, "a").done == finished(sweeps, "b").done == 3
    assert len(asked.cells) == 3


def test_what_cannot_be_trained_is_told_and_not_kept(make: Make, tmp_path: Path) -> None:
    sweeps = make()
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "words.txt").write_text("no picture")
    wanted = plan(base=tiny(dataset="folder", folder=str(folder)), lr_g=(0.1,))
    sweeps.begin("", wanted)
    (words,) = finished(sweeps).failed.values()
    assert str(folder) in words and "Traceback" not in words
    assert wanted.cells[0].experiment is not None and not sweeps.kept.has(wanted.cells[0].experiment)
    with pytest.raises(PlanError, match="use 'layer'"):
        sweeps.begin("", plan(norm_g=("instance",)))


def test_a_child_that_is_killed_costs_no_cell(make: Make, asked: Asked) -> None:
    sweeps = make()
    sweeps.begin("", plan((0, 1, 2), base=tiny(steps=150, measure_every=50), lr_g=(0.001, 0.1)))
    sweeps.wait("", PATIENCE_S)
    for pid in asked.pids():
        psutil.Process(pid).kill()
    state = finished(sweeps)
    assert (state.done, state.failed, len(asked.cells)) == (6, {}, 6)


def test_stopped_it_keeps_what_was_finished_and_leaves_no_process(make: Make, asked: Asked) -> None:
    sweeps = make()
    wanted = plan(base=tiny(), steps=(4, 1_000_000))
    sweeps.begin("", wanted)
    sweeps.wait("", PATIENCE_S)
    pids = asked.pids()
    sweeps.stop("")
    assert sweeps.seen("") is None
    assert pids and all(map(gone, pids))
    assert [sweeps.kept.has(cell.experiment) for cell in wanted.cells if cell.experiment] == [True, False]


def test_what_was_stopped_and_begun_at_once_again_is_trained(make: Make) -> None:
    sweeps = make()
    wanted = plan(base=tiny(steps=200, measure_every=100), lr_g=(0.001, 0.1))
    sweeps.begin("", wanted)
    for _ in range(3):
        sweeps.begin("", wanted)
    state = finished(sweeps)
    assert (state.done, state.failed) == (2, {})


def test_live_runs_go_first(make: Make, asked: Asked) -> None:
    room, looked = [0], threading.Event()

    def look() -> int:
        looked.set()
        return room[0]

    sweeps = make(look)
    sweeps.begin("", plan(lr_g=(0.001, 0.1)))
    assert looked.wait(PATIENCE_S)
    state = sweeps.wait("", 1.0)
    assert state is not None and state.waiting and not asked.cells
    room[0] = 1
    assert finished(sweeps).done == 2


def test_each_process_has_its_next_cell_waiting(make: Make, asked: Asked) -> None:
    """Else it idles until its answer has come back and is kept."""
    wanted = plan((0, 1, 2, 3, 4), base=tiny(steps=1_000_000), lr_g=(0.001,))
    sweeps = make()
    sweeps.begin("", wanted)
    for _ in range(4):
        assert asked.came.acquire(timeout=PATIENCE_S)
    state = sweeps.seen("")
    assert state is not None and (state.training, state.done) == (4, 0)
    assert len(asked.pids()) <= 2
    sweeps.stop("")  # those that wait are begun no more
    sweeps.close()
    assert [e.seed for e in asked.cells] == [0, 1, 2, 3] and not asked.pids()
    assert not any(sweeps.kept.has(cell.experiment) for cell in wanted.cells if cell.experiment)


def test_no_cell_waits_there_for_room_that_a_live_run_may_take(make: Make, asked: Asked) -> None:
    looked = threading.Semaphore(0)

    def look() -> int:
        looked.release()
        return 2

    sweeps = make(look)
    sweeps.begin("", plan((0, 1, 2), base=tiny(steps=1_000_000), lr_g=(0.001,)))
    for _ in range(3):  # the cells that were chosen at a look are handed out before the next one
        assert looked.acquire(timeout=PATIENCE_S)
    assert len(asked.cells) == 2


def test_cells_take_no_more_room_than_they_may(tmp_path: Path) -> None:
    kept = CellFolder(tmp_path, most_mb=0.001)
    kept.check_room()
    kept.write(BASE, TrainedCell((), b"." * 2000, "", 1.0))
    with pytest.raises(CellsFull, match="GAN_HOME_MB"):
        kept.check_room()
    assert kept.has(BASE) and kept.read(BASE) is None  # a cell without rows is a damaged one


def test_the_cells_are_no_saved_runs_and_take_none_of_their_room(tmp_path: Path) -> None:
    CellFolder(tmp_path).write(BASE, TrainedCell((), b"." * 2000, "", 1.0))
    store = Store(tmp_path)
    assert store.headings() == [] and store.size() == 0


def test_a_cell_of_pictures_that_are_gone_is_not_there(tmp_path: Path) -> None:
    kept = CellFolder(tmp_path)
    assert kept.read(tiny(dataset="folder", folder=str(tmp_path / "gone"))) is None
