"""A function by its name: what is slow to import, torch above all, is imported only where the function runs."""

from __future__ import annotations

import importlib
from typing import Any


def call_named(name: str, /, *arguments: Any) -> Any:
    """What the function gives for these arguments; `name` is its module and its own, "package.module:function"."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)(*arguments)
