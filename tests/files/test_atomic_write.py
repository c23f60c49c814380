"""Files are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from live_runs import ROOT

from gan_core.files.atomic_write import write_whole, writing_whole


@pytest.mark.parametrize("content", ["grün\n", b"\x00\r\n\xff", b""])
def test_what_was_written_is_there_and_nothing_else(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "file"
    write_whole(path, "an older file, which is longer")
    write_whole(path, content)
    assert path.read_bytes() == (content if isinstance(content, bytes) else content.encode("utf-8"))
    assert list(tmp_path.iterdir()) == [path]


def test_the_older_file_stays_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"older")
    with writing_whole(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"older"
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, GeneratorExit])
@pytest.mark.parametrize("older", [None, b"older"])
def test_a_failure_in_the_middle_leaves_the_older_file_alone(
    tmp_path: Path, failure: type[BaseException], older: bytes | None
) -> None:
    path = tmp_path / "file"
    if older is not None:
        path.write_bytes(older)

    def fail() -> None:
        with writing_whole(path) as file:
            file.write(b"half of the n")
            file.flush()
            raise failure("in the middle")

    with pytest.raises(failure, match="in the middle"):
        fail()
    assert {found.name: found.read_bytes() for found in tmp_path.iterdir()} == (
        {} if older is None else {"file": older}
    )


LITTLE_ROOM = """
import resource, signal, sys
from pathlib import Path
from gan_core.files.atomic_write import write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path(sys.argv[1]), bytes(3000))
except OSError as error:
    print(type(error).__name__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_disk_without_room_leaves_the_older_file_alone(tmp_path: Path) -> None:
    """The system itself refuses to write more than 1000 bytes."""
    path = tmp_path / "file"
    path.write_bytes(b"older")
    told = subprocess.run(
        [sys.executable, "-c", LITTLE_ROOM, path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout == "OSError\n"
    assert {found.name: found.read_bytes() for found in tmp_path.iterdir()} == {"file": b"older"}


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "file", b"")
    assert not list(tmp_path.iterdir())


def test_two_who_write_the_same_file_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "file"
    both_write = threading.Barrier(2)

    def write(letter: bytes) -> None:
        with writing_whole(path) as file:
            for _ in range(2):
                file.write(letter * 5000)
                file.flush()
                both_write.wait(60)

    writers = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert path.read_bytes() in (b"a" * 10_000, b"b" * 10_000)
    assert list(tmp_path.iterdir()) == [path]
