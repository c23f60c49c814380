"""The range of the pixels: an output that cannot reach the data."""

from gan_core.classroom.course.course_lesson import CourseLesson
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import WhichFailure
from gan_core.settings.experiment import Experiment

LESSON = CourseLesson(
    name="range",
    told="Images are numbers. Here black is −1 and white is 1, and most of a digit's image is black background. The "
    "last layer of G decides which numbers it can give: tanh gives −1 to 1, sigmoid 0 to 1, a linear layer any number.",
    lesson=Lesson(
        Experiment(output_activation="sigmoid", steps=400),
        title="The range of the pixels",
        question="The real pixels lie between −1 and 1, but G ends with a sigmoid. How will its images look after 400 "
        "steps?",
        shown=("output_activation",),
        locked=("data_range",),
        budget=2000,
        prediction=WhichFailure(("blank-grey", "blank-black", "out-of-range")),
    ),
    measured="blank-grey",
    why="Sigmoid gives no number below 0, and 0 is the grey in the middle between −1 and 1. D soon tells every image "
    "by its background and pushes each pixel down, so G settles at the lowest that it can give: an even grey. More "
    "steps do not help. The range of the data and the output activation must fit: tanh for −1 to 1, sigmoid for 0 to "
    "1.",
    then="Set Output activation to tanh: the run starts again, and G can reach the background.",
    page="failures",
    page_label="All failures, each beside its fix",
)
