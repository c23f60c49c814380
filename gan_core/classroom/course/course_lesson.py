"""What one lesson of the course is: a lesson like any other, with what is told before it and after its reveal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gan_core.classroom.lesson import Lesson


@dataclass(frozen=True)
class CourseLesson:
    """One lesson of five minutes. Its texts are plain English, without markup."""

    name: str  # in the address of the page Course
    told: str  # what has to be known to answer the question
    lesson: Lesson  # with a prediction, and a run whose seed is the one that the lesson names
    measured: str  # the choice that its run bears out, at any seed; for tests, never shown
    why: str  # one paragraph, after the reveal
    then: str = ""  # what to change next, and what comes of it
    page: str = ""  # where there is more about it: a page by its url_path, with a label
    page_label: str = ""
    page_query: Mapping[str, str] = field(default_factory=dict)  # what is asked of that page

    @property
    def title(self) -> str:
        """How it is called."""
        return self.lesson.title
