"""The six questions before and after the course: of three pictures, or of three histograms of pixel values, which one
will these settings end with?

The pictures are those of the failures' cards, each made by a run of a recipe's side at the recipe's seed; the
histograms are those of such runs. So the right answer is that of the run that the question tells of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gan_core.diagnosis.recipe import Recipe, Side
from gan_core.diagnosis.recipes import RECIPES


@dataclass(frozen=True)
class Question:
    """A run in words, and three runs' pictures, of which one is its own."""

    name: str  # in the counts
    about: str  # of few words, for a table
    words: str  # what the run is
    choices: tuple[str, ...]  # NAME:SIDE of a recipe each, in the order in which they are shown
    right: str  # one of them
    asks: Literal["picture", "histogram"] = "picture"  # what is shown of each run

    def recipe(self, choice: str) -> tuple[Recipe, Side]:
        """The run that a choice is a picture of."""
        name, _, side = choice.partition(":")
        return RECIPES[name], "fixed" if side == "fixed" else "broken"

    def looks(self, choice: str) -> str:
        """What the picture or histogram of a choice shows, in words."""
        return (LOOKS if self.asks == "picture" else HISTOGRAMS)[choice]


# What each histogram and each picture shows, for who cannot see it and in the counts.
HISTOGRAMS: dict[str, str] = {
    "out-of-range:broken": "values spread far beyond −1 and 1",
    "out-of-range:fixed": "most values at −1, the rest spread up to 1",
    "001-sigmoid:broken": "all values at 0",
    "002-default:fixed": "values spread widely around 0",
    "002-default:broken": "a narrow peak at 0",
}
LOOKS: dict[str, str] = {
    "001-sigmoid:broken": "all grey",
    "blank-white:broken": "all white",
    "discriminator-too-strong:fixed": "digits",
    "discriminator-too-strong:broken": "grey static",
    "mode-collapse:broken": "digits of which most are alike",
    "mode-collapse:fixed": "pale, different strokes",
    "identical-samples:fixed": "different digits",
    "identical-samples:broken": "the same blurred digit nine times",
    "noise:broken": "white specks",
    "batchnorm-mismatch:broken": "washed-out digits on grey",
    "batchnorm-mismatch:fixed": "clear digits",
}

QUESTIONS: tuple[Question, ...] = (
    Question(
        "range", "The range",
        "Real pixels lie between −1 (black) and 1 (white). The generator's last layer is a sigmoid, which gives 0 to "
        "1. Where do its pixel values lie after 600 steps?",
        ("out-of-range:broken", "out-of-range:fixed", "001-sigmoid:broken"), "001-sigmoid:broken", "histogram",
    ),
    Question(
        "rates", "The learning rates",
        "The discriminator's learning rate is twenty times the generator's, it is updated three times per step, and "
        "the loss is minimax. What does the generator draw after 400 steps?",
        ("discriminator-too-strong:fixed", "discriminator-too-strong:broken", "blank-white:broken"),
        "discriminator-too-strong:broken",
    ),
    Question(
        "collapse", "Mode collapse",
        "The generator is updated five times for each update of the discriminator, without BatchNorm. What does it "
        "draw after 600 steps?",
        ("mode-collapse:broken", "mode-collapse:fixed", "discriminator-too-strong:broken"), "mode-collapse:broken",
    ),
    Question(
        "initialisation", "The first weights",
        "A convolutional generator has PyTorch's default first weights and no BatchNorm. Where do its pixel values lie "
        "before any training?",
        ("002-default:fixed", "002-default:broken", "out-of-range:fixed"), "002-default:broken", "histogram",
    ),
    Question(
        "noise", "The noise",
        "The generator's noise is multiplied by 0.001. What does it draw after 600 steps?",
        ("identical-samples:fixed", "noise:broken", "identical-samples:broken"), "identical-samples:broken",
    ),
    Question(
        "batchnorm", "BatchNorm",
        "Training goes well, but the images are drawn in eval mode, with running averages of BatchNorm that hardly "
        "move. What do they look like after 300 steps?",
        ("batchnorm-mismatch:broken", "001-sigmoid:broken", "batchnorm-mismatch:fixed"), "batchnorm-mismatch:broken",
    ),
)  # fmt: skip
