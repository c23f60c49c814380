"""Turns, bounded histories and limits: the rules without processes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gan_core.diagnosis.row import Row
from gan_core.live.bounded_history import BoundedHistory
from gan_core.live.limits import Limits, LimitsError
from gan_core.live.run import MAX_FRAMES, Run
from gan_core.live.scratch_folders import ScratchFolder
from gan_core.live.turns import Turns
from gan_core.messages.commands_and_reports import Framed, Measured
from gan_core.messages.frame import Frame
from gan_core.settings.experiment import Experiment


def test_everybody_trains_where_there_is_room():
    turns = Turns(places=2, slice_s=2)
    assert turns.settle(["a", "b"], 0) == (["a", "b"], [])
    assert turns.settle(["a", "b"], 100) == ([], [])
    assert turns.next_change() == math.inf


def test_slices_go_round():
    turns = Turns(places=1, slice_s=2)
    wanting = ["a", "b", "c"]
    assert turns.settle(wanting, 0) == (["a"], [])
    assert turns.next_change() == 2
    assert turns.settle(wanting, 1.9) == ([], [])
    order = [turns.settle(wanting, 2.0 * n) for n in range(1, 5)]
    assert order == [(["b"], ["a"]), (["c"], ["b"]), (["a"], ["c"]), (["b"], ["a"])]
    assert (turns.running, turns.waiting) == (1, 2)


def test_a_place_given_back_goes_to_who_waits():
    turns = Turns(places=1, slice_s=2)
    turns.settle(["a", "b"], 0)
    assert turns.settle(["b"], 0.5) == (["b"], ["a"])
    assert turns.has("b")
    assert not turns.has("a")


def test_no_slice_ends_before_somebody_waits_without_room():
    turns = Turns(places=2, slice_s=2)
    turns.settle(["a", "b"], 0)
    assert turns.settle(["a", "b", "c"], 10) == (["c"], ["a"])
    assert turns.has("b")


@given(st.integers(1, 4), st.lists(st.sets(st.sampled_from("abcdef")), min_size=1, max_size=40))
def test_places_are_never_exceeded_nor_left_empty(places, wishes):
    turns = Turns(places, slice_s=2)
    training: set[str] = set()
    for now, wanting in enumerate(wishes):
        got, lost = turns.settle(sorted(wanting), now)
        training = (training - set(lost)) | set(got)
        assert training <= wanting
        assert len(training) == min(places, len(wanting))


@given(st.integers(1, 3), st.integers(1, 6))
def test_all_get_equal_shares(places, runs):
    turns = Turns(places, slice_s=1)
    names = [str(run) for run in range(runs)]
    slices = dict.fromkeys(names, 0)
    for now in range(runs * 12):
        turns.settle(names, now)
        for name in names:
            slices[name] += turns.has(name)
    assert max(slices.values()) - min(slices.values()) <= 1


@dataclass(frozen=True)
class Taken:
    step: int


@given(st.integers(3, 20), st.integers(1, 500))
def test_the_first_and_the_newest_stay_and_the_rest_is_even(limit, count):
    history: BoundedHistory[Taken] = BoundedHistory(limit)
    for step in range(count):
        history.add(Taken(step))
        assert len(history.entries) <= limit
        assert history.entries[-1].step == step
    kept = [entry.step for entry in history.entries]
    assert kept[0] == 0
    gaps = {later - earlier for earlier, later in pairwise(kept[:-1])}
    assert len(gaps) <= 1
    if count <= limit:
        assert kept == list(range(count))


def test_the_rule_drops_every_second():
    history: BoundedHistory[Taken] = BoundedHistory(100)
    for step in range(101):
        history.add(Taken(step))
    assert [entry.step for entry in history.entries] == list(range(0, 101, 2))


def test_going_back_makes_the_later_void():
    history: BoundedHistory[Taken] = BoundedHistory(10)
    for step in (0, 10, 20, 30):
        history.add(Taken(step))
    history.add(Taken(20))
    assert [entry.step for entry in history.entries] == [0, 10, 20]
    history.cut(15)
    assert [entry.step for entry in history.entries] == [0, 10]
    history.cut(-1)
    assert history.entries == ()


def frame(step, size):
    return Frame(step=step, measurements={}, fake_png=bytes(size), histogram=[])


def test_a_record_is_bounded_in_number_and_in_bytes(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run = Run("id", Experiment(), ScratchFolder(), go=True)
    for step in range(1000):
        run.hear(Framed(frame(step, 10)))
        run.hear(Measured(Row(step, {})))
    assert 50 <= len(run.frames.entries) <= MAX_FRAMES
    assert len(run.rows.entries) == 1000
    monkeypatch.setattr("gan_core.live.run.MAX_FRAME_BYTES", 1000)
    for step in range(1000, 1100):
        run.hear(Framed(frame(step, 100)))
        assert run.frames.entries[-1].step == step
        assert sum(len(kept.fake_png) for kept in run.frames.entries) <= 1000
    assert run.frames.entries[0].step == 0
    run.hear(Framed(frame(1100, 5000)))
    assert [kept.step for kept in run.frames.entries] == [0, 1100]


def test_limits_come_from_the_environment():
    limits = Limits.from_environment(
        {
            "GAN_MAX_WORKERS": "3",
            "GAN_MAX_RUNS": "5",
            "GAN_GRACE_SECONDS": "0.5",
            "GAN_IDLE_MINUTES": "2",
            "GAN_SCHEDULER": "tcp://a:1",
        }
    )
    assert (limits.max_workers, limits.max_runs, limits.grace_s, limits.idle_minutes) == (3, 5, 0.5, 2)
    assert limits.scheduler == "tcp://a:1"
    usual = Limits.from_environment({})
    assert usual.max_workers >= 1
    assert usual.max_runs >= 4 and usual.scheduler == ""
    assert (usual.grace_s, usual.idle_minutes) == (90, 30)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("GAN_MAX_WORKERS", "two"),
        ("GAN_MAX_WORKERS", "0"),
        ("GAN_MAX_RUNS", "1.5"),
        ("GAN_MAX_RUNS", ""),
        ("GAN_GRACE_SECONDS", "-1"),
        ("GAN_GRACE_SECONDS", "nan"),
        ("GAN_IDLE_MINUTES", "inf"),
        ("GAN_IDLE_MINUTES", "soon"),
    ],
)
def test_a_limit_that_makes_no_sense_gets_one_sentence(name, text):
    with pytest.raises(LimitsError, match=rf"^{name}='{text}' is not a .*: use a .*\.$"):
        Limits.from_environment({name: text})
