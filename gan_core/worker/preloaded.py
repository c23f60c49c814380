"""Importing this imports all that a worker needs, which takes seconds: PyTorch above all."""

from gan_core.engine.light_torch import defer_compiler

defer_compiler()

from gan_core.worker.loop import WorkerLoop  # noqa: E402

__all__ = ["WorkerLoop"]
