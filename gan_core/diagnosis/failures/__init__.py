"""Every failure of training: a file each, whose FAILURE is found here by itself."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from gan_core.diagnosis.failure import Failure


def _records() -> list[Failure]:
    return [import_module(f"{__name__}.{module.name}").FAILURE for module in iter_modules(__path__)]


# By name, causes before what follows from them.
FAILURES: dict[str, Failure] = {failure.name: failure for failure in sorted(_records(), key=lambda one: one.rank)}

# As the pages show them: those of training, then those of an untrained generator.
CARDS: tuple[Failure, ...] = tuple(sorted(FAILURES.values(), key=lambda one: (one.runs == "untrained", one.place)))
