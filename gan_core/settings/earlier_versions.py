"""Settings as earlier versions wrote them, in the words of this one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gan_core.settings.fields import SETTINGS
from gan_core.settings.points import OF_POINTS, POINT_SETS

# What was the default, and was called `mlp`, until the network came that is called so now.
FIRST_NETWORK = "mlp-plain"

# Settings that came later than files which tell all others, each with what it was before there was a choice. They came
# with that network.
LATER: dict[str, Any] = {"penalty_every": 1, "ema_warm_up": False}
# Those that came later still, whose defaults are what there was before.
_COMPLETE_BEFORE = SETTINGS.keys() - LATER.keys() - OF_POINTS - {"background", "mistake"}


def brought_up(written: Mapping[str, Any]) -> dict[str, Any]:
    """Those that were read from a file. Whoever names some alone means them as they are now."""
    if written.keys() & LATER.keys() or not written.keys() >= _COMPLETE_BEFORE:
        return dict(written)
    architecture = FIRST_NETWORK if written["architecture"] == "mlp" else written["architecture"]
    return {**written, "architecture": architecture, **LATER}


def brought_up_link(given: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Those that were read from a link with these keys.

    The architecture stands in each link that is written now. Earlier versions left it out where it was their default.
    """
    if "architecture" in given or given.get("dataset") in POINT_SETS or not _KEYS.intersection(keys):
        return dict(given)
    return {"architecture": FIRST_NETWORK, **given}


_KEYS = {row.url_key for row in SETTINGS.values()} | SETTINGS.keys()
