"""Whether the course's lessons come out as they say at other seeds than their own: `python -m tests.course_seeds`.

Trains every lesson at six seeds, its own first, and prints Markdown: what was measured, and at how many seeds the
choice that the lesson rests on was borne out. Ends with 1 where one was not. `… NAME` takes one lesson only.
"""

from __future__ import annotations

import sys

from gan_core.classroom.course import COURSE
from gan_core.classroom.course.course_lesson import CourseLesson
from gan_core.classroom.prediction import WhichSide
from gan_core.classroom.reveal import of_class
from gan_core.diagnosis.row import Row
from gan_core.engine.drive import drive
from gan_core.engine.trainer import Trainer

SEEDS = 6


def rows_of(one: CourseLesson, seed: int) -> list[Row]:
    """What a run of the lesson measures at a seed."""
    return [moment.row for moment in drive(Trainer(one.lesson.experiment.replace(seed=seed))) if moment.row]


def main() -> int:
    wrong = 0
    print("| lesson | said | measured, by seed | borne out |\n| --- | --- | --- | --- |", flush=True)
    for one in COURSE:
        if len(sys.argv) > 1 and one.name not in sys.argv[1:]:
            continue
        asked, own = one.lesson.prediction, one.lesson.experiment.seed
        assert asked is not None
        told, right = [], 0
        for seed in range(own, own + SEEDS):
            rows = rows_of(one, seed)
            seen = of_class(asked, one.lesson.experiment, rows).choices
            right += one.measured in seen
            told.append(
                f"{rows[-1].measurements[asked.measurement]:.3g}"
                if isinstance(asked, WhichSide)
                else "+".join(seen) or "–"
            )
        wrong += SEEDS - right
        print(f"| {one.name} | {asked.label(one.measured)} | {', '.join(told)} | {right}/{SEEDS} |", flush=True)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
