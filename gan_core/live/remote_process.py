"""The process of a run on a machine of the cluster, with the stdin and stdout of any process: messages go in and come
out as bytes. What stands for files there is seen to on the way."""

from __future__ import annotations

import io
import threading
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from gan_core.data import load_for, sent_images
from gan_core.data.images import Images
from gan_core.files.atomic_write import write_whole
from gan_core.files.errors import DataError
from gan_core.live.remote_machine import Relayed
from gan_core.messages import framing
from gan_core.messages.commands_and_reports import Checkpoint, Command, Refused, Rewind, Start
from gan_core.settings.experiment import Experiment

if TYPE_CHECKING:
    from gan_core.live.machine import Machine


class RemoteProcess:
    """See processes.start.Process. It is there once its first message is sent; nothing waits for it before."""

    def __init__(self, machine: Machine, run: str) -> None:
        self._machine, self._run = machine, run
        self.place = machine.address
        self._told: SimpleQueue[Relayed] = SimpleQueue()
        self._checkpoint = Path()  # the file here, once a Start has named it
        self._started = self._killed = False
        self._ended = threading.Event()
        self.exit_code: int | None = None
        self.trouble = ""  # why it ended, where the process itself is not the cause
        self.stdin = cast(BinaryIO, _Stdin(self))
        self.stdout: BinaryIO = io.BufferedReader(_Stdout(self))

    @property
    def pid(self) -> int:
        """None of this machine's."""
        raise ProcessLookupError(f"The process is one of {self._machine.address}.")

    @property
    def alive(self) -> bool:
        """See `Process`, as of all others here."""
        return not self._ended.is_set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """See `Process`."""
        return self._ended.wait(timeout_s)

    def terminate(self) -> None:
        """End it at once: a worker has nothing to put in order."""
        if self._started:
            self._machine.post("kill", self._run)
        else:
            self.lose("it was never started")

    def kill(self) -> None:
        """As `terminate`; who asks again gets an end even if nothing is heard of the machine."""
        if self._killed:
            self.lose(f"its machine, {self._machine.address}, does not answer")
        self._killed = True
        self.terminate()

    # ------------------------------------------------------------------------------------------ what its machine says

    def heard(self, told: Relayed) -> None:
        """Something came."""
        if not told.report:
            self.exit_code = told.exit_code
            self.trouble = f"its messages were garbled ({told.corrupt})" if told.corrupt else ""
            self._ended.set()
        self._told.put(told)

    def lose(self, words: str) -> None:
        """Nothing more will come; `words` say why."""
        if not self._ended.is_set():
            self.trouble = words
            self._ended.set()
            self._told.put(Relayed(self._run))
            if self._started:
                self._machine.post("kill", self._run)  # where it is there after all

    # ------------------------------------------------------------------------------------------ what goes through it

    def send(self, message: bytes) -> None:
        """Put one message on its way. Raises OSError where the machine is gone."""
        try:
            self._send(message)
        except OSError as error:
            self.lose(str(error))
            raise

    def _send(self, message: bytes) -> None:
        command = framing.read_command(io.BytesIO(message))
        assert command is not None
        if not self._started:
            self._started = True
            self._machine.call("start", self._run)
        checkpoint = None
        if isinstance(command, Start | Rewind):
            try:
                message = framing.encode(self._with_images(command))
            except DataError as error:
                self._told.put(Relayed(self._run, framing.encode(Refused(command.kind, str(error)))))
                return
        if isinstance(command, Start):
            self._checkpoint = Path(command.checkpoint)
            checkpoint = Path(command.resume).read_bytes() if command.resume else None
        self._machine.call("send", self._run, message, checkpoint)

    def end(self) -> None:
        """No more messages will come: the process ends."""
        if self._started:
            self._machine.post("end", self._run)
        else:
            self.lose("it was never started")

    def next_report(self) -> bytes:
        """The next message, as bytes; empty at the end."""
        told = self._told.get()
        if told.begins:
            with suppress(OSError):
                self._checkpoint.unlink(missing_ok=True)
        if told.checkpoint is not None:
            try:
                write_whole(self._checkpoint, told.checkpoint)
            except OSError as error:
                return framing.encode(Refused(Checkpoint.kind, f"The checkpoint could not be written: {error}."))
        return told.report

    def _with_images(self, command: Start | Rewind) -> Command:
        """The command with the digest of its images, which are sent to the machine if it lacks them. Raises DataError
        where they are not even here."""
        digest = self._digest(command.experiment)
        if isinstance(command, Start):
            return Start(command.experiment, command.checkpoint, command.resume, digest)
        return Rewind(command.experiment, digest)

    def _digest(self, e: Experiment) -> str:
        if not sent_images.sent(e):
            return ""
        images = load_for(e)
        assert isinstance(images, Images)
        if not self._machine.call("has_images", e, images.digest):
            self._machine.call("keep", sent_images.pack(images))
        return images.digest


class _Stdin(io.RawIOBase):
    """Takes whole messages, as framing writes them."""

    def __init__(self, process: RemoteProcess) -> None:
        self._process = process

    def writable(self) -> bool:
        return True

    def write(self, message: Any, /) -> int:
        self._process.send(message)
        return len(message)

    def close(self) -> None:
        if not self.closed:
            self._process.end()
        super().close()


class _Stdout(io.RawIOBase):
    """Gives the bytes of one message after the other."""

    def __init__(self, process: RemoteProcess) -> None:
        self._process, self._left = process, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any, /) -> int:
        if not self._left:
            self._left = memoryview(self._process.next_report())
        count = min(len(room), len(self._left))
        room[:count], self._left = self._left[:count], self._left[count:]
        return count
