"""A child that is forked from the template and one that imports everything itself: the same to whoever uses them."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from live_runs import PATIENCE_S, QUICK, ROOT, Client, alone, gone

from gan_core.messages.commands_and_reports import Finished, Framed, Go, Heartbeat, Ready, Step
from gan_core.processes import start as start_module
from gan_core.processes.only_one import only_one
from gan_core.processes.start import Started, forks, start
from gan_core.processes.template import PROGRAM, Forked, Template
from gan_core.settings.experiment import Experiment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are forked on Linux only")

# Says where and as what it runs; then what it reads, until it is told how to end.
TALKS = """
import json, os, sys
names = [os.getcwd(), os.environ.get("TALKS"), "LESS" in os.environ, os.getpgid(0) == os.getpid()]
print(json.dumps(names), flush=True)
for line in sys.stdin:
    if line.startswith("exit"):
        sys.exit(int(line.split()[1]))
    if line.startswith("raise"):
        raise RuntimeError("as told")
    print(line.strip(), flush=True)
"""


@pytest.fixture
def template() -> Iterator[Template]:
    """One of a test's own, which has not much to import."""
    own = Template("gan_core.processes.template:environment_of_a_child")
    yield own
    own.close()


@pytest.fixture
def talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module that both ways find."""
    (tmp_path / "talks.py").write_text(TALKS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "talks"


@pytest.fixture(params=["forked", "started"])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A worker, in both ways."""
    monkeypatch.setenv("GAN_FORK", "1" if request.param == "forked" else "0")
    if request.param == "forked" and not forks():
        pytest.skip("children are not forked beside a driver of GPUs")
    worker = Client()
    assert isinstance(worker.process, Forked if request.param == "forked" else Started)
    yield worker
    worker.close()


def said(child: Any) -> str:
    return str(child.stdout.readline().decode().strip())


def tell(child: Any, line: str) -> None:
    child.stdin.write(f"{line}\n".encode())
    child.stdin.flush()


def test_both_ways_train_to_the_same_bytes(client: Client, tmp_path: Path) -> None:
    assert client.start(QUICK, tmp_path).frame == alone(QUICK, 0)
    client.send(Step("both"), Step("d"))
    assert client.until(Framed, frame=lambda frame: frame.step == 2).frame.step == 2
    client.send(Step("both"))
    assert client.until(Framed, frame=lambda frame: frame.step == 3).frame.fake_png
    client.process.stdin.close()
    assert client.ended() == 0


def test_both_ways_end_in_the_middle_of_training_with_their_stdin(client: Client, tmp_path: Path) -> None:
    client.start(QUICK, tmp_path)
    client.send(Go())
    client.until(Heartbeat, steps_per_second=lambda rate: rate > 0)
    client.process.stdin.close()
    assert client.ended() == 0


@pytest.mark.parametrize("client", ["forked"], indirect=True)
def test_a_forked_run_shares_its_images_and_what_its_first_steps_cost(client: Client, tmp_path: Path) -> None:
    """Thirty of them have to fit beside each other; one that shares nothing takes some 250 MB."""
    client.start(Experiment(steps=40, measure_every=20), tmp_path)
    client.send(Go())
    client.until(Finished)
    assert psutil.Process(client.process.pid).memory_full_info().uss < 45 * 2**20


def test_both_ways_are_in_a_group_of_their_own_and_give_way(client: Client) -> None:
    client.until(Ready)
    assert os.getpgid(client.process.pid) == client.process.pid
    assert psutil.Process(client.process.pid).nice() == 10


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_both_ways_are_ended_by_a_signal(client: Client, number: signal.Signals) -> None:
    client.until(Ready)
    client.process.kill() if number == signal.SIGKILL else client.process.terminate()
    assert client.ended() == -number
    assert not client.process.alive and gone(client.process.pid)


