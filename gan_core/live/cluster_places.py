"""The places for runs on a Dask cluster: a thread keeps the connection, and knows which machines are there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from gan_core.cluster.connection import connect, no_worker
from gan_core.cluster.errors import ClusterError
from gan_core.live.machine import Machine
from gan_core.live.remote_process import RemoteProcess

if TYPE_CHECKING:
    from distributed import Client

LOOK_S = 2.0  # how often to look which machines are there
RETRY_S = 10.0  # after a scheduler that did not answer
CLOSE_S = 3.0  # for leaving; the connection ends with the process at the latest

log = logging.getLogger(__name__)


class ClusterPlaces:
    """As many places as the workers of the scheduler at this address have threads. No method but `close` waits for the
    cluster; `changed` is called, from another thread, whenever there are other places than before."""

    def __init__(self, address: str, changed: Callable[[], None]) -> None:
        self.address, self._changed = address, changed
        self._lock = threading.Lock()
        self._machines: dict[str, Machine] = {}
        self._trouble = ""
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gan-cluster", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why there are no places, or fewer than machines; empty where all is well."""
        with self._lock:
            return self._trouble or next((one.trouble for one in self._machines.values() if one.trouble), "")

    @property
    def total(self) -> int:
        """How many places there are, taken or not."""
        return sum(self.free({}).values())

    def free(self, used: Mapping[str, int]) -> dict[str, int]:
        """By machine, how many places are left beside those that are used."""
        with self._lock:
            return {
                address: max(0, machine.threads - used.get(address, 0))
                for address, machine in self._machines.items()
                if machine.open
            }

    def process(self, address: str) -> RemoteProcess:
        """A process on that machine, which begins with the first message to it. Raises OSError."""
        with self._lock:
            machine = self._machines.get(address)
        if machine is None:
            raise OSError(f"the machine {address} is lost")
        return machine.process()

    def close(self) -> None:
        """Leave the cluster, which stays; what still runs there for this process ends."""
        self._closed.set()
        self._thread.join(CLOSE_S)

    # ------------------------------------------------------------------------------------------ the thread

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                client = connect(self.address)
            except ClusterError as error:
                self._tell(str(error))
                self._closed.wait(RETRY_S)
                continue
            try:
                while not self._closed.is_set():
                    self._look(client)
                    self._closed.wait(LOOK_S)
            except Exception as error:  # whatever Dask raises for a scheduler that is gone
                self._tell(f"The Dask scheduler at {self.address} is lost ({str(error) or type(error).__name__}).")
            self._drop([*self._machines], f"the scheduler at {self.address} is lost")
            with suppress(Exception):  # what is lost cannot be left in order
                client.close()

    def _look(self, client: Client) -> None:
        """See which machines are there now."""
        threads = client.nthreads()
        self._drop([address for address in self._machines if address not in threads], "")
        with self._lock:
            for address, machine in [*self._machines.items()]:
                if machine.lost:
                    del self._machines[address]  # it is back, or nearly gone
            for address, count in threads.items():
                if address not in self._machines:
                    self._machines[address] = Machine(client, address, count, self._changed)
        self._tell("" if threads else no_worker(self.address))

    def _drop(self, addresses: list[str], why: str) -> None:
        with self._lock:
            dropped = [self._machines.pop(address) for address in addresses]
        for machine in dropped:
            machine.lose(why or f"the machine {machine.address} is lost")

    def _tell(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            log.error("%s", trouble)
        with self._lock:
            self._trouble = trouble
        self._changed()
