"""A lesson: what a teacher's link holds.

Settings, of which some are shown, locked or hidden; a title and a question; a step budget; and perhaps a
prediction to be made before the run.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gan_core.classroom import prediction
from gan_core.classroom.prediction import Prediction
from gan_core.data import SOURCES
from gan_core.settings import link
from gan_core.settings.compatibility import usual
from gan_core.settings.earlier_versions import FIRST_NETWORK
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.problems import Problem, SettingsError
from gan_core.settings.setting import Value

MARK = "lesson"  # the key that makes a link a lesson's; its value is computed from all the rest
TITLE, QUESTION, SHOWN, LOCKED, BUDGET, PREDICTION = "title", "q", "show", "lock", "budget", "ask"
KEYS = (MARK, TITLE, QUESTION, SHOWN, LOCKED, BUDGET, PREDICTION)

MOST_TITLE = 80  # characters
MOST_QUESTION = 300
MOST_BUDGET = 1_000_000  # steps

_FIELD_OF_KEY = {row.url_key: name for name, row in SETTINGS.items()}
# These characters would turn the rest of the line around.
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class LessonError(ValueError):
    """Everything that is wrong with a lesson, one `Problem` for each part."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Lesson:
    """What a student gets. White space in the texts is made plain. Raises LessonError."""

    experiment: Experiment
    title: str  # at most MOST_TITLE characters
    question: str  # at most MOST_QUESTION characters
    shown: tuple[str, ...]  # the settings to be changed, in the table's order
    locked: tuple[str, ...]  # those only to be seen, in the table's order; all others are hidden
    budget: int  # how many steps may be trained in all, 1 to MOST_BUDGET
    prediction: Prediction | None = None  # to be made before the run

    def __post_init__(self) -> None:
        for name in (TITLE, "question"):
            object.__setattr__(self, name, " ".join(getattr(self, name).split()))
        for name in ("shown", "locked"):
            object.__setattr__(self, name, _in_order(getattr(self, name)))
        if problems := self._problems():
            raise LessonError(problems)

    def _problems(self) -> list[Problem]:
        problems = []
        for key, text, most in ((TITLE, self.title, MOST_TITLE), (QUESTION, self.question, MOST_QUESTION)):
            if not 1 <= len(text) <= most:
                problems.append(Problem(key, text, f"must have 1 to {most} characters"))
            elif not all(map(_printable, text)):
                problems.append(Problem(key, text, "it has characters that cannot be shown; leave them out"))
        if both := [name for name in self.shown if name in self.locked]:
            words = "a setting can be shown or locked, not both; leave it out of one of the two"
            problems.append(Problem(LOCKED, ", ".join(both), words))
        for key, names in ((SHOWN, self.shown), (LOCKED, self.locked)):
            if strange := [name for name in names if name not in SETTINGS or name == "folder"]:
                problems.append(Problem(key, ", ".join(strange), "not a setting that a lesson can show; leave it out"))
        if not 1 <= self.budget <= MOST_BUDGET:
            problems.append(Problem(BUDGET, self.budget, _BUDGET_ALLOWED))
        if self.prediction is not None:
            text = self.prediction.text()
            problems += [Problem(PREDICTION, text, f"must be {allowed}") for allowed in self.prediction.problems()]
        if SOURCES[self.experiment.dataset].own:
            words = "your own pictures are on your machine only; choose another data set for a lesson"
            problems.append(Problem("dataset", self.experiment.dataset, words))
        return problems

    # -------------------------------------------------------------------------------- the link

    def to_query(self) -> dict[str, str]:
        """The lesson as a link's query; the order of its keys has no meaning."""
        query = link.to_query(self.experiment) | {
            TITLE: self.title,
            QUESTION: self.question,
            SHOWN: _keys(self.shown),
            LOCKED: _keys(self.locked),
            BUDGET: str(self.budget),
            PREDICTION: self.prediction.text() if self.prediction else "",
        }
        query = {key: text for key, text in query.items() if text}
        return {MARK: _digest(query)[:8]} | query

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Lesson:
        """The inverse of `to_query`; keys that are not a lesson's are left alone.

        Raises LessonError, also where a part of the link was changed or cut off after it had been made.
        """
        given, problems = link.read_query(query)
        given = {"architecture": FIRST_NETWORK} | given  # earlier versions left it out
        try:
            experiment = Experiment(**given)
        except SettingsError as error:
            problems += error.problems
            experiment = Experiment()
        budget, asked = 1, None
        try:
            budget = int(query.get(BUDGET, ""))
        except ValueError:
            problems.append(Problem(BUDGET, query.get(BUDGET, "")[:40], _BUDGET_ALLOWED))
        try:
            asked = prediction.parse(query[PREDICTION]) if query.get(PREDICTION) else None
        except ValueError:
            problems.append(Problem(PREDICTION, query[PREDICTION], "must have a number after the ~"))
        try:
            found = cls(
                experiment, query.get(TITLE, ""), query.get(QUESTION, ""), _fields(query.get(SHOWN, "")),
                _fields(query.get(LOCKED, "")), budget, asked,
            )  # fmt: skip
        except LessonError as error:
            raise LessonError(problems + error.problems) from None
        if not problems and query.get(MARK) not in (found.to_query()[MARK], found._earlier_mark()):
            words = "it was changed or cut off after the lesson had been made, so its locks would not hold"
            problems = [Problem(MARK, query.get(MARK, ""), words)]
        if problems:
            raise LessonError(problems)
        return found

    def _earlier_mark(self) -> str | None:
        """The mark of the same lesson in a link of an earlier version; None where that version had none such."""
        if self.experiment.architecture != FIRST_NETWORK:
            return None
        key = SETTINGS["architecture"].url_key
        return _digest({name: text for name, text in self.to_query().items() if name not in (MARK, key)})[:8]

    @property
    def digest(self) -> str:
        """16 hexadecimal digits: equal for equal lessons."""
        return _digest({key: text for key, text in self.to_query().items() if key != MARK})

    # -------------------------------------------------------------------------------- the locks

    def changed(self, current: Experiment, changes: Mapping[str, Value]) -> Experiment:
        """`current` with changes that a student made; what is hidden may follow them, what is locked does not.

        Raises LessonError where a setting is not the student's to change, SettingsError where the new settings are
        wrong.
        """
        barred = [name for name in changes if name not in self.shown]
        if barred:
            raise LessonError([Problem(name, changes[name], "this lesson keeps it as it is") for name in barred])
        return current.replace(**{name: getattr(self.experiment, name) for name in self.locked}, **changes)

    def allows(self, e: Experiment) -> bool:
        """Whether a student can have come to these settings. The steps are left to the budget."""
        before, now = usual(self.experiment.model_dump()), usual(e.model_dump())
        return all(
            getattr(e, name) == getattr(self.experiment, name)
            or (
                name not in self.locked
                and getattr(self.experiment, name) == before[name]
                and getattr(e, name) == now[name]
            )
            for name in SETTINGS
            if name not in self.shown and name != "steps"
        )


_BUDGET_ALLOWED = f"must be a whole number of steps from 1 to {MOST_BUDGET:,}"


def _printable(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cs") and character not in _DIRECTIONS


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the table's order; what is no setting comes last."""
    order = {name: place for place, name in enumerate(SETTINGS)}
    return tuple(sorted(dict.fromkeys(names), key=lambda name: (order.get(name, len(order)), name)))


def _keys(names: tuple[str, ...]) -> str:
    return ".".join(SETTINGS[name].url_key for name in names)


def _fields(text: str) -> tuple[str, ...]:
    """Settings by their keys; what is none stays as it is, to be complained of."""
    return tuple(_FIELD_OF_KEY.get(key, key) for key in text.split(".")) if text else ()


def _digest(query: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(sorted(query.items())).encode()).hexdigest()[:16]