def test_what_is_forked_later_sees_what_is_so_then(
    template: Template, talks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment and the folder are those of the moment, not of the template's beginning."""
    monkeypatch.setenv("LESS", "there")
    first = template.fork(talks)
    assert said(first) == json.dumps([os.getcwd(), None, True, True])
    monkeypatch.setenv("TALKS", "of now")
    monkeypatch.delenv("LESS")
    monkeypatch.chdir(tmp_path)
    second = template.fork(talks)
    assert said(second) == json.dumps([str(tmp_path), "of now", False, True])
    for child in (first, second):
        tell(child, "exit 0")
        assert child.wait(PATIENCE_S) and child.exit_code == 0


def test_how_it_ended_is_told(template: Template, talks: str, capfd: pytest.CaptureFixture[str]) -> None:
    ends = {"exit 0": 0, "exit 3": 3, "raise": 1}
    children = {line: template.fork(talks) for line in ends}
    assert len({child.pid for child in children.values()}) == 3
    for line, child in children.items():
        assert child.alive and child.exit_code is None
        tell(child, line)
        assert child.wait(PATIENCE_S)
        assert child.exit_code == ends[line] and not child.alive
    assert "RuntimeError: as told" in capfd.readouterr().err


def test_a_child_has_no_pipe_of_another(template: Template, talks: str) -> None:
    """Else the end of one's stdin would not be heard while another lives."""
    children = [template.fork(talks) for _ in range(3)]
    for child in children:
        said(child)
    children[0].stdin.close()
    assert children[0].wait(PATIENCE_S) and children[0].exit_code == 0
    assert all(child.alive for child in children[1:])
    assert {open_file.fd for open_file in psutil.Process(children[2].pid).open_files()} <= {0, 1, 2}
    for child in children[1:]:
        child.stdin.close()
        assert child.wait(PATIENCE_S)


def test_nothing_runs_in_the_template_that_a_fork_would_cut_off(talks: str) -> None:
    template = Template()  # with all that workers need
    child = template.fork(talks)
    said(child)
    assert psutil.Process(template.pid).num_threads() == 1
    child.kill()
    assert child.wait(PATIENCE_S)
    template.close()


def test_a_signal_before_it_is_there_is_not_lost(template: Template, talks: str) -> None:
    child = template.fork(talks)  # the template still imports
    child.kill()
    assert child.wait(PATIENCE_S) and child.exit_code == -signal.SIGKILL


def test_a_template_that_dies_is_started_again_and_its_children_live_on(template: Template, talks: str) -> None:
    first = template.fork(talks)
    said(first)
    before = template.pid
    os.kill(before, signal.SIGKILL)
    assert gone(before)
    tell(first, "still here")
    assert said(first) == "still here"
    second = template.fork(talks)
    said(second)
    assert template.pid != before
    for child, code in ((first, None), (second, 5)):  # who could tell the first one's is gone
        tell(child, "exit 5")
        assert child.wait(PATIENCE_S) and child.exit_code == code and not child.alive


def test_after_the_templates_death_each_childs_end_is_seen_as_it_comes(template: Template, talks: str) -> None:
    first, second = (template.fork(talks) for _ in range(2))
    for child in (first, second):
        said(child)
    assert template.pid is not None
    os.kill(template.pid, signal.SIGKILL)
    for child in (second, first):
        assert child.alive
        child.kill()
        assert child.wait(PATIENCE_S) and gone(child.pid)


def test_a_stopped_template_does_not_hold_up_the_servers_end(talks: str) -> None:
    template = Template("gan_core.processes.template:environment_of_a_child")
    said(template.fork(talks))
    assert template.pid is not None
    os.kill(template.pid, signal.SIGSTOP)
    waits = template.fork(talks)  # which never comes
    waits.kill()
    template.close()
    assert waits.wait(PATIENCE_S) and not waits.alive


def test_what_was_asked_of_a_template_that_dies_first_has_ended(template: Template, talks: str) -> None:
    child = template.fork(talks)
    os.kill(template.pid, signal.SIGKILL)
    assert child.wait(PATIENCE_S) and child.exit_code is None
    with pytest.raises(ProcessLookupError):
        assert child.pid
    assert child.stdout.read() == b""


SERVER = """
import sys
from gan_core.processes.only_one import only_one
from gan_core.processes.start import start
from gan_core.processes.template import Template
children = [start("talks") for _ in range(2)]
for child in children:
    child.stdout.readline()
print(only_one("template", Template).pid, *[child.pid for child in children], flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("killed", [True, False])
def test_the_servers_end_ends_the_template_and_every_child(talks: str, killed: bool) -> None:
    if not forks():
        pytest.skip("children are not forked beside a driver of GPUs")
    call = [sys.executable, "-c", SERVER]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdin is not None and server.stdout is not None
        pids = [int(word) for word in server.stdout.readline().split()]
        assert len(pids) == 3
        server.kill() if killed else server.stdin.close()
    assert all(gone(pid) for pid in pids)


def test_a_module_that_fails_is_told_as_an_end(template: Template, capfd: pytest.CaptureFixture[str]) -> None:
    child = template.fork("gan_core.no_such_module")
    assert child.wait(PATIENCE_S) and child.exit_code == 1
    assert "no_such_module" in capfd.readouterr().err


def test_it_ends_without_a_word_when_its_server_is_killed_before_it_has_read_all() -> None:
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        process = subprocess.Popen(
            [sys.executable, "-m", PROGRAM, str(its.fileno()), "json"],
            cwd=ROOT, pass_fds=[its.fileno()], stderr=subprocess.PIPE,
        )  # fmt: skip
    asked = {"module": "this", "folder": os.getcwd(), "environment": {}, "without": []}
    with Path(os.devnull).open("r+b") as nothing, ours:
        socket.send_fds(ours, [json.dumps(asked).encode()], [nothing.fileno()] * 2)
        assert select.select([ours], [], [], PATIENCE_S)[0]  # it has told something, and nobody reads it
    assert process.communicate(timeout=PATIENCE_S)[1] == b""
    assert process.returncode == 0


def test_where_a_driver_of_gpus_is_each_imports_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_module, "DRIVERS", (str(tmp_path),))
    assert not forks()


def test_there_is_one_template_for_all() -> None:
    if not forks():
        pytest.skip("children are not forked beside a driver of GPUs")
    children = [start("gan_core.worker") for _ in range(2)]
    parents = {psutil.Process(child.pid).ppid() for child in children}
    assert parents == {only_one("template", Template).pid}
    for child in children:
        child.kill()
        assert child.wait(PATIENCE_S)
