"""The first weights: what an untrained generator shows."""

from gan_core.classroom.course.course_lesson import CourseLesson
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import BELOW, WhichSide
from gan_core.settings.experiment import Experiment

LESSON = CourseLesson(
    name="initialisation",
    told="Before the first step, the weights are random numbers. How they are drawn is called the initialisation. "
    "Here noise goes through four convolutional layers with PyTorch's usual weights and without BatchNorm; nothing is "
    "trained.",
    lesson=Lesson(
        Experiment(architecture="document-dcgan", norm_g="none", steps=0),
        title="The first weights",
        question="The noise that goes in is vivid. How much of its contrast is left in the images that come out?",
        shown=("init", "norm_g"),
        locked=(),
        budget=1000,
        prediction=WhichSide("contrast", 0.2),
    ),
    measured=BELOW,
    why="PyTorch's usual weights are so small that each layer passes on only part of what varies in its input. After "
    "four layers hardly anything is left, and every pixel has nearly the same value: grey. That is no failure yet, but "
    "gradients shrink just like that on their way back. He's initialisation has the size that keeps the "
    "signal; BatchNorm restores it after each layer, whatever the weights are.",
    then="Set Initialisation to he normal, or Normalisation in G to batch.",
    page="untrained",
    page_label="Follow the signal from layer to layer",
)
