"""A failure of training: all that there is to say of it, in one record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from gan_core.diagnosis.detector import Condition, Detector, Evidence
from gan_core.diagnosis.recipe import Recipe
from gan_core.diagnosis.remedies import Change
from gan_core.settings.experiment import Experiment


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One failure: how it is named, told, explained and mended.

    A detector's thresholds stand between what failing and healthy runs showed in tests/study.py; assets/study.json
    counts how often each is right. One that only holds for some settings says so beside it.
    """

    name: str
    rank: int  # in findings: a cause has a lower one than what follows from it
    place: int  # among the recipes and the cards

    # For people who meet it.
    title: str
    looks: str
    reason: str  # why it happens, at length
    formula: str  # LaTeX; empty where none helps
    tell: str  # the measurements that the diagnosis reads
    reported: str  # who meets it, and under which description
    claims: tuple[str, ...] = ()  # the ledger's about it, by id, the most telling first
    recipe: Recipe

    # For the diagnosis.
    why: str  # one sentence, for findings
    runs: Literal["training", "untrained", "all"] = "training"  # in which it is looked for
    detector: Callable[[Experiment], Detector | None]  # None: of no meaning with these settings
    of_settings: Callable[[Experiment], list[Evidence]] | None = None  # what settings alone show, before the first step
    explained_by: frozenset[str] = frozenset()  # failures beside which it says nothing new
    remedies: Callable[[Experiment], Iterator[Change]]  # the likeliest first

    def detector_for(self, e: Experiment) -> Detector | None:
        """The detector for runs of an experiment; None where it has no meaning."""
        kind = "training" if e.steps else "untrained"
        return self.detector(e) if self.runs in (kind, "all") else None

    def is_looked_for(self, e: Experiment) -> bool:
        """Whether the diagnosis would name it in a run of the experiment."""
        return self.of_settings is not None or self.detector_for(e) is not None

    def signs(self, e: Experiment) -> tuple[Condition, ...]:
        """The measurements that show it in a run of the experiment, with their thresholds."""
        detector = self.detector_for(e)
        return detector.conditions if detector else ()

    def remedy(self, e: Experiment) -> Change:
        """The first change that may mend it and is none of the experiment's own settings already."""
        for change in self.remedies(e):
            if all(getattr(e, name) != value for name, value in change.items()):
                return change
        raise AssertionError(f"{self.name} cannot be found with these settings, so no remedy is known")
