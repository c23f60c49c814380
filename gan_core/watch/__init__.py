"""Watching a training loop that is not ours, while it trains."""

from gan_core.watch.watching import Watch

__all__ = ["Watch"]
