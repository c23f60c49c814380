"""Live runs that are saved, follow, are reopened, and go on exactly where they were."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from live_runs import QUICK, alone, beyond, reach
from tiny import tiny

from gan_core.diagnosis.row import Row
from gan_core.engine import take_frame
from gan_core.engine.checkpoint import save_checkpoint
from gan_core.engine.trainer import Trainer
from gan_core.files.folder_lock import FolderLock, Locked
from gan_core.live.errors import RunError, UnknownRun
from gan_core.live.run import Snapshot
from gan_core.saved_runs import run_folder
from gan_core.saved_runs.checkpoint_header import read_state
from gan_core.saved_runs.store import Store, StoreError
from gan_core.settings.experiment import Experiment


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "home"))
    return Store.from_environment()


def saved_at(step: int):
    return lambda seen: seen.save_state and not seen.save_state.busy and seen.save_state.step == step


def stepped(registry, experiment: Experiment, steps: int) -> str:
    """A run that stands still after so many steps."""
    run_id = registry.start(experiment, go=False)
    for _ in range(steps):
        registry.step(run_id)
    reach(registry, run_id, lambda seen: seen.state == "paused" and seen.step == steps)
    return run_id


def saved(registry, run_id: str, name: str = "a run") -> Snapshot:
    registry.save_thread.save_as(run_id, name)
    return reach(registry, run_id, lambda seen: seen.save_state and not seen.save_state.busy)


EXACT = {
    "mlp": {"ema": 0.9, "dropout_d": 0.3, "instance_noise": 0.1, "norm_d": "spectral"},
    "dcgan": {"architecture": "dcgan", "precision": "bfloat16", "augment": ("flip",), "optimiser": "rmsprop"},
}


@pytest.mark.parametrize("name", EXACT)
def test_saved_and_reopened_in_other_processes_equals_uninterrupted(name, store, fresh, tmp_path):
    e = tiny(steps=23, measure_every=5, **EXACT[name])
    through, rows = Trainer(e), []
    while True:
        if through.due():
            rows.append(Row(through.step, through.measure()))
        if through.step == e.steps:
            break
        through.train_step()
    save_checkpoint(through, tmp_path / "through.safetensors")

    first = fresh()
    run_id = stepped(first, e, 12)
    before = saved(first, run_id)
    first.close()
    (heading,) = store.headings()
    assert (heading.step, heading.name, heading.experiment) == (12, "a run", e)

    second = fresh()
    run_id = second.reopen(store.read(heading.run_id))
    opened = reach(second, run_id, lambda seen: seen.state == "paused")
    assert (opened.step, opened.frame, opened.opening) == (12, before.frame, before.opening)
    assert opened.frames == before.frames
    assert opened.rows == before.rows == tuple(rows[:3])
    second.go(run_id)
    ended = reach(second, run_id, lambda seen: seen.state == "finished")
    assert ended.rows == tuple(rows)
    assert ended.frame == take_frame.take(through)
    assert store.read(heading.run_id).step == 12  # it does not follow unless it is told to
    second.save_thread.save(run_id)
    reach(second, run_id, saved_at(23))
    found = store.read(heading.run_id)
    assert found.rows == tuple(rows)
    assert found.frames[-1] == take_frame.take(through)
    assert found.checkpoint.read_bytes() == (tmp_path / "through.safetensors").read_bytes()


def test_a_saved_run_follows_and_is_whole_at_every_checkpoint(shared, store):
    run_id = stepped(shared, QUICK, 3)
    assert saved(shared, run_id, "follows").save_state.follows
    shared.go(run_id)
    reach(shared, run_id, beyond(40))
    shared.pause(run_id)  # which makes a checkpoint
    seen = reach(shared, run_id, lambda seen: seen.state == "paused" and saved_at(seen.step)(seen))
    assert seen.step > 40
    (heading,) = store.headings()
    found = store.read(heading.run_id)
    assert (found.step, found.rows) == (seen.step, seen.rows)
    assert found.until(found.step).frames == seen.frames
    assert found.frames[-1] == alone(QUICK, seen.step)

    shared.save_thread.follow(run_id, False)
    shared.step(run_id)
    stands = reach(shared, run_id, lambda now: now.step == seen.step + 1)
    shared.pause(run_id)
    assert (stands.save_state.step, stands.save_state.follows) == (seen.step, False)
    shared.save_thread.follow(run_id, True)
    reach(shared, run_id, saved_at(seen.step + 1))
    shared.forget(run_id)
    with FolderLock(heading.folder):
        pass  # nobody writes any more
    with pytest.raises(UnknownRun):
        shared.save_thread.save(run_id)


def test_a_reset_leaves_the_saved_run_where_it_was(shared, store):
    run_id = stepped(shared, QUICK, 7)
    saved(shared, run_id)
    shared.rewind(run_id, QUICK.replace(seed=4), go=False)
    seen = reach(shared, run_id, lambda seen: seen.state == "paused" and seen.step == 0)
    assert seen.save_state is None
    with pytest.raises(RunError, match="not saved yet"):
        shared.save_thread.save(run_id)
    again = saved(shared, run_id, "the other")
    assert again.save_state.step == 0
    assert {(heading.name, heading.step, heading.experiment.seed) for heading in store.headings()} == {
        ("a run", 7, QUICK.seed), ("the other", 0, 4),
    }  # fmt: skip
    shared.forget(run_id)


def test_a_run_whose_worker_has_ended_is_saved_as_it_was(shared, store):
    run_id = stepped(shared, QUICK, 5)
    shared.stop(run_id)
    seen = saved(shared, run_id)
    assert (seen.state, seen.save_state.step, seen.save_state.trouble) == ("stopped", 5, "")
    shared.forget(run_id)


def test_a_run_that_became_non_finite_is_saved_with_its_ruin_and_goes_on_before_it(shared, store):
    e = tiny(steps=400, optimiser="sgd", lr_g=1.0, lr_d=1.0, loss="wasserstein", data_range="raw",
             output_activation="linear")  # fmt: skip
    run_id = shared.start(e)
    broken = reach(shared, run_id, lambda seen: seen.state == "broken")
    seen = saved(shared, run_id)
    (heading,) = store.headings()
    assert heading.step < broken.step
    assert "non-finite" in [finding.failure for finding in store.summary(heading).verdict.findings]
    assert store.read(heading.run_id).rows[-1].step == broken.step
    again = shared.reopen(store.read(heading.run_id))
    opened = reach(shared, again, lambda seen: seen.state == "paused")
    assert opened.step == heading.step == seen.save_state.step
    assert all(row.step <= opened.step for row in opened.rows)
    shared.forget(run_id)
    shared.forget(again)


def test_two_runs_do_not_follow_into_the_same_folder(shared, store):
    run_id = stepped(shared, QUICK, 2)
    saved(shared, run_id)
    (heading,) = store.headings()
    other = shared.reopen(store.read(heading.run_id))
    reach(shared, other, lambda seen: seen.state == "paused")
    with pytest.raises(Locked, match="another run"):
        shared.save_thread.follow(other, True)
    shared.step(other)
    reach(shared, other, lambda seen: seen.step == 3)
    shared.save_thread.save(other)
    seen = reach(shared, other, lambda seen: not seen.save_state.busy)
    assert "another run" in seen.save_state.trouble
    assert store.read(heading.run_id).step == 2
    shared.save_thread.save_as(other, "a copy")
    reach(shared, other, saved_at(3))
    assert sorted(heading.step for heading in store.headings()) == [2, 3]
    shared.forget(run_id)
    shared.forget(other)


def test_deleted_while_it_follows_it_stays_deleted_until_it_is_restored(shared, store):
    run_id = stepped(shared, QUICK, 2)
    saved(shared, run_id)
    (heading,) = store.headings()
    store.delete(heading.run_id)
    shared.step(run_id)
    shared.save_thread.save(run_id)
    seen = reach(shared, run_id, lambda seen: not seen.save_state.busy and seen.save_state.trouble)
    assert "was deleted" in seen.save_state.trouble
    assert store.headings() == []
    store.restore(heading.run_id)
    shared.save_thread.save(run_id)
    seen = reach(shared, run_id, saved_at(3))
    assert seen.save_state.trouble == ""
    shared.forget(run_id)


def test_over_the_limit_nothing_is_written_and_nothing_lost(shared, store, monkeypatch):
    run_id = stepped(shared, QUICK, 2)
    saved(shared, run_id)
    (heading,) = store.headings()
    before = {path: path.read_bytes() for path in heading.folder.rglob("*") if path.is_file()}
    monkeypatch.setenv("GAN_HOME_MB", str(0.9 * store.size() / 1e6))
    shared.step(run_id)
    shared.save_thread.save(run_id)
    seen = reach(shared, run_id, lambda seen: seen.step == 3 and not seen.save_state.busy)
    assert "GAN_HOME_MB" in seen.save_state.trouble
    assert seen.save_state.step == 2
    assert {path: path.read_bytes() for path in heading.folder.rglob("*") if path.is_file()} == before
    monkeypatch.setenv("GAN_HOME_MB", "0.0001")
    with pytest.raises(StoreError, match="GAN_HOME_MB"):
        shared.save_thread.save_as(run_id, "one more")
    monkeypatch.delenv("GAN_HOME_MB")
    shared.save_thread.save(run_id)
    reach(shared, run_id, saved_at(3))
    shared.forget(run_id)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_told_in_a_sentence(shared, store, monkeypatch):
    run_id = stepped(shared, QUICK, 2)
    # The system's own refusal: what is written under the temporary name goes to a device that is full.
    os.makedirs(store.home, exist_ok=True)
    opened = Path.open

    def full(self, mode="r", *arguments, **options):
        if self.name.endswith(".part") and self.name.startswith(".checkpoint") and store.home in self.parents:
            return opened(Path("/dev/full"), mode, *arguments, **options)
        return opened(self, mode, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        shared.save_thread.save_as(run_id, "too large")
        seen = reach(shared, run_id, lambda seen: seen.save_state and not seen.save_state.busy)
    assert "there is no room left" in seen.save_state.trouble
    assert os.strerror(errno.ENOSPC) not in seen.save_state.trouble
    assert store.headings() == []
    shared.save_thread.save_as(run_id, "now there is room")
    reach(shared, run_id, saved_at(2))
    shared.forget(run_id)


def test_a_checkpoint_that_the_worker_cannot_write_is_told(shared, store):
    """Where the run's own files lie there is no room: nothing older is saved in its place without a word."""
    run_id = stepped(shared, QUICK, 2)
    scratch = shared.snapshot(run_id).checkpoint.parent
    away = scratch.rename(scratch.with_name(scratch.name + "-away"))
    shared.save_thread.save_as(run_id, "later")
    seen = reach(shared, run_id, lambda seen: seen.save_state and not seen.save_state.busy)
    assert "The checkpoint could not be written" in seen.save_state.trouble
    assert store.headings() == []
    away.rename(scratch)
    shared.save_thread.save_as(run_id, "now")
    assert reach(shared, run_id, saved_at(2)).save_state.trouble == ""
    shared.forget(run_id)


