"""A Dask cluster as the machines of a sweep: Dask hands out the tasks, a child process of each worker does them."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from gan_core.cluster.connection import connect_to_workers
from gan_core.cluster.errors import ClusterError
from gan_core.cluster.versions import differences, versions
from gan_core.data import load_for, sent_images
from gan_core.data.images import Images
from gan_core.data.sent_images import SentImages, has_images
from gan_core.processes.child_executor import ChildExecutor
from gan_core.processes.inside_child import NICENESS
from gan_core.processes.named_call import call_named
from gan_core.processes.only_one import only_one
from gan_core.settings.experiment import Experiment
from gan_core.sweep.machines import TRAIN

MOST_THREADS = 1000


class Cluster:
    """The cluster of one scheduler. Raises ClusterError where dask is not installed, nobody answers at the address, no
    worker is there, or one has other versions than this process.

    A task whose worker dies is done by another one, as Dask does it: three times at most.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._client = connect_to_workers(address)
        self._executor = self._client.get_executor(pure=False)
        self._sent: dict[tuple[str, int, int, str, str], tuple[str, Any]] = {}

    def submit(self, function: str, *arguments: Any) -> Future[Any]:
        """See Machines, as of all others here."""
        return self._submit(function, None, *arguments)

    def train(self, e: Experiment) -> Future[Any]:
        """See Machines. Images that a worker may not have are sent there once."""
        if sent_images.sent(e):
            digest, sent = self._images(e)
            return self._submit(TRAIN, sent, e, digest)
        return self._submit(TRAIN, None, e)

    def _submit(self, function: str, sent: Any, *arguments: Any) -> Future[Any]:
        found: Future[Any] = self._executor.submit(do_task, function, versions(), sent, *arguments)
        return found

    def _images(self, e: Experiment) -> tuple[str, Any]:
        """The digest of an experiment's images, and what stands for them on the cluster, where a worker lacks them."""
        key = e.dataset, e.image_size, e.channels, e.folder, e.background
        if key not in self._sent:
            images = load_for(e)
            assert isinstance(images, Images)
            there = self._client.run(has_images, e, images.digest)
            sent = None
            if not all(there.values()):
                sent = self._client.scatter(sent_images.pack(images), hash=False)
            self._sent[key] = images.digest, sent
        return self._sent[key]

    def slots(self) -> int:
        """See Machines: the threads of all workers, of which each has a child process."""
        return max(1, sum(self._client.nthreads().values()))

    def end(self, future: Future[Any]) -> None:
        """See Machines. A worker that has begun goes on to the end of its task."""
        future.cancel()

    def close(self) -> None:
        """See Machines; the cluster stays."""
        self._client.close()


# ---------------------------------------------------------------------------------------------- on a worker


def do_task(function: str, wanted: Mapping[str, str], sent: SentImages | None, *arguments: Any) -> Any:
    """Do a task in a child process of this worker. Raises ClusterError for other versions than are `wanted`."""
    if words := differences(wanted, versions(), f"The worker on {platform.node()}"):
        raise ClusterError(words)
    if sent is not None:
        sent_images.keep(sent)
    return _children().submit(call_named, function, *arguments).result()


def _children() -> ChildExecutor:
    """As many as the worker has threads: each of them waits for one, so that there is no other limit. They are as nice
    as live runs there."""
    return only_one("children of a cluster's worker", lambda: ChildExecutor(MOST_THREADS, NICENESS))
