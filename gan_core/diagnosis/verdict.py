"""What a run's state is, in one word, one colour and one sentence: the same on every page, in reports and commands."""

from __future__ import annotations

from cmath import phase
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import tau
from typing import Any, Literal

from gan_core.diagnosis import point_quality, recognition
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.findings import Finding, detectors, diagnose, passed, undecided
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.titles import title_of
from gan_core.settings.change import Change
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import POINT_SETS

State = Literal["not started", "too early", "learning", "slow", "nothing to recognise", "failing", "healthy"]
Mark = Literal["ill", "open", "well"]

STILL = 0.97  # a turn of the Dirac-GAN that comes as far out as this share of the one before is no closer
SOME = 300  # steps before which nobody expects much

# How alike the pictures are to the real ones, where no classifier tells what is in them: from … to.
_ALIKE = {"contrast": (0.6, 1.5), "diversity": (0.5, 1.5), "neighbours": (0.7, 1.3), "histogram_distance": (0.0, 0.1)}


@dataclass(frozen=True)
class Verdict:
    """What is to be said of a run as it stands."""

    state: State
    headline: str  # a few words
    words: str  # one or two sentences
    findings: tuple[Finding, ...]  # of now, causes first
    passed: tuple[Finding, ...]  # failures that are over, the last first

    @property
    def mark(self) -> Mark:
        """Its colour: trouble, nothing to be said yet, or all well."""
        return "ill" if self.state == "failing" else "well" if self.state == "healthy" else "open"

    @property
    def short(self) -> str:
        """In a table or on a card: the failures by name, or the headline."""
        return ", ".join(finding.title for finding in self.findings) or self.headline

    @property
    def fails(self) -> bool:
        """Whether it is no example of anything good."""
        return self.state in ("failing", "nothing to recognise")

    def as_dict(self) -> dict[str, Any]:
        """For JSON: what was found, the state in words, and what is over."""
        return {
            "findings": [finding.as_dict() for finding in self.findings],
            "verdict": {
                "state": self.state,
                "words": f"{self.headline}. {self.words}".strip(),
                "passed": [finding.as_dict() for finding in self.passed],
            },
        }


def verdict(e: Experiment, rows: Sequence[Row], changes: Sequence[Change] = ()) -> Verdict:
    """The verdict on a run of these settings, changed on the way to them, after these rows, which are oldest first;
    none before it starts."""
    findings = diagnose(e, rows)
    return judged(findings, passed(e, rows, findings, changes), lambda: _unfailed(e, rows))


def judged(
    findings: Sequence[Finding], over: Sequence[Finding], otherwise: Callable[[], tuple[State, str, *tuple[str, ...]]]
) -> Verdict:
    """The verdict where these failures were found, and those are over; `otherwise` gives state, headline and sentences
    of a run in which none was found."""
    if findings:
        first, *others = findings
        more = f"Also: {', '.join(finding.title for finding in others)}." if others else ""
        since = f"since step {first.since_step}" if first.since_step else "from the start"
        state: State = "failing"
        headline, sentences = f"{first.title}, {since}", [first.why, first.advice, more]
    else:
        state, headline, *sentences = otherwise()
    past = (f"{finding.title} showed until step {finding.until_step}." for finding in over)
    return Verdict(state, headline, " ".join(filter(None, (*sentences, *past))), tuple(findings), tuple(over))


def _unfailed(e: Experiment, rows: Sequence[Row]) -> tuple[State, str, *tuple[str, ...]]:
    """State, headline and sentences of a run in which no failure was found."""
    if not rows:
        return "not started", "Not started", "Nothing has been trained yet."
    step, seen = rows[-1].step, recognition.words(rows)
    waiting = undecided(e, rows)
    if e.dataset in POINT_SETS:
        return _of_points(e, rows, waiting)
    if e.steps == 0:
        return "too early", "No failure found", "An untrained generator shows noise."
    if recognition.good(rows) and not waiting:
        return "healthy", "No failure found", seen
    if recognition.told(rows):
        return *_on_its_way(e, rows, step), seen, _waits(waiting)
    if waiting:
        return "too early", "Too early to tell", _waits(waiting)
    return look_of_pictures(rows)


