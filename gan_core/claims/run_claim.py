"""Runs one claim's experiment and says whether the verdict is the recorded one."""

from __future__ import annotations

import importlib
import math
import platform
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from gan_core.claims.claim import Claim
from gan_core.claims.ledger import CLAIMS, code_of
from gan_core.claims.outcome import Outcome, Value, spread

DIGITS = 4  # significant ones of every figure


def described(claim: Claim, measured: Mapping[str, Any]) -> dict[str, Any]:
    """A claim for JSON, with what was measured: the contract of the command line."""
    return {
        "id": claim.id,
        "document": claim.document,
        "place": claim.place,
        "subject": claim.subject,
        "claim": claim.claim,
        "experiment": code_of(claim),
        "measured": dict(measured),
        "verdict": claim.verdict,
        "speed": claim.speed,
        **{name: getattr(claim, name) for name in ("condition", "instead", "reason", "source") if getattr(claim, name)},
    }


def run(
    claim: Claim, seeds: tuple[int, ...] | None = None, told: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Run a claim's experiment and describe it with what was measured now.

    That adds its `measured_verdict`, and whether it `agrees` with the recorded one. A training claim takes the seeds
    (None: 0, 1, 2), and calls `told` after each step with how many were taken. One that cannot be tested is what it
    was recorded as. Raises ValueError for fewer than three different seeds.
    """
    if not claim.testable:
        return _result(claim, Outcome("not-testable", {}), (), 0, 0.0)
    function = _function(claim)
    begun = time.perf_counter()
    if claim.speed == "quick":
        outcome = function()
        return _result(claim, outcome, (), 0, time.perf_counter() - begun)
    from gan_core.claims.trained_runs import SEEDS, Training  # torch is slow to import: only where something trains

    training = Training(SEEDS if seeds is None else seeds, told)
    outcome = function(training)
    return _result(claim, outcome, training.seeds, training.steps, time.perf_counter() - begun)


def run_named(claim_id: str) -> dict[str, Any]:
    """The same of the claim with this id, for a process of its own. Raises KeyError for none."""
    prepare()
    return run(CLAIMS[claim_id])


def _result(claim: Claim, outcome: Outcome, seeds: tuple[int, ...], steps: int, seconds: float) -> dict[str, Any]:
    measured = {name: rounded(value) for name, value in outcome.measured.items()}
    per_seed = {name: value for name, value in outcome.measured.items() if isinstance(value, list)}
    return {
        **described(claim, measured),
        "measured_verdict": outcome.verdict,
        "agrees": outcome.verdict == claim.verdict,
        "seeds": list(seeds),
        "steps": steps,
        "spread": {name: _rounded(spread(values)) for name, values in per_seed.items()},
        "seconds": round(seconds, 2),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Of Python and the libraries that experiments use."""
    libraries = {"numpy": "numpy", "pillow": "Pillow", "torch": "torch"}
    return {"python": platform.python_version(), **{name: version(called) for name, called in libraries.items()}}


def rounded(value: Value) -> int | float | str | list[float | str]:
    """Figures to four significant digits, whole numbers and texts as they are; NaN and infinity, which JSON has not,
    as texts."""
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return value if isinstance(value, str | int) else _rounded(value)


def _rounded(value: float) -> float | str:
    if not math.isfinite(value):
        return str(value)
    return round(float(value), DIGITS - 1 - math.floor(math.log10(abs(value)))) if value else 0.0


def prepare() -> None:
    """Import torch, without its compiler, which takes seconds; what else experiments need is quick to import."""
    from gan_core.engine.light_torch import defer_compiler

    defer_compiler()


def _function(claim: Claim) -> Callable[..., Outcome]:
    prepare()
    module = importlib.import_module(f"gan_core.claims.experiments_{claim.document}")
    found: Callable[..., Outcome] = getattr(module, claim.experiment)
    return found
