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
            "“PYTHONPATH=. dask scheduler”, and give its address as in tcp://192.168.0.7:8786."
        ) from None


def connect_to_workers(address: str) -> Client:
    """As `connect`; raises ClusterError also where no worker is there, or one has other versions than this process."""
    client = connect(address)
    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
        check_versions(client)
    except TimeoutError:
        client.close()
        raise ClusterError(no_worker(address)) from None
    except ClusterError:
        client.close()
        raise
    return client


def no_worker(address: str) -> str:
    """What to say of a scheduler that nobody works for."""
    return f"The scheduler at {address} has no worker: start some, “PYTHONPATH=. dask worker {address} --nthreads 2”."


def check_versions(client: Client, workers: list[str] | None = None) -> None:
    """Raises ClusterError where one of these workers, or of all, has other versions than this process."""
    for place, answer in client.run(versions, workers=workers, on_error="return").items():
        if isinstance(answer, Exception):
            why = " ".join(str(answer).split()) or type(answer).__name__
            if "No module named" not in why:  # Dask may hand on the words of an ImportError alone
                raise ClusterError(f"The worker {place} does not answer ({why}): start it again.")
            raise ClusterError(
                f"The worker {place} does not find gan_core ({why}): start it, and the scheduler, in its folder, with "
                "PYTHONPATH=. before “dask”."
            )
        if words := differences(versions(), answer, f"The worker {place}"):
            raise ClusterError(words)
