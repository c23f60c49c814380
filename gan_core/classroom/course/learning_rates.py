"""The learning rates: a discriminator that is never wrong teaches nothing."""

from gan_core.classroom.course.course_lesson import CourseLesson
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import WhichFailure
from gan_core.diagnosis.failures.discriminator_too_strong import FAILURE

LESSON = CourseLesson(
    name="rates",
    told="The learning rate sets how far a network's weights move in one update. G and D have one each. In this "
    "run D's is twenty times G's, and D is updated three times per step. The loss is minimax, that of the first GANs.",
    lesson=Lesson(
        FAILURE.recipe.broken,
        title="Two learning rates",
        question="D learns much faster than G. What is the result after 400 steps?",
        shown=("lr_g",),
        locked=("lr_d", "n_dis", "loss"),
        budget=2000,
        prediction=WhichFailure(("discriminator-too-strong", "discriminator-too-weak", "mode-collapse")),
    ),
    measured="discriminator-too-strong",
    why="Where D is sure that an image is generated, the minimax loss is flat: its gradient is nearly 0, so G is not "
    "told what to change. With its small learning rate it hardly moves at all. So D stays right about every image, "
    "and G stays at static.",
    then="Set Learning rate of G to 0.002, the same as D's; then press Reset, and Start.",
)
