"""The worker, spoken to through its pipes as the page's process does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from live import QUICK, ROOT, Client, gone

from gan_core import frames
from gan_core.experiment import Experiment
from gan_core.protocol import (
    Beat,
    Broken,
    Changed,
    Crashed,
    Examine,
    Examined,
    Finished,
    Framed,
    Go,
    Loading,
    Opened,
    Pause,
    Ready,
    Refused,
    Rewind,
    Row,
    Set,
    Start,
    Step,
    Stop,
)
from gan_core.training import Trainer
from gan_core.untrained import contrast_map, untrained

EXPLODING = QUICK.replace(loss="wasserstein", optimiser="sgd", lr_g=1.0, lr_d=1.0, norm_g="none", init="he_normal")


@pytest.fixture(scope="module")
def shared():
    """One worker for all tests that leave it in order."""
    client = Client()
    yield client
    client.close()


@pytest.fixture
def client():
    client = Client()
    yield client
    client.close()


def alone(experiment, steps, players="both"):
    """The frame of a trainer that nobody watched."""
    trainer = Trainer(experiment)
    for _ in range(steps):
        trainer.train_step(players)
    return frames.take(trainer)


def test_it_warms_up_and_says_so(client):
    client.until(Ready)
    assert client.process.poll() is None


def test_a_start_shows_the_first_step(shared, tmp_path):
    opened = shared.start(QUICK, tmp_path)
    shared.until(Beat, step=0, state="paused", steps_per_second=0.0)
    assert opened.opening.device_name == "cpu"
    assert opened.opening.tile == 8
    assert opened.frame == alone(QUICK, 0)
    assert opened.due
    assert opened.experiment == QUICK.json_text()


def test_a_watched_run_equals_one_alone(shared, tmp_path):
    """Pictures come by time, so at whatever step: there they equal those of an unwatched trainer."""
    shared.start(QUICK, tmp_path)
    shared.send(Go())
    first = shared.until(Framed, frame=lambda frame: frame.step > 0)
    second = shared.until(Framed)
    shared.send(Pause())
    shared.until(Beat, state="paused")
    assert second.frame.step > first.frame.step
    assert second.frame == alone(QUICK, second.frame.step)
    rows = [report.step for report in shared.heard if isinstance(report, Row)]
    assert rows[-3:] == sorted(rows[-3:])
    assert all(step % QUICK.measure_every == 0 for step in rows)


@pytest.mark.parametrize("players", ["d", "g", "both"])
def test_one_step_while_paused(shared, tmp_path, players):
    shared.start(QUICK, tmp_path)
    shared.send(Step(players), Step(players))
    assert shared.until(Framed, frame=lambda frame: frame.step == 1).frame == alone(QUICK, 1, players)
    assert shared.until(Framed).frame == alone(QUICK, 2, players)
    assert shared.until(Beat, step=2).state == "paused"


def test_a_pause_shows_where_it_stands(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(Go())
    assert shared.until(Beat, steps_per_second=lambda rate: rate > 0).state == "running"
    shared.send(Pause())
    stands = shared.until(Beat, state="paused")
    assert stands.steps_per_second == 0
    last = next(report for report in reversed(shared.heard) if isinstance(report, Framed))
    assert last.frame.step == stands.step
    assert (tmp_path / "checkpoint.safetensors").exists()


def test_a_live_change_is_the_same_at_the_same_step(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(Step("both"), Set({"lr_g": 0.01, "noise_scale": 2.0}), Step("both"))
    changed = shared.until(Changed)
    assert Experiment.from_json(changed.experiment) == QUICK.replace(lr_g=0.01, noise_scale=2.0)
    trainer = Trainer(QUICK)
    trainer.train_step()
    trainer.set({"lr_g": 0.01, "noise_scale": 2.0})
    assert shared.until(Framed).frame == frames.take(trainer)
    trainer.train_step()
    assert shared.until(Framed).frame == frames.take(trainer)


def test_a_live_change_while_running(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(Go(), Set({"lr_d": 0.01}))
    assert Experiment.from_json(shared.until(Changed).experiment).lr_d == 0.01
    assert shared.until(Beat, steps_per_second=lambda rate: rate > 0).state == "running"
    shared.send(Pause())


@pytest.mark.parametrize(
    ("changes", "word"), [({"lr_g": -1.0}, "lr_g"), ({"width": 2.0}, "width"), ({"speed": 3}, "speed")]
)
def test_a_wrong_change_is_refused_and_the_run_goes_on(shared, tmp_path, changes, word):
    shared.start(QUICK, tmp_path)
    shared.send(Go(), Set(changes))
    refused = shared.until(Refused)
    assert refused.command == "Set"
    assert word in refused.words
    assert shared.until(Beat, step=lambda step: step > 0).state == "running"
    shared.send(Pause())


def test_an_examination_needs_no_run(client):
    client.send(Examine(QUICK.json_text(), 2.0, contrasts=True))
    examined = client.until(Examined)
    assert examined == Examined(untrained(QUICK, 2.0), contrast_map(QUICK, gain=2.0))
    client.send(Examine(QUICK.json_text()))
    assert client.until(Examined) == Examined(untrained(QUICK), ())


@pytest.mark.parametrize("running", [False, True])
def test_an_examination_leaves_the_run_alone(shared, tmp_path, running):
    other = QUICK.replace(seed=3, image_size=9, norm_g="none")
    shared.start(QUICK, tmp_path)
    shared.send(*[Go()] * running, Examine(other.json_text(), contrasts=True), Step("both"))
    assert shared.until(Examined).untrained == untrained(other)
    seen = shared.until(Framed, frame=lambda frame: frame.step > 0).frame
    assert seen == alone(QUICK, seen.step)
    shared.send(Rewind(QUICK.json_text()))
    assert shared.until(Opened).frame == alone(QUICK, 0)


def test_an_examination_that_cannot_be_is_refused_and_the_run_goes_on(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    missing = QUICK.replace(dataset="folder", folder=str(tmp_path / "none"))
    for text, gain, word in (
        ('{"lr_g": 5}', 1.0, "lr_g"), (missing.json_text(), 1.0, "none"), (QUICK.json_text(), -1.0, "gain")
    ):  # fmt: skip
        shared.send(Examine(text, gain))
        refused = shared.until(Refused)
        assert refused.command == "Examine"
        assert word in refused.words
    shared.send(Step("both"))
    assert shared.until(Framed).frame == alone(QUICK, 1)


def test_a_rewind_gives_the_same_first_picture(shared, tmp_path):
    opened = shared.start(QUICK, tmp_path)
    shared.send(Go())
    shared.until(Framed, frame=lambda frame: frame.step > 0)
    shared.send(Rewind(QUICK.json_text()))
    assert shared.until(Opened) == opened
    assert shared.until(Beat).step == 0
    shared.send(Step("both"))
    assert shared.until(Framed).frame == alone(QUICK, 1)


def test_a_rewind_to_other_settings(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    other = QUICK.replace(image_size=9, data_range="[0,1]")
    shared.send(Rewind(other.json_text()))
    opened = shared.until(Opened)
    assert opened.experiment == other.json_text()
    assert opened.opening.tile == 9
    assert opened.frame == alone(other, 0)


def test_a_refused_rewind_leaves_the_run(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(Step("both"), Rewind(QUICK.replace(dataset="folder", folder=str(tmp_path / "none")).json_text()))
    refused = shared.until(Refused)
    assert refused.command == "Rewind"
    assert "none" in refused.words
    shared.send(Step("both"))
    assert shared.until(Framed, frame=lambda frame: frame.step == 2).frame == alone(QUICK, 2)


def test_a_refused_start_can_be_mended(client, tmp_path):
    client.send(
        Pause(),
        Go(),
        Step("d"),
        Start('{"lr_g": 5, "loss": "none"}', str(tmp_path / "checkpoint.safetensors")),
    )
    assert "start first" in client.until(Refused).words
    refused = client.until(Refused, command="Start")
    assert "lr_g" in refused.words
    assert "loss" in refused.words
    client.send(Rewind(QUICK.json_text()))
    assert client.until(Opened).frame == alone(QUICK, 0)


def test_the_end_and_more_steps(shared, tmp_path):
    shared.start(QUICK.replace(steps=25), tmp_path)
    shared.send(Go())
    assert shared.until(Finished).step == 25
    last = next(report for report in reversed(shared.heard) if isinstance(report, Framed))
    assert last.frame == alone(QUICK.replace(steps=25), 25)
    rows = [report.step for report in shared.heard if isinstance(report, Row)]
    assert rows[-3:] == [10, 20, 25]
    shared.send(Step("both"))
    assert "raise Steps" in shared.until(Refused).words
    shared.send(Set({"steps": 30}), Go())
    shared.until(Changed)
    assert shared.until(Finished).step == 30


def test_fewer_steps_end_it_here_with_a_row(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(Step("both"), Set({"steps": 1}))
    assert shared.until(Row).step == 1
    assert shared.until(Finished).step == 1


def test_no_steps_at_all_is_the_untrained_generator(shared, tmp_path):
    shared.start(QUICK.replace(steps=0), tmp_path)
    assert shared.until(Finished).step == 0
    assert shared.until(Beat).state == "finished"


def test_numbers_that_explode_break_the_run_and_a_rewind_mends_it(shared, tmp_path):
    shared.start(EXPLODING, tmp_path)
    shared.send(Go())
    broken = shared.until(Broken)
    assert broken.tensor in broken.words
    assert [report for report in shared.heard if isinstance(report, Row)][-1].measurements["finite"] == 0
    assert shared.until(Beat).state == "broken"
    shared.send(Go(), Step("both"))
    assert "rewind" in shared.until(Refused).words
    shared.send(Rewind(QUICK.json_text()), Step("both"))
    shared.until(Opened)
    assert shared.until(Framed).frame == alone(QUICK, 1)


def test_a_resumed_run_equals_an_uninterrupted_one(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(*[Step("both")] * 7, Pause())
    shared.until(Beat, step=7)
    shared.until(Beat, step=7)
    shared.send(Rewind(QUICK.replace(seed=1).json_text()))  # what came between must not matter
    saved = tmp_path / "kept.safetensors"
    (tmp_path / "checkpoint.safetensors").rename(saved)
    shared.until(Opened)
    opened = shared.start(QUICK.replace(lr_d=2e-3), tmp_path, resume=saved)
    assert opened.frame.step == 7
    assert Experiment.from_json(opened.experiment).lr_d == 2e-3
    shared.send(Set({"lr_d": QUICK.lr_d}), Step("both"))
    assert shared.until(Framed, frame=lambda frame: frame.step == 8).frame == alone(QUICK, 8)


def test_a_damaged_checkpoint_is_refused_in_words(shared, tmp_path):
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"nothing of use")
    shared.send(Start(QUICK.json_text(), str(tmp_path / "checkpoint.safetensors"), str(damaged)))
    assert "damaged.safetensors" in shared.until(Refused, command="Start").words


def test_stop_leaves_a_checkpoint_of_the_last_step(client, tmp_path):
    client.start(QUICK, tmp_path)
    client.send(Go())
    client.until(Row)
    client.send(Stop())
    client.process.stdin.close()  # the end of stdin must not cut the checkpoint short
    assert client.ended() == 0
    again = Client()
    try:
        seen = max(report.step for report in client.heard if isinstance(report, Row))
        assert again.start(QUICK, tmp_path, tmp_path / "checkpoint.safetensors").frame.step >= seen
    finally:
        again.close()


@pytest.mark.parametrize("busy", [False, True])
def test_the_end_of_stdin_ends_it(client, tmp_path, busy):
    if busy:
        client.start(QUICK, tmp_path)
        client.send(Go())
        client.until(Beat, state="running")
    client.process.stdin.close()
    assert client.ended() == 0


def test_garbage_on_stdin_ends_it(client):
    client.process.stdin.write(b"go on, please\n")
    client.process.stdin.flush()
    assert client.ended() == 1


def test_a_checkpoint_that_cannot_be_written_is_told_and_the_run_goes_on(shared, tmp_path):
    shared.start(QUICK, tmp_path / "missing")
    refused = shared.until(Refused)
    assert refused.command == "checkpoint"
    assert "could not be written" in refused.words
    shared.send(Step("both"))
    assert shared.until(Framed).frame.step == 1


FAULTY = """
from gan_core import frames, worker
def take(trainer):
    raise RuntimeError("out of everything")