def _on_its_way(e: Experiment, rows: Sequence[Row], step: int) -> tuple[State, str, str]:
    """State, headline and sentence of a run whose pictures were classified, and are not good yet."""
    needed = recognition.steps_to_good(rows)
    if recognition.good(rows):
        return "learning", "Learning well", ""
    if needed is not None and needed > e.steps:
        return "slow", "Learning slowly", f"At this rate it needs about {needed:,} steps; this run has {e.steps:,}."
    if not recognition.little(rows):
        if needed is None and step >= SOME:
            return (
                "slow",
                "Hardly improving",
                "Over the last half of the steps, the share of recognisable pictures did not grow.",
            )
        return "learning", "Learning", "More steps may help with the rest." if step >= e.steps else ""
    if needed is not None:
        return "learning", "Learning", f"At this rate most pictures are recognisable at about step {needed:,}."
    if step < min(SOME, e.steps):
        return "too early", "Too early to tell", ""
    return (
        "nothing to recognise",
        "Nothing to recognise yet",
        f"If this is still so at step {e.steps:,}, it is too slow.",
    )


def _of_points(e: Experiment, rows: Sequence[Row], waiting: dict[str, int]) -> tuple[State, str, str]:
    """The same of points of a plane."""
    seen = point_quality.words(e, rows)
    if e.dataset == "dirac":
        return _of_numbers(rows)
    if point_quality.good(e, rows):
        return "healthy", "No failure found", seen
    if waiting:
        return "too early", "Too early to tell", f"{seen} {_waits(waiting)}"
    return "learning", "Not yet like the real points", seen


def _of_numbers(rows: Sequence[Row]) -> tuple[State, str, str]:
    """The same of the two numbers of a Dirac-GAN: whether they come closer to where they should be, which is 0."""
    path = [complex(row.measurements.get("theta", 0.0), row.measurements.get("psi", 0.0)) for row in rows]
    first, last = abs(path[0]), abs(path[-1])
    words = f"The two numbers were {first:.3g} from their equilibrium at first, and are {last:.3g} now."
    if last < 0.1 * first:
        return "healthy", "Converging", words
    # Whole turns are compared by how far out they come, so that the shape of the path does not matter.
    end = len(path) - 1
    if (begun := _turn_before(path, end)) is not None and (earlier := _turn_before(path, begun)) is not None:
        out, before = (max(map(abs, path[a : b + 1])) for a, b in ((begun, end), (earlier, begun)))
        if out < STILL * before:
            return "learning", "Not converged", words
        way = ", ever further out" if out > before / STILL else ""
        return "slow", f"Circling{way}", f"{words} A penalty on D's gradient at the data, R1, lets it converge."
    return "learning", "Not converged", words


def _turn_before(path: Sequence[complex], end: int) -> int | None:
    """Where numbers that go round 0 began the whole turn that they end at an index; None where they made none."""
    angle = 0.0
    for index in range(end, 0, -1):
        now, before = path[index], path[index - 1]
        if not (now and before):
            return None
        angle += phase(now / before)
        if abs(angle) >= tau:
            return index - 1
    return None


def look_of_pictures(rows: Sequence[Row]) -> tuple[State, str, str]:
    """State, headline and sentence of pictures of which nobody can tell what is in them."""
    m = rows[-1].measurements
    alike = all(low <= m.get(name, low - 1) <= high for name, (low, high) in _ALIKE.items())
    look = "These pictures have no known classes: judge for yourself whether they resemble the real ones."
    if alike:
        return "healthy", "No failure found", look
    return "learning", "No failure found, but not yet like the real ones", look


def _waits(waiting: dict[str, int]) -> str:
    if not waiting:
        return ""
    last = max(waiting, key=lambda failure: waiting[failure])
    return f"“{FAILURES[last].title}” cannot be judged before step {waiting[last]}."


def outlook(of: Verdict, e: Experiment, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """For each failure that is looked for, its name and what can be said of it beside the verdict: found, over, not
    seen, or from which step on it can be told."""
    waiting = undecided(e, rows)
    step = rows[-1].step if rows else 0
    unseen = {}
    for name, detector in detectors(e).items():
        unseen[name] = f"cannot be judged before step {detector.after}" if step < detector.after else "not seen"
        if step < detector.after and name not in waiting:
            unseen[name] = f"cannot be judged before step {detector.after}, and this run ends earlier"
    return told_of_each(of, unseen)


def told_of_each(of: Verdict, unseen: Mapping[str, str]) -> list[tuple[str, str]]:
    """For each failure in `unseen`, its name for people and that it was found or is over; otherwise what `unseen`
    says."""
    found = {finding.failure: f"found, since step {finding.since_step}" for finding in of.findings}
    over = {finding.failure: f"was there until step {finding.until_step}" for finding in of.passed}
    return [(title_of(name), found.get(name) or over.get(name) or words) for name, words in unseen.items()]
