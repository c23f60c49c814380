"""The noise: what makes one generated image differ from another."""

from gan_core.classroom.course.course_lesson import CourseLesson
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import WhichFailure
from gan_core.diagnosis.failures.identical_samples import FAILURE

LESSON = CourseLesson(
    name="noise",
    told="G's only input is noise: for each image 32 random numbers, usually from a normal distribution with standard "
    "deviation 1. In this run they are multiplied by 0.001 first.",
    lesson=Lesson(
        FAILURE.recipe.broken,
        title="The noise",
        question="The 64 images of the grid have 64 different noises, but all of them are close to 0. How will the "
        "images look after 600 steps?",
        shown=("noise_scale",),
        locked=("noise",),
        budget=3000,
        prediction=WhichFailure(("identical-samples", "mode-collapse", "noise")),
    ),
    measured="identical-samples",
    why="G is a fixed function: equal inputs give equal outputs, and almost equal inputs give almost equal "
    "outputs. To turn differences of 0.001 into different digits, its weights would have to grow a thousandfold. The "
    "loss falls much faster while G makes one average image better, and so every tile shows the same one.",
    then="Set Noise scale to 1; then press Reset, and Start.",
)
