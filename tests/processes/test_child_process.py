"""A child process: what it says is heard in order, and it ends, however little it wants to."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import BinaryIO

import pytest
from live_runs import PATIENCE_S, gone

from gan_core.messages.framing import ProtocolError
from gan_core.processes import child_process
from gan_core.processes.child_process import ChildProcess, Language
from gan_core.processes.only_one import only_one
from gan_core.processes.start import Started

ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("here", flush=True)
while True: time.sleep(60)
"""


def write(stream: BinaryIO, word: str) -> None:
    stream.write(f"{word}\n".encode())
    stream.flush()


def read(stream: BinaryIO) -> str | None:
    line = stream.readline().decode().strip()
    if line == "nonsense":
        raise ProtocolError("that is nonsense")
    return line or None


class Listener:
    """A child and what was heard from it."""

    def __init__(self, program: str) -> None:
        self.news = threading.Condition()
        self.heard: list[str] = []
        self.ends = 0
        language = Language[str, str](write, read)
        self.child = ChildProcess(Started([sys.executable, "-c", program]), language, self._heard, self._gone)
        self.child.listen()

    def _heard(self, word: str) -> None:
        with self.news:
            self.heard.append(word)
            self.news.notify_all()

    def _gone(self) -> None:
        with self.news:
            self.ends += 1
            self.news.notify_all()

    def until(self, *words: str) -> None:
        with self.news:
            assert self.news.wait_for(lambda: self.heard == list(words), PATIENCE_S), self.heard

    def until_gone(self) -> None:
        with self.news:
            assert self.news.wait_for(lambda: self.ends, PATIENCE_S)


@pytest.fixture
def echo() -> Iterator[Listener]:
    listener = Listener(ECHO)
    yield listener
    listener.child.close()


def test_what_is_sent_is_answered_in_order_and_a_last_word_before_the_end(echo: Listener) -> None:
    for word in ("one", "two"):
        echo.child.send(word)
    echo.until("one", "two")
    assert echo.child.alive and not echo.child.ended and echo.child.exit_code is None
    echo.child.end("three")
    echo.until_gone()
    assert echo.heard == ["one", "two", "three"] and echo.child.ended
    assert echo.child.exit_words == "exit code 0" and echo.ends == 1
    echo.child.send("four")  # goes nowhere


def test_bytes_that_are_no_message_end_the_process_with_a_reason(echo: Listener) -> None:
    echo.child.send("nonsense")
    echo.until_gone()
    assert gone(echo.child.pid)
    assert echo.child.exit_words == "its messages were garbled (that is nonsense)"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to ignore")
def test_a_process_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "PATIENCE_S", 0.05)
    listener = Listener(DEAF)
    listener.until("here")
    listener.child.end(patience_s=0.05)
    listener.child.close()
    assert gone(listener.child.pid) and listener.ends == 1
    assert listener.child.exit_words.startswith("it was killed by SIGKILL")


def test_there_is_one_object_of_a_name() -> None:
    class Kept:
        def close(self) -> None:
            pass

    first = only_one("a test's", Kept)
    assert only_one("a test's", Kept) is first
    assert only_one("another test's", Kept) is not first


def test_what_could_not_be_made_is_tried_again() -> None:
    class Kept:
        def close(self) -> None:
            pass

    def refuse() -> Kept:
        raise ValueError("not now")

    with pytest.raises(ValueError, match="not now"):
        only_one("a third test's", refuse)
    assert isinstance(only_one("a third test's", Kept), Kept)