frames.take = take
worker.main()
"""


def test_an_unforeseen_error_is_told_before_the_end(tmp_path):
    client = Client(["-c", FAULTY])
    try:
        client.send(Start(QUICK.json_text(), str(tmp_path / "checkpoint.safetensors")))
        assert client.until(Crashed).words == "RuntimeError: out of everything"
        assert client.ended() == 1
    finally:
        client.close()


STRAY = """
import ctypes, os
from gan_core import frames, worker
take = frames.take
def noisy_take(trainer):
    print("stray print")
    os.write(1, b"stray write")
    ctypes.CDLL(None).puts(b"stray puts of C")
    os.system("echo stray child")
    return take(trainer)
frames.take = noisy_take
worker.main()
"""


def test_stray_prints_do_not_corrupt_the_stream(tmp_path):
    client = Client(["-c", STRAY])
    try:
        assert client.start(QUICK, tmp_path).frame == alone(QUICK, 0)
        client.send(Step("both"), Step("both"))
        assert client.until(Framed, frame=lambda frame: frame.step == 2).frame == alone(QUICK, 2)
    finally:
        client.close()


PARENT = """
import threading
from gan_core.worker_process import WorkerProcess
ready = threading.Event()
worker = WorkerProcess(lambda worker, report: ready.set(), lambda worker: None)
worker.listen()
ready.wait()
print(worker.pid, flush=True)
threading.Event().wait()
"""


def test_a_killed_parent_leaves_no_orphan():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        pid = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
    assert gone(pid)


def test_images_that_are_not_there_yet_are_announced(client, tmp_path):
    """Digits of a size that no other test draws, so that they are in no cache."""
    path = str(tmp_path / "checkpoint.safetensors")
    client.send(Start(QUICK.replace(image_size=41).json_text(), path))
    assert client.until(Loading).words.startswith("drawing digits: ")
    assert client.until(Opened).opening.tile == 41
