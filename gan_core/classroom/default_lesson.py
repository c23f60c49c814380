"""The lesson that a teacher has every student's first page offer, kept in a file so that a restart does not lose it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from gan_core.classroom.lesson import Lesson
from gan_core.files.atomic_write import told, write_together

FILE = "default_lesson.json"
MOST_BYTES = 20_000  # that such a file may have
COURSE = "course"  # what the file holds where the whole course is offered


class DefaultLessonError(ValueError):
    """The file cannot be used; one sentence."""


@dataclass(frozen=True)
class DefaultLesson:
    """What the first page offers: the whole course where `lesson` is None."""

    lesson: Lesson | None


def read(home: Path) -> DefaultLesson | None:
    """The one that is set in this folder; None where none is. Raises DefaultLessonError."""
    path = home / FILE
    try:
        with path.open("rb") as file:
            kept = json.loads(file.read(MOST_BYTES))
        if kept == COURSE:
            return DefaultLesson(None)
        return DefaultLesson(Lesson.from_query({str(key): str(text) for key, text in dict(kept).items()}))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:  # a LessonError is a ValueError
        words = f"{FILE} in the folder of saved runs holds no lesson that can be used: set one again."
        raise DefaultLessonError(words) from error


def write(home: Path, new: DefaultLesson | None) -> None:
    """Set it, or none, for all who use this folder. Raises NotWritten."""
    path = home / FILE
    if new is None:
        with told(path):
            path.unlink(missing_ok=True)
    else:
        text = json.dumps(new.lesson.to_query() if new.lesson else COURSE, indent=1)
        write_together({path: f"{text}\n".encode()})
