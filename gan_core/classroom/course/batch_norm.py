"""BatchNorm: the generator that draws is not the one that was trained."""

from gan_core.classroom.course.course_lesson import CourseLesson
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import WhichFailure
from gan_core.diagnosis.failures.batchnorm_mismatch import FAILURE

LESSON = CourseLesson(
    name="batchnorm",
    told="BatchNorm shifts and scales a layer's outputs so that they have mean 0 and variance 1. During training "
    "it takes mean and variance from the batch (train mode). For single images later it uses running averages "
    "(eval mode), which follow the batches at a pace set by the momentum: usually 0.1, here 0.0001.",
    lesson=Lesson(
        FAILURE.recipe.broken,
        title="BatchNorm",
        question="G is trained as usual, but the images are drawn in eval mode, with running averages that hardly "
        "move. What will be found after 300 steps?",
        shown=("sample_mode", "bn_momentum"),
        locked=("norm_g",),
        budget=2000,
        prediction=WhichFailure(("batchnorm-mismatch", "blank-grey", "checkerboard")),
    ),
    measured="batchnorm-mismatch",
    why="The running averages begin at mean 0 and variance 1, and at a momentum of 0.0001 they would need some ten "
    "thousand steps to arrive at the real ones. So in eval mode each layer is shifted and scaled by wrong numbers: the "
    "images are washed out, although the training itself goes well. In train mode the same weights draw digits.",
    then="Set BatchNorm while sampling to train; then press Reset, and Start. The training is the same, the "
    "images are not.",
)
