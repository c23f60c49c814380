"""How a class answers the six questions before and after the course, as counts without names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from gan_core.classroom.attendance import Attendance
from gan_core.classroom.course import COURSE
from gan_core.classroom.course.questions import QUESTIONS, Question

When = Literal["before", "after"]
WHEN: tuple[When, ...] = get_args(When)


@dataclass(frozen=True)
class Score:
    """One question at one time."""

    question: Question
    when: When
    counts: dict[str, int]  # choice -> how many gave it, every choice in its order

    @property
    def answered(self) -> int:
        """How many have answered."""
        return sum(self.counts.values())

    @property
    def right(self) -> int:
        """How many were right."""
        return self.counts[self.question.right]


def room(question: Question, when: When) -> str:
    """Under what Attendance keeps the answers to a question at a time, as it keeps a lesson's under its digest."""
    return f"course {question.name} {when}"


def own_answers(attendance: Attendance, visitor: str, when: When) -> dict[str, str]:
    """What one visitor has answered, by the questions' names."""
    given = {question.name: attendance.answered(room(question, when), visitor) for question in QUESTIONS}
    return {name: choice for name, choice in given.items() if choice is not None}


def own_right(attendance: Attendance, visitor: str, when: When) -> int:
    """How many of one visitor's answers are right."""
    given = own_answers(attendance, visitor, when)
    return sum(given.get(question.name) == question.right for question in QUESTIONS)


def scores(attendance: Attendance) -> list[Score]:
    """Every question before and after."""
    found = []
    for question in QUESTIONS:
        for when in WHEN:
            counts = attendance.counts(room(question, when))
            found.append(Score(question, when, {choice: counts.get(choice, 0) for choice in question.choices}))
    return found


def begin_anew(attendance: Attendance) -> None:
    """Forget all answers of the course: those to its questions and to its lessons."""
    for question in QUESTIONS:
        for when in WHEN:
            attendance.ask_again(room(question, when))
    for one in COURSE:
        attendance.ask_again(one.lesson.digest)
