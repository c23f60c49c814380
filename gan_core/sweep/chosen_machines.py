"""Which machines train what is given to them: a cluster where one is named, else this machine's cores."""

from __future__ import annotations

import os

from gan_core.live.limits import Limits
from gan_core.sweep.machines import Machines, OwnCores


def machines(scheduler: str | None = None, niceness: int = 0) -> Machines:
    """The cluster whose scheduler has this address, or that GAN_SCHEDULER names; else this machine's cores. Raises
    ClusterError and LimitsError."""
    address = scheduler or os.environ.get("GAN_SCHEDULER")
    if not address:
        return OwnCores(Limits.from_environment().max_workers, niceness)
    from gan_core.sweep.cluster import Cluster  # dask is a requirement of its own: only where it is used

    return Cluster(address)
