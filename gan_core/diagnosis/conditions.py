"""What several failures are told by, or explained by."""

from __future__ import annotations

from gan_core.diagnosis.detector import Condition
from gan_core.diagnosis.recognition import LEAST_SHARE
from gan_core.settings.experiment import Experiment

_FLAT = Condition("contrast", "<", 0.2, calm=0.25)
GREY = (_FLAT, Condition("pixel_mean", ">", 0.25), Condition("pixel_mean", "<", 0.75))
BLACK = (_FLAT, Condition("pixel_mean", "<", 0.25))
WHITE = (_FLAT, Condition("pixel_mean", ">", 0.75))
IDENTICAL = (Condition("diversity", "<", 0.1, calm=0.13), Condition("duplicates", ">", 0.85, calm=0.75))

# Causes of much else: a blank picture has no diversity either.
BLANKS = frozenset({"blank-grey", "blank-black", "blank-white"})
# Who teaches the generator, or cannot.
OUT_OF_BALANCE = frozenset({"discriminator-too-strong", "discriminator-too-weak"})


def nothing_seen(e: Experiment) -> tuple[Condition, ...]:
    """That hardly anything is recognised. Of one's own pictures that is not asked: few of them come in classes."""
    return () if e.dataset == "folder" else (Condition("recognised", "<", LEAST_SHARE, calm=0.3),)


def patience(e: Experiment) -> int:
    """Steps within which a healthy generator has found different pictures; nearly all begin with one.

    Batch normalisation spreads the samples from the start, and a generator that ends in a sketch spreads them sooner
    than others; a sigmoid begins with all pixels at grey, and needs longer. A tenth of the learning rate takes about
    three times the steps (Adam), measured from 1e-3.
    """
    sketched = e.architecture == "mlp"
    without = 400 if sketched else 800
    steps = 300 if e.norm_g == "batch" else without
    if e.output_activation == "sigmoid":
        steps = round((2.4 if sketched else 1.7) * steps)
    return round(steps * max(1.0, (1e-3 / e.lr_g) ** 0.5))
