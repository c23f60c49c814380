"""What a tab compares, and how far its runs are."""

from __future__ import annotations

import re

from live_runs import PATIENCE_S
from streamlit.testing.v1 import AppTest
from visiting import html

from gan_core.live.registry import registry
from gan_core.live.run import Snapshot
from gan_core.settings.comparison import Comparison

SMALL = {"a": "mlp", "w": "0.125", "sz": "8", "z": "4", "bs": "8", "st": "120"}


def runs(at: AppTest) -> list[Snapshot]:
    """The runs that are compared, in their order."""
    return [registry().snapshot(run) for run in at.session_state["compared"].values()]


def compared(at: AppTest) -> Comparison:
    return at.session_state["comparison"]


def until(at: AppTest, *states: str) -> None:
    assert registry().wait_until(lambda: all(run.state in states for run in runs(at)), PATIENCE_S), runs(at)
    at.run()
    assert not at.exception


def shown_steps(at: AppTest) -> list[int]:
    """The step of the picture in each panel, as its description says."""
    return [int(step) for text in html(at) for step in re.findall(r"Run [A-D], step (\d+)\"", text)]