def test_live_changes_are_saved_and_count_when_it_goes_on(shared, store):
    run_id = stepped(shared, QUICK, 2)
    saved(shared, run_id)
    shared.set(run_id, {"lr_g": 0.02})
    reach(shared, run_id, lambda seen: seen.experiment.lr_g == 0.02)
    shared.save_thread.save(run_id)
    reach(shared, run_id, saved_at(2))
    (heading,) = store.headings()
    assert heading.experiment.lr_g == 0.02
    state, experiment = read_state(heading.checkpoint)
    assert (state["step"], experiment) == (2, heading.experiment)
    assert Experiment.from_json((heading.folder / run_folder.EXPERIMENT).read_text()) == experiment
    shared.forget(run_id)


def test_a_run_that_could_not_start_is_not_saved(shared, store, tmp_path):
    run_id = shared.start(tiny(dataset="folder", folder=str(tmp_path / "none")))
    reach(shared, run_id, lambda seen: seen.state == "refused")
    with pytest.raises(RunError, match="nothing to save"):
        shared.save_thread.save_as(run_id, "nothing")
    assert store.headings() == []
    shared.forget(run_id)


def test_a_folder_of_the_command_line_without_a_checkpoint_opens_at_its_start(shared, store):
    opening = take_frame.opening(Trainer(QUICK))
    run_folder.begin(store.home / "begun", QUICK, opening)
    run_id = shared.reopen(store.read("begun"))
    opened = reach(shared, run_id, lambda seen: seen.state == "paused")
    assert (opened.step, opened.frame) == (0, alone(QUICK, 0))
    shared.forget(run_id)
