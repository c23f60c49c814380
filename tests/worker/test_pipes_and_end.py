"""The pipes to the server: stray prints, garbage, and how the worker ends with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from live_runs import QUICK, ROOT, Client, alone, gone

from gan_core.messages.commands_and_reports import Crashed, Framed, Go, Heartbeat, Refused, Start, Step
from gan_core.messages.framing import encode


@pytest.mark.parametrize("busy", [False, True])
def test_the_end_of_stdin_ends_it(client, tmp_path, busy):
    if busy:
        client.start(QUICK, tmp_path)
        client.send(Go())
        client.until(Heartbeat, steps_per_second=lambda rate: rate > 0)
    client.process.stdin.close()
    assert client.ended() == 0


def test_the_end_of_stdout_ends_it_without_a_word(tmp_path):
    code = "from gan_core.worker.__main__ import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        process.stdout.close()
        process.stdin.write(encode(Start(QUICK, str(tmp_path / "checkpoint.safetensors"))))
        process.stdin.flush()
        assert (process.stderr.read(), process.wait()) == (b"", 0)


def test_garbage_on_stdin_ends_it(client):
    client.process.stdin.write(b"go on, please\n")
    client.process.stdin.flush()
    assert client.ended() == 1


@pytest.mark.parametrize(
    ("command", "kind", "words"),
    [
        ({"kind": "launch"}, "launch", "no message 'launch'"),
        ({"kind": "framed"}, "framed", "no message 'framed'"),  # a report
        ({"kind": "collect", "count": "many"}, "collect", "'count'"),
        ({"kind": "start"}, "start", "'experiment'"),
        ({"kind": "start", "experiment": {"lr_g": 5}, "checkpoint": "c"}, "start", "lr_g=5"),
        ({"kind": "rewind", "experiment": [[0, 1]]}, "rewind", "'experiment'"),
        ({"kind": 3}, "", "of what kind"),
        (["go"], "", "of what kind"),
    ],
)
def test_a_wrong_command_is_refused_in_words_and_the_worker_lives(shared, command, kind, words):
    shared.send_json(command)
    refused = shared.until(Refused)
    assert refused.command == kind
    assert words in refused.words
    assert shared.process.alive


FAULTY = """
from gan_core.engine import take_frame
from gan_core.worker import __main__ as worker
def take(trainer):
    raise RuntimeError("out of everything")
take_frame.take = take
worker.main()
"""


def test_an_unforeseen_error_is_told_before_the_end(tmp_path):
    client = Client(["-c", FAULTY])
    try:
        client.send(Start(QUICK, str(tmp_path / "checkpoint.safetensors")))
        assert client.until(Crashed).words == "RuntimeError: out of everything"
        assert client.ended() == 1
    finally:
        client.close()


STRAY = """
import ctypes, os
from gan_core.engine import take_frame
from gan_core.worker import __main__ as worker
take = take_frame.take
def noisy_take(*arguments):
    print("stray print")
    os.write(1, b"stray write")
    ctypes.CDLL(None).puts(b"stray puts of C")
    os.system("echo stray child")
    return take(*arguments)
take_frame.take = noisy_take
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
from gan_core.live.worker_process import WorkerProcess
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
