"""Mode collapse, on points of a plane, where it can be seen and counted."""

from gan_core.classroom.course.course_lesson import CourseLesson
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import BELOW, WhichSide
from gan_core.settings.experiment import Experiment

LESSON = CourseLesson(
    name="collapse",
    told="Instead of images, this GAN makes points in a plane. The real points lie in 25 clusters, called modes: a "
    "grid of 5 by 5. In each step G is updated five times and D only once, and nothing restrains D.",
    lesson=Lesson(
        Experiment(dataset="grid", n_gen=5, penalty="none", skip=0.0, fourier_g=0, steps=300),
        title="Mode collapse",
        question="All 25 modes are equally frequent in the data. In how many of them will G's points lie after "
        "300 steps?",
        shown=("n_gen", "penalty"),
        locked=(),
        budget=3000,
        prediction=WhichSide("modes_covered", 20.0),
    ),
    measured=BELOW,
    why="Nothing in G's loss asks for variety: it is low as soon as D takes G's points for real. With five updates for "
    "each of D's, G moves all points to the few modes that D rates highest at the moment. When D has learnt that these "
    "are generated, G moves on to others: look back over the run. That G makes few modes and leaves out the rest is "
    "called mode collapse. In images it shows as the same few pictures over and over.",
    then="Set Penalty to r1, which keeps D smooth; then press Reset, and Start. How many modes are there now?",
    page="points",
    page_label="See D's answers and the gradients behind this, on the page Points",
    page_query={"d": "grid"},
)
