"""One machine of the cluster as this one sees it: an actor there, a thread that listens to it, and its processes."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gan_core.cluster.connection import check_versions
from gan_core.live.remote_machine import ANSWER_S, RemoteMachine
from gan_core.live.remote_process import RemoteProcess

if TYPE_CHECKING:
    from distributed import Client, Future

LOST_S = ANSWER_S + 25.0  # without an answer
OPEN_S = 1.0  # how often to look whether it is still wanted, while it opens
FIRST = 100  # the priority of the actor: runs that people look at go before a sweep's cells


class Machine:
    """A Dask worker. `changed` is called, from its thread, when it can be used and when it is lost."""

    def __init__(self, client: Client, address: str, threads: int, changed: Callable[[], None]) -> None:
        self.address, self.threads = address, threads
        self.open = False  # whether runs can be started there
        self.trouble = ""  # why it cannot be used, though it is there
        self.lost = ""  # why it cannot be used any more
        self._client, self._changed = client, changed
        self._lock = threading.Lock()
        self._processes: dict[str, RemoteProcess] = {}
        self._future: Future | None = None  # keeps the actor there
        self._actor: Any = None
        threading.Thread(target=self._work, name=f"gan-machine-{address}", daemon=True).start()

    def process(self) -> RemoteProcess:
        """A process there, which begins with the first message to it. Raises OSError where the machine is lost."""
        run = secrets.token_hex(8)
        with self._lock:
            if self.lost:
                raise OSError(self.lost)
            self._processes[run] = RemoteProcess(self, run)
            return self._processes[run]

    def call(self, what: str, *arguments: object) -> Any:
        """What a method of the actor gives. Raises OSError where it cannot be asked, or could not do it."""
        try:
            return getattr(self._actor, what)(*arguments).result(timeout=LOST_S)
        except Exception as error:  # whatever Dask raises for a worker that is gone, and what went wrong there
            raise OSError(self.lost or f"{self.address} failed: {str(error) or type(error).__name__}") from error

    def post(self, what: str, *arguments: object) -> None:
        """Ask the actor for something without waiting for it."""
        with suppress(Exception):  # it is lost, which the listening thread tells
            getattr(self._actor, what)(*arguments)

    def lose(self, words: str) -> None:
        """It is gone, and so are its processes; the first words count."""
        with self._lock:
            if self.lost:
                return
            self.lost, self.open = words, False
            processes, self._processes = self._processes, {}
        for process in processes.values():
            process.lose(words)
        self._changed()

    def _work(self) -> None:
        try:
            self._actor = self._opened()
        except Exception as error:  # of Dask, of other versions
            self.trouble = "" if self.lost else " ".join(str(error).split()) or type(error).__name__
            self._changed()
            return
        self.open = True
        self._changed()
        try:
            while not self.lost:
                for told in self._actor.heard().result(timeout=LOST_S):
                    with self._lock:
                        process = self._processes.get(told.run)
                        if not told.report:
                            self._processes.pop(told.run, None)
                    if process is not None:
                        process.heard(told)
        except Exception as error:  # whatever Dask raises for a worker, a scheduler or a client that is gone
            self.lose(f"the machine {self.address} is lost ({str(error) or type(error).__name__})")

    def _opened(self) -> Any:
        """The actor; waits until the worker has a moment for it. Raises ClusterError for one of other versions, and
        whatever Dask does."""
        check_versions(self._client, [self.address])  # a worker that cannot read what an actor is would end itself
        with self._client.as_current():
            self._future = self._client.submit(
                RemoteMachine, actor=True, workers=[self.address], allow_other_workers=False, pure=False,
                priority=FIRST,
            )  # fmt: skip
            while True:
                try:
                    return self._future.result(timeout=OPEN_S)
                except TimeoutError:
                    if self.lost:
                        raise
