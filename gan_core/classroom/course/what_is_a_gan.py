"""What a GAN is: a generator that has never seen a real image learns to draw digits."""

from gan_core.classroom.course.course_lesson import CourseLesson
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import ABOVE, WhichSide
from gan_core.settings.experiment import Experiment

LESSON = CourseLesson(
    name="gan",
    told="A GAN is two networks. The generator, G, turns random numbers into images. The discriminator, D, is shown "
    "real and generated images and says how likely each is to be real. G never sees a real image: all it learns comes "
    "from D's answers.",
    lesson=Lesson(
        Experiment(steps=600),
        title="What is a GAN?",
        question="The real images are the digits 0 to 9. A small classifier will look at what G draws after 600 steps. "
        "How many of the ten digits will it find?",
        shown=(),
        locked=(),
        budget=3000,
        prediction=WhichSide("modes_covered", 7.0),
    ),
    measured=ABOVE,
    why="D's answer depends on every pixel, so its gradient tells G for each pixel whether lighter or darker would "
    "look more real. In each step D first learns to tell the present images from real ones, then G moves a little in "
    "the direction in which D's answer rises. In this "
    "run D ends up right about two images in three; by guessing it would be one in two.",
    then="Drag the slider below the charts to the left to see how the digits emerged.",
)
