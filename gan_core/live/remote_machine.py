"""The live runs of another machine's server on this worker of a Dask cluster: the same worker processes as everywhere,
whose messages travel through an actor, and their checkpoints with them."""

from __future__ import annotations

import asyncio
import io
import threading
from contextlib import suppress
from dataclasses import dataclass, replace

from gan_core.data import sent_images
from gan_core.data.sent_images import SentImages
from gan_core.files.atomic_write import write_whole
from gan_core.live.scratch_folders import ScratchFolder, found_folders, remove_if_left
from gan_core.messages import framing
from gan_core.messages.commands_and_reports import Checkpointed, Command, Opened, Report, Start
from gan_core.processes.child_process import ChildProcess, Language
from gan_core.processes.start import start
from gan_core.settings.experiment import Experiment

MODULE = "gan_core.worker"
ANSWER_S = 5.0  # after which a question for news is answered, with or without any
TOGETHER_S = 0.03  # what comes within this time travels together


@dataclass(frozen=True)
class Relayed:
    """What the process of a run told, or without a report, that it has ended."""

    run: str
    report: bytes = b""  # as framing has it
    checkpoint: bytes | None = None  # the file, where it is a new one
    begins: bool = False  # the run stands at step 0: a checkpoint of before is void
    exit_code: int | None = None
    corrupt: str = ""  # what was wrong with the bytes of the process, if anything


class RemoteMachine:
    """An actor, made on each worker by a server that may have runs there.

    Dask drops it when that server's connection ends, and with it go its processes. No coroutine waits for a process.
    """

    def __init__(self) -> None:
        for folder in found_folders():
            remove_if_left(folder)
        self._outbox = _Outbox()  # the threads of the processes know this alone, and keep no actor alive
        self._runs: dict[str, _RemoteRun] = {}
        threading.Thread(target=_warm_up, daemon=True).start()

    async def start(self, run: str) -> None:
        """Start a process for a run. Raises OSError."""
        self._runs[run] = _RemoteRun(run, self._outbox)

    async def send(self, run: str, command: bytes, checkpoint: bytes | None) -> None:
        """Give the process a command, with the checkpoint that it is to go on from. Raises OSError."""
        self._runs[run].send(command, checkpoint)

    async def end(self, run: str) -> None:
        """Have the process end by itself."""
        self._runs[run].child.end()

    async def kill(self, run: str) -> None:
        """End the process at once."""
        self._runs[run].child.kill()

    async def heard(self) -> list[Relayed]:
        """What was told since the last call; waits for the first of it, ANSWER_S seconds at most."""
        told = await self._outbox.taken()
        for one in told:
            if not one.report:
                self._runs.pop(one.run, None)
        return told

    def has_images(self, e: Experiment, digest: str) -> bool:
        """Whether they need not be sent."""
        return sent_images.has_images(e, digest)

    def keep(self, sent: SentImages) -> None:
        """Keep images for runs. Raises OSError."""
        sent_images.keep(sent)

    def __del__(self) -> None:
        for run in self._runs.values():
            run.child.kill()


def _warm_up() -> None:
    """Have PyTorch imported where the processes are forked from, so that the first of them need not wait for it."""
    with suppress(OSError):  # a run that cannot be started either says so
        process = start(MODULE)
        process.stdin.close()  # which ends it
        process.wait()
        process.stdout.close()


class _RemoteRun:
    """One process with the folder of its checkpoint."""

    def __init__(self, run: str, outbox: _Outbox) -> None:
        self._run, self._outbox = run, outbox
        self._folder = ScratchFolder()
        self._checkpoint = self._folder.path / "checkpoint.safetensors"
        self._known = (0, 0)  # the checkpoint that the server has
        language = Language[Command, Report](framing.write, framing.read_report)
        try:
            self.child = ChildProcess(start(MODULE), language, self._heard, self._gone)
        except OSError:
            self._folder.remove()
            raise
        self.child.listen()

    def send(self, message: bytes, checkpoint: bytes | None) -> None:
        command = framing.read_command(io.BytesIO(message))
        assert command is not None
        if isinstance(command, Start):
            path = str(self._checkpoint)
            if checkpoint is not None:
                write_whole(self._checkpoint, checkpoint)
            command = replace(command, checkpoint=path, resume=None if checkpoint is None else path)
        self.child.send(command)

    def _heard(self, report: Report) -> None:
        begins = isinstance(report, Opened) and report.frame.step == 0
        if begins:
            self._known = (0, 0)
        checkpoint = self._new_checkpoint() if isinstance(report, Checkpointed) else None
        self._outbox.put(Relayed(self._run, framing.encode(report), checkpoint, begins))

    def _new_checkpoint(self) -> bytes | None:
        try:
            found = self._checkpoint.stat()
            stamp = found.st_ino, found.st_mtime_ns
            if stamp == self._known:
                return None
            content = self._checkpoint.read_bytes()
        except FileNotFoundError:  # the run has begun anew meanwhile
            return None
        self._known = stamp
        return content

    def _gone(self) -> None:
        self._folder.remove()
        self._outbox.put(Relayed(self._run, exit_code=self.child.exit_code, corrupt=self.child.corrupt))


class _Outbox:
    """What is on its way to the server; filled by threads, emptied on the event loop of the Dask worker."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: list[Relayed] = []
        self._news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None  # once somebody has asked

    def put(self, told: Relayed) -> None:
        with self._lock:
            if told.checkpoint is not None:  # of two that wait, only the newer one travels
                self._told = [replace(one, checkpoint=None) if one.run == told.run else one for one in self._told]
            self._told.append(told)
            if self._loop is not None:
                with suppress(RuntimeError):  # the Dask worker is ending
                    self._loop.call_soon_threadsafe(self._news.set)

    async def taken(self) -> list[Relayed]:
        with self._lock:
            self._loop = asyncio.get_running_loop()
            self._news.clear()
            there = bool(self._told)
        if not there:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), ANSWER_S)
        await asyncio.sleep(TOGETHER_S)
        with self._lock:
            told, self._told = self._told, []
        return told
