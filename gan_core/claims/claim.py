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
    """One checkable sentence of a document."""

    id: str  # the document's number and a running one: "000-03"
    place: str  # where in the document
    subject: Subject
    claim: str  # what is said, in our words
    verdict: Verdict  # as recorded
    experiment: str = ""  # the function of experiments_NNN.py that decides it; empty for one that cannot be tested
    speed: Speed = "quick"  # quick: less than a second
    seconds: int = 0  # of a training one: what three seeds take on one core
    condition: str = ""  # under which it holds, for holds-if
    instead: str = ""  # what is true, for refuted
    reason: str = ""  # why it cannot be tested, for not-testable
    source: str = ""  # documentation that was looked up
    study: tuple[int, ...] = ()  # the rows of the project's study that it covers
    recipe: str = ""  # that shows it, by name
    mistake: str = ""  # the known mistake of the page pixels that shows it: "speckled/wrap"
    page: Literal["train", "untrained"] = "train"  # on which `settings` show it
    settings: Mapping[str, Any] = field(default_factory=dict)  # that show it

    @property
    def document(self) -> str:
        """The document's number."""
        return self.id.partition("-")[0]

    @property
    def testable(self) -> bool:
        """Whether there is an experiment."""
        return self.verdict != "not-testable"
