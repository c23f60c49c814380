"""Objects of which a process has one, which live as long as it does.

They are kept in a module that is no file, so that no file watcher drops it. Streamlit forgets an edited module, and
with it an object that was kept there, while the object's threads and child processes go on.
"""

from __future__ import annotations

import atexit
import sys
import threading
import types
from collections.abc import Callable
from typing import Protocol, TypeVar, cast

_KEPT_IN = "gan_core_only_one"


class Closing(Protocol):
    """Anything that is to be closed before the process ends."""

    def close(self) -> None:
        """End all that goes on in it."""


One = TypeVar("One", bound=Closing)


def only_one(name: str, make: Callable[[], One]) -> One:
    """The object of this name, made on first use; it is closed when the process ends. Raises what `make` raises."""
    kept = sys.modules.setdefault(_KEPT_IN, types.ModuleType(_KEPT_IN)).__dict__
    with kept.setdefault("lock", threading.RLock()):
        if name not in kept:
            kept[name] = made = make()
            atexit.register(made.close)
        return cast(One, kept[name])
