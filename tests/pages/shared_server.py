"""A server that others reach: who its visitors are, and what each of them can do there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from live_runs import PATIENCE_S
from streamlit.testing.v1 import AppTest
from tiny import SMALL

from gan_core.live.registry import registry
from gan_core.settings.experiment import Experiment

ENDLESS = Experiment(**{**SMALL, "steps": 1_000_000})
A, B, TEACHER = "a" * 32, "b" * 32, "c" * 32
SECRET = "correct horse battery"

Visit = Callable[..., AppTest]


def stands_at(run_id: str, step: int) -> None:
    def there() -> bool:
        run = registry().snapshot(run_id)
        return run is not None and run.state == "paused" and run.step == step

    assert registry().wait_until(there, PATIENCE_S)


def address(at: AppTest) -> dict[str, str]:
    return {key: "".join(at.query_params[key]) for key in at.query_params}


def as_if_enabled(at: AppTest, use: Callable[[], AppTest]) -> None:
    """Use what A could and this tab's visitor B cannot: it was on B's page from before."""
    at.session_state["visitor"] = A
    at.run()
    at.session_state["visitor"] = B
    use()
    assert not at.exception


def press_all_the_same(at: AppTest, key: str) -> None:
    """Press a button that is disabled."""
    as_if_enabled(at, lambda: at.button(key=key).click().run())


def access_owner(who: str) -> str:
    return hashlib.sha256(f"owner {who}".encode()).hexdigest()[:32]


def run_in(at: AppTest) -> str | None:
    run_id: str | None = at.session_state.get("run", None)
    return run_id
