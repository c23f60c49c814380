"""A class's answers as CSV, counts without names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from gan_core.classroom.attendance import MeasuredAnswer
from gan_core.classroom.course.scores import Score
from gan_core.classroom.prediction import Prediction


def of_lesson(asked: Prediction, counts: Mapping[str, int], measured: MeasuredAnswer | None) -> str:
    """One line for each choice; `measured` is 1 for what the run bore out, 0 for the others, empty before it has
    ended or where it cannot be told."""
    right = measured.choices if measured else ()
    lines = [
        (
            choice,
            asked.label(choice),
            counts.get(choice, 0),
            int(choice in right) if right else "",
        )
        for choice in asked.choices
    ]
    return _csv(("choice", "words", "answers", "measured"), lines)


def of_course(scores: Iterable[Score]) -> str:
    """One line for each choice of each question, before and after."""
    lines = [
        (of.question.name, of.when, of.question.looks(choice), count, int(choice == of.question.right))
        for of in scores
        for choice, count in of.counts.items()
    ]
    return _csv(("question", "when", "choice", "answers", "right"), lines)


def _csv(heading: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(lines)
    return text.getvalue()
