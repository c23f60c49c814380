"""Collecting what nobody holds any more, in a server that lives long.

Python collects all of it by itself only once a quarter of what there is has become new. Beside all that the modules
hold, that is what dozens of visitors leave behind.
"""

from __future__ import annotations

import gc
from functools import cache


def collect() -> None:
    """Collect it now. What was there at the first call is looked at only then: that makes later ones short."""
    gc.collect()
    _keep_for_good()


@cache
def _keep_for_good() -> None:
    gc.freeze()
