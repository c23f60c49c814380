"""Saving a picture: numbers that no byte can hold."""

from gan_core.classroom.course.course_lesson import CourseLesson
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import ABOVE, WhichSide
from gan_core.saving_mistakes import link
from gan_core.settings.experiment import Experiment

LESSON = CourseLesson(
    name="saving",
    told="A picture file holds whole numbers from 0 to 255. So values from −1 to 1 are mapped to 0 to 255 before "
    "saving: (x + 1) / 2 × 255. This G ends with a linear layer: nothing keeps its values between −1 and 1.",
    lesson=Lesson(
        Experiment(output_activation="linear", steps=400),
        title="Saving a picture",
        question="After 400 steps, what share of all generated pixel values will lie below −1 or above 1, where no "
        "byte can hold them?",
        shown=("output_activation",),
        locked=("data_range",),
        budget=2000,
        prediction=WhichSide("out_of_range", 0.05),
    ),
    measured=ABOVE,
    why="Most real pixels are exactly −1, so G aims at −1 and lands a little above or below it, about equally often. "
    "Cast to bytes as they are, the values below wrap around: −3 becomes 253, and black turns into white "
    "specks. Clip to the legal range before the cast, or give G a tanh, which cannot leave it.",
    then="Set Output activation to tanh: the run starts again, and no value lies outside any more.",
    page="pixels",
    page_label="See each line between G and the file, with this mistake",
    page_query=link.to_query(link.of_mistake("speckled", "wrap"), None),
)
