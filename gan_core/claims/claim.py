"""A claim: what a document says, in our words, where it stands, and the recorded verdict on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Verdict = Literal["holds", "holds-if", "refuted", "not-testable"]
Measured = Literal["holds", "holds-if", "refuted", "not-testable", "not-decided"]
Speed = Literal["quick", "training"]
Subject = Literal[
    "pixels", "pillow", "files", "activations", "initialisation", "normalisation", "noise", "data", "losses",
    "learning rates", "updates", "measurements", "code", "experience",
]  # fmt: skip

VERDICTS: tuple[str, ...] = get_args(Verdict)
SUBJECTS: tuple[str, ...] = get_args(Subject)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One checkable sentence of a document.

    `id` is the document's number and a running one ("000-03"); `place` says where in the document; `experiment` names
    the function of experiments_NNN.py that decides it. A `quick` one takes less than a second; for a `training` one,
    `seconds` is what three seeds take on one core. Beside the verdict stands the `condition` under which it holds,
    what is true `instead`, or the `reason` why it cannot be tested. `source` names documentation that was looked up;
    `study` are the rows of the project's study that it covers. It is shown by a `recipe`, by a `trap` of the page
    pixels ("speckled/wrap"), or by `settings` on a `page` (train or untrained).
    """

    id: str
    place: str
    subject: Subject
    claim: str
    verdict: Verdict
    experiment: str = ""
    speed: Speed = "quick"
    seconds: int = 0
    condition: str = ""
    instead: str = ""
    reason: str = ""
    source: str = ""
    study: tuple[int, ...] = ()
    recipe: str = ""
    trap: str = ""
    page: Literal["train", "untrained"] = "train"
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def document(self) -> str:
        """The document's number."""
        return self.id.partition("-")[0]

    @property
    def testable(self) -> bool:
        """Whether there is an experiment."""
        return self.verdict != "not-testable"
