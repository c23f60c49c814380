"""Keeps torch's compiler out of a process that does not compile: 80 MB and two seconds less for each worker.

torch's optimisers import `torch._dynamo` on their first step, only to tell it to leave them alone. Here a module
of that name answers those two calls itself, and hands over to the real one as soon as anything else is asked.
"""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Callable
from typing import Any

NAME = "torch._dynamo"


class _DeferredCompiler(types.ModuleType):
    def disable(self, fn: Callable[..., Any], *_: Any, **__: Any) -> Callable[..., Any]:
        """What torch._dynamo.disable does where nothing is ever compiled."""
        return fn

    def graph_break(self, *_: Any, **__: Any) -> None:
        """Likewise."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":  # __path__ is asked for when a submodule is imported
            raise AttributeError(name)
        sys.modules.pop(NAME, None)
        vars(sys.modules["torch"]).pop("_dynamo", None)
        return getattr(importlib.import_module(NAME), name)


def defer_compiler() -> None:
    """To be called before the first optimiser is made; does nothing where the compiler is there already."""
    import torch

    if NAME in sys.modules:
        return
    sys.modules[NAME] = torch._dynamo = _DeferredCompiler(NAME)
