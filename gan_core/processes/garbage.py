"""What visitors leave behind, in a server that lives long.

Python collects all of what nobody holds by itself only once a quarter of what there is has become new: beside all that
the modules hold, that is what dozens of visitors leave.
"""

from __future__ import annotations

import gc
import threading
from functools import cache

NEW = 2  # of the collector's middle collections, each after some 7,000 new objects


def collect() -> None:
    """Collect it now, unless so little is new that the next one can do it: of many who come at once, a few do.

    What was there at the first call is looked at only then.
    """
    if gc.get_count()[2] < NEW and _prepare.cache_info().currsize:
        return
    gc.collect()
    _prepare()


def collect_meanwhile() -> None:
    """The same while the caller goes on, after the first time: beside thirty visitors it may take seconds."""
    if _prepare.cache_info().currsize:
        threading.Thread(target=collect, name="garbage", daemon=True).start()
    else:
        collect()


@cache
def _prepare() -> None:
    gc.freeze()
