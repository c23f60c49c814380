"""A failure of training: all that there is to say of it, in one record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from gan_core.diagnosis.detector import Condition, Detector, Evidence
from gan_core.diagnosis.recipe import Recipe
from gan_core.diagnosis.remedies import MOST, Change, sure_values
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment
from gan_core.settings.mistakes import NONE
from gan_core.settings.points import POINT_SETS
from gan_core.settings.problems import SettingsError


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
    why_here: Callable[[Experiment], str] | None = None  # another one, where settings give another reason; else empty
    runs: Literal["training", "untrained", "all"] = "training"  # in which it is looked for
    detector: Callable[[Experiment], Detector | None]  # None: of no meaning with these settings
    on_points: Callable[[Experiment], Detector | None] | None = None  # the detector of runs on points; None: of none
    points_remedies: Callable[[Experiment], Iterator[Change]] | None = None  # of those runs, where they differ
    of_settings: Callable[[Experiment], list[Evidence]] | None = None  # what settings alone show, before the first step
    of_end: Callable[[Sequence[Row]], list[Evidence]] | None = None  # what a run's end shows, if nothing else is found
    spoils: bool = True  # whether it is ruled out by pictures of which most are recognisable, and of most classes
    voids: bool = False  # whether nothing that is measured beside it means anything
    explained_by: frozenset[str] = frozenset()  # failures beside which it says nothing new: the causes of this one
    remedies: Callable[[Experiment], Iterator[Change]]  # the likeliest first; settings in the order to change them in

    def detector_for(self, e: Experiment) -> Detector | None:
        """The detector for runs of an experiment; None where it has no meaning."""
        if not self._concerns(e):
            return None
        return self.on_points(e) if self.on_points and e.dataset in POINT_SETS else self.detector(e)

    def is_looked_for(self, e: Experiment) -> bool:
        """Whether the diagnosis would name it in a run of the experiment."""
        always = self.of_settings is not None or self.of_end is not None
        return self._concerns(e) and (always or self.detector_for(e) is not None)

    def _concerns(self, e: Experiment) -> bool:
        if e.dataset in POINT_SETS and self.on_points is None:
            return False
        return self.runs in ("training" if e.steps else "untrained", "all")

    def reason_in(self, e: Experiment) -> str:
        """Why it happens in a run of the experiment, in one sentence."""
        return (self.why_here(e) if self.why_here else "") or self.why

    def signs(self, e: Experiment) -> tuple[Condition, ...]:
        """The measurements that show it in a run of the experiment, with their thresholds."""
        detector = self.detector_for(e)
        return detector.conditions if detector else ()

    def remedy(self, e: Experiment) -> Change:
        """The likeliest change that may mend it and is nothing that the experiment has already. Settings that surely
        keep a run from learning besides come after it, in the order in which to change them."""
        points = e.dataset in POINT_SETS
        usual = (self.points_remedies or self.remedies)(e) if points else self.remedies(e)
        # A mistake in the loop is mended before anything is tuned.
        mended: list[Change] = [{"mistake": NONE}] if e.mistake != NONE else []
        for change in (*mended, *usual):
            if change and all(getattr(e, name) != value for name, value in change.items()) and _goes(e, change):
                return _with_what_else_hinders(e, change) if self.runs == "training" and not points else change
        raise AssertionError(f"{self.name} does not occur with these settings, so there is no remedy")


def _with_what_else_hinders(e: Experiment, change: Change) -> Change:
    """The change, and what it leaves that surely keeps a run from learning, to MOST settings in all."""
    settled = set(change) | ({"optimiser"} if change.keys() & {"lr_g", "lr_d"} else set())  # rates are of an optimiser
    for name, value in sure_values(e.replace(**change)).items():
        wider = {**change, name: value}
        if name not in settled and len(wider) <= MOST and getattr(e, name) != value and _goes(e, wider):
            change = wider
    return change


def _goes(e: Experiment, change: Change) -> bool:
    """Whether the experiment can have it beside its other settings."""
    try:
        e.replace(**change)
    except SettingsError:
        return False
    return True
