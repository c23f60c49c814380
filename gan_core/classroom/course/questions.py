"""The six questions before and after the course: of three pictures, which one will these settings end with?

The pictures are those of the failures' cards, each made by a run of a recipe's side at the recipe's seed. So the right
answer is the picture of the run that the question tells of.
"""

from __future__ import annotations

from dataclasses import dataclass

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

    def recipe(self, choice: str) -> tuple[Recipe, Side]:
        """The run that a choice is a picture of."""
        name, _, side = choice.partition(":")
        return RECIPES[name], "fixed" if side == "fixed" else "broken"


# What each picture shows, for who cannot see it and in the counts.
LOOKS: dict[str, str] = {
    "blank-black:broken": "all black",
    "blank-white:broken": "all white",
    "001-sigmoid:broken": "all grey",
    "out-of-range:fixed": "digits",
    "discriminator-too-strong:fixed": "digits",
    "discriminator-too-strong:broken": "grey static",
    "mode-collapse:broken": "digits of which most are alike",
    "mode-collapse:fixed": "pale, different strokes",
    "002-default:fixed": "coloured static",
    "002-default:broken": "all grey",
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
        "1. What does it draw after 600 steps?",
        ("blank-black:broken", "out-of-range:fixed", "001-sigmoid:broken"), "001-sigmoid:broken",
    ),
    Question(
        "rates", "The learning rates",
        "The discriminator learns twenty times as fast as the generator, three times in each step, with the minimax "
        "loss. What does the generator draw after 400 steps?",
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
        "A convolutional generator with PyTorch's usual first weights and without BatchNorm. What does it show before "
        "any training?",
        ("002-default:fixed", "002-default:broken", "blank-black:broken"), "002-default:broken",
    ),
    Question(
        "noise", "The noise",
        "The noise that the generator gets is multiplied by 0.001. What does it draw after 600 steps?",
        ("identical-samples:fixed", "noise:broken", "identical-samples:broken"), "identical-samples:broken",
    ),
    Question(
        "batchnorm", "BatchNorm",
        "The training goes well, but images are drawn in eval mode, and the running averages of BatchNorm hardly move. "
        "What do the images look like after 300 steps?",
        ("batchnorm-mismatch:broken", "001-sigmoid:broken", "batchnorm-mismatch:fixed"), "batchnorm-mismatch:broken",
    ),
)  # fmt: skip
