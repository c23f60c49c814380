"""A recipe: an experiment that shows a failure, and the one setting that mends it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from gan_core.settings.experiment import Experiment
from gan_core.settings.mistakes import NONE

Side = Literal["broken", "fixed"]

# Enough for digits to be recognisable on the fixed side, and about two seconds.
SHORT = {"steps": 600}

# recipe -> dataset -> at how many seeds both sides were judged right; written by `python -m tests.study table`.
COUNTED = Path(__file__).parent / "carries_over.json"
_COUNTED: dict[str, dict[str, str]] = json.loads(COUNTED.read_text())
_STUDIED = sorted({name for counted in _COUNTED.values() for name in counted})


@dataclass(frozen=True)
class Recipe:
    """Two experiments one setting apart, and what the first of them shows."""

    name: str
    failure: str  # the finding that `broken` ends with; empty where nothing fails, although a document says so
    document: str  # a file's number, or empty
    broken: Experiment
    fixed: Experiment  # where nothing fails: the document's cure or its alternative
    words: str  # seven at most
    not_there: Mapping[str, str]  # dataset -> how it differs there, by looking at the pictures
    mistake: str = ""  # in the loop, of which it is the recipe; or empty
    seen: str = ""  # of a mistake: what it did, in figures

    @property
    def carries_over(self) -> Mapping[str, str]:
        """For each other data set of the study: at how many seeds the same was seen, that it does not happen, or
        "untested"."""
        others = [name for name in _STUDIED if name != self.broken.dataset]
        counted = {other: _COUNTED.get(self.name, {}).get(other, "untested") for other in others}
        return MappingProxyType(counted | dict(self.not_there))

    def side(self, side: Side) -> Experiment:
        """One of the two experiments."""
        return self.broken if side == "broken" else self.fixed

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "failure": self.failure,
            "document": self.document,
            "broken": self.broken.model_dump(mode="json"),
            "fixed": self.fixed.model_dump(mode="json"),
            "words": self.words,
            "carries_over": dict(self.carries_over),
        }


def of_failure(
    name: str,
    words: str,
    shared: dict[str, Any],
    broken: dict[str, Any],
    fixed: dict[str, Any],
    not_there: Mapping[str, str] = MappingProxyType({}),
) -> Recipe:
    """The recipe with a failure's own name. `broken` and `fixed` give one setting its two values; `shared` is what
    both sides have."""
    return Recipe(name, name, "", Experiment(**shared, **broken), Experiment(**shared, **fixed), words, not_there)


def of_mistake(mistake: str, failure: str, words: str, seen: str, shared: dict[str, Any]) -> Recipe:
    """The recipe of a mistake in the loop, whose cure is not to make it. `shared` is what both sides have, and `seen`
    what was measured; `failure` is empty where that is no harm."""
    name = f"mistake-{mistake.replace('_', '-')}"
    broken, fixed = Experiment(**shared, mistake=mistake), Experiment(**shared, mistake=NONE)
    return Recipe(name, failure, "", broken, fixed, words, MappingProxyType({}), mistake, seen)


def of_document(
    name: str, failure: str, words: str, shared: dict[str, Any], broken: dict[str, Any], fixed: dict[str, Any]
) -> Recipe:
    """The recipe of a document, whose number begins its name; the settings as in `of_failure`."""
    document = name.partition("-")[0]
    broken_side, fixed_side = Experiment(**shared, **broken), Experiment(**shared, **fixed)
    return Recipe(name, failure, document, broken_side, fixed_side, words, MappingProxyType({}))
