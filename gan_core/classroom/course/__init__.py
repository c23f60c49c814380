"""The course: eight lessons of five minutes in their order, and the six questions before and after them."""

from __future__ import annotations

from gan_core.classroom.course import (
    batch_norm,
    first_weights,
    learning_rates,
    mode_collapse,
    noise,
    pixel_range,
    saving,
    what_is_a_gan,
)
from gan_core.classroom.course.course_lesson import CourseLesson
from gan_core.classroom.lesson import Lesson

COURSE: tuple[CourseLesson, ...] = (
    what_is_a_gan.LESSON,
    pixel_range.LESSON,
    learning_rates.LESSON,
    mode_collapse.LESSON,
    first_weights.LESSON,
    noise.LESSON,
    batch_norm.LESSON,
    saving.LESSON,
)
_BY_DIGEST = {one.lesson.digest: one for one in COURSE}


def of_course(lesson: Lesson) -> CourseLesson | None:
    """The lesson of the course that this one is, by whatever link it was opened; None for any other."""
    return _BY_DIGEST.get(lesson.digest)
