"""The connection to the scheduler of a Dask cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gan_core.cluster.errors import ClusterError
from gan_core.cluster.versions import differences, versions

if TYPE_CHECKING:
    from distributed import Client

CONNECT_S = 10.0
WORKERS_S = 10.0  # for the first worker
REQUIREMENTS = "pip install -r requirements-cluster.txt"


def connect(address: str) -> Client:
    """A client of the scheduler. Raises ClusterError where dask is not installed or nobody answers at the address."""
    try:
        from distributed import Client  # a requirement of its own: only where it is used
    except ImportError:
        raise ClusterError(f"A cluster needs dask, which is not installed here: {REQUIREMENTS}.") from None
    try:
        return Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"No Dask scheduler answers at {address!r} ({' '.join(str(error).split())}): start one with "
            "“dask scheduler”, and give its address as in tcp://192.168.0.7:8786."
        ) from None


def connect_to_workers(address: str) -> Client:
    """As `connect`; raises ClusterError also where no worker is there, or one has other versions than this process."""
    client = connect(address)
    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
        for place, answer in client.run(versions, on_error="return").items():
            if isinstance(answer, Exception):
                raise ClusterError(not_ours(place, answer))
            if words := differences(versions(), answer, f"The worker {place}"):
                raise ClusterError(words)
    except TimeoutError:
        client.close()
        raise ClusterError(
            f"The scheduler at {address} has no worker: start some, “dask worker {address} --nthreads 2”."
        ) from None
    except ClusterError:
        client.close()
        raise
    return client


def not_ours(place: str, error: Exception) -> str:
    """What to say of a worker that could not do what a function of ours asks."""
    return f"The worker {place} does not run gan_core ({error}): start it in its folder."
