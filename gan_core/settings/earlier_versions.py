"""Settings as earlier versions wrote them in their files, in the words of this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gan_core.settings.fields import SETTINGS

# Settings that came later than files which tell all others, each with what it was before there was a choice. With them
# came the network `mlp`; what had been called so until then is `mlp-plain`.
LATER: dict[str, Any] = {"penalty_every": 1, "ema_warm_up": False}
_COMPLETE_BEFORE = SETTINGS.keys() - LATER.keys()


def brought_up(written: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that were read from a file. Whoever names some alone means them as they are now."""
    if written.keys() & LATER.keys() or not written.keys() >= _COMPLETE_BEFORE:
        return dict(written)
    architecture = "mlp-plain" if written["architecture"] == "mlp" else written["architecture"]
    return {**written, "architecture": architecture, **LATER}
