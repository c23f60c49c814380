"""The common mistakes in a GAN's loop, each beside the same loop without it: what fails, or that nothing does.

The figures are shares of pictures that a small classifier recognises, on digits and on Fashion-MNIST, at the seeds 1
to 3 where no other number is told.
"""

from __future__ import annotations

from gan_core.diagnosis.recipe import SHORT, Recipe, of_mistake

# Of the usual settings without any mistake.
_RIGHT = "Without the mistake 58 to 60% of the digits and 59 to 65% of the garments can be recognised after 600 steps"

MISTAKE_RECIPES: tuple[Recipe, ...] = (
    of_mistake(
        "detached_generator",
        "no-gradient-to-g",
        "Images detached for G: it never learns",
        f"{_RIGHT}; with it none, at each of three seeds.",
        SHORT,
    ),
    of_mistake(
        "no_zero_grad",
        "accumulated-gradients",
        "Gradients never cleared: no digits come",
        f"{_RIGHT}; with it 9 to 13% and, from seed to seed, 0 to 58%, of two or three classes.",
        SHORT,
    ),
    of_mistake(
        "double_sigmoid",
        "double-sigmoid",
        "Sigmoid twice: D is never sure",
        f"{_RIGHT}; with it 39 to 45% and 49 to 55%: it learns, but more slowly.",
        SHORT,
    ),
    of_mistake(
        "swapped_labels",
        "wrong-labels",
        "Labels swapped in D: nothing to learn",
        f"{_RIGHT}; with it none, at each of three seeds.",
        SHORT,
    ),
    of_mistake(
        "fake_label_for_g",
        "wrong-labels",
        "G is taught to be recognised",
        f"{_RIGHT}; with it none, at each of three seeds.",
        SHORT,
    ),
    of_mistake(
        "d_not_frozen",
        "discriminator-too-weak",
        "G's step trains D to agree",
        f"{_RIGHT}; with it no digits, and 33 to 43% of the garments.",
        SHORT,
    ),
    of_mistake(
        "other_noise_for_d",
        "",
        "D sees images of other noise",
        f"{_RIGHT}; with it 59 to 61% and 55 to 63%, at three seeds: numbers from 0 to 1 are usual in "
        "normal noise too.",
        SHORT,
    ),
    of_mistake(
        "d_in_eval",
        "",
        "D left in eval mode",
        "With BatchNorm in D, 46 to 50% of the digits and 61 to 64% of the garments can be recognised "
        "after 600 steps; with the mistake 58 to 60% and 60 to 69%, at three seeds: D does without the "
        "normalisation.",
        SHORT | {"norm_d": "batch"},
    ),
    of_mistake(
        "batchnorm_before_tanh",
        "noise",
        "BatchNorm before tanh: static",
        "Each pixel is normalised by itself: those that are black in every real image vary from picture "
        "to picture. After 800 steps none of the digits can be recognised at three seeds, and 4% of the "
        "garments at one; without the mistake 35 to 38% (two seeds) and 44%. The network mlp, normalised "
        "as a whole, came to 10 and 29% of the digits at two seeds.",
        {"architecture": "mlp-plain", "steps": 700},
    ),
    of_mistake(
        "smoothing_sign",
        "",
        "Label 1.3 where 0.7 was meant",
        "With the right sign 54 to 60% of the digits (three seeds) and 58 to 60% of the garments (two) "
        "can be recognised after 600 steps; with the wrong one 59 to 65% and 63 to 65% (three). The "
        "penalty R1 keeps D from the boundless answers that a label above 1 asks for; without it a run on "
        "Fashion-MNIST was named as exploding.",
        SHORT | {"label_smoothing": 0.3},
    ),
)
