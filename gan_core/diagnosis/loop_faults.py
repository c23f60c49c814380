"""What is checked in a training loop that is not ours: no setting of it is known, so each detector holds for any.

Its thresholds are wider than those of our own runs, whose architecture and rates are known. One whose measurements are
missing is not judged, and the verdict says what to hand over for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from gan_core.diagnosis.conditions import BLACK, BLANKS, GREY, IDENTICAL, WHITE
from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failures import FAILURES

_PICTURES = "fake= and real="
_ANSWERS = "real_logits=, fake_logits= and loss_d="
# A loss that fits a wrong formula and none of the right ones. Roughly, since D's answers may be from after its update;
# or to the last digits, where they are those that the loss was computed of.
_NO_RIGHT_ONE, _FITS = Condition("usual_off", ">", 0.3, calm=0.2), 0.05
_NOT_QUITE_RIGHT, _FITS_EXACTLY = Condition("usual_off", ">", 0.002), 5e-4


@dataclass(frozen=True, kw_only=True)
class LoopFault:
    """One failure of a loop that is not ours: how it is told, why it happens, and what mends it, in words."""

    name: str  # of a failure; the same as in our own runs where they have it
    why: str = ""  # one sentence; empty: that of our own runs
    cure: str  # what to change in the loop
    detector: Detector
    given: str  # the arguments of Watch and of its call without which nobody can tell
    explained_by: frozenset[str] = frozenset()  # failures beside which it says nothing new
    spoils: bool = False  # whether it is ruled out by pictures of which most are recognisable, and of most classes
    voids: bool = False  # whether nothing that is measured beside it means anything

    @property
    def reason(self) -> str:
        """Why it happens, in one sentence."""
        return self.why or FAILURES[self.name].why

    def judged(self, measured: frozenset[str]) -> bool:
        """Whether a run with these measurements shows it or its absence."""
        one: Detector | None = self.detector
        while one is not None:
            for way in filter(None, (one.conditions, one.alternative)):
                if all(condition.measurement in measured for condition in way):
                    return True
            one = one.sooner
        return False


_BUGS = frozenset({"no-gradient-to-g", "accumulated-gradients", "double-sigmoid", "wrong-labels"})
_LOOP = _BUGS | {"constant-discriminator", "non-finite", "batchnorm-mismatch", "exploding"}
_LEARNING = "Lower both learning rates to 0.0002 and use Adam with beta 1 of 0.5"

_RECORDS = (
    LoopFault(
        name="non-finite",
        cure=f"{_LEARNING}; look for a division by zero or the log of a zero in your loss.",
        detector=Detector((Condition("finite", "<", 1.0),), hits=1, lasting=0),
        given="fake=, loss_d= or loss_g=",
        voids=True,
    ),
    LoopFault(
        name="no-gradient-to-g",
        cure="In G's own step, give D the images as G made them: without detach(), no_grad() or .data, and not by "
        "way of numpy. Check that G's optimiser holds G's parameters, and that its step() is called.",
        detector=Detector((Condition("still_g", ">", 0.999),), hits=3, lasting=20),
        given="generator=",
    ),
    LoopFault(
        name="accumulated-gradients",
        cure="Call zero_grad() of the network's optimiser before each backward(), for G and for D.",
        # Healthy ones kept up to 0.97 of D's gradient from one step to the next, which has G's step in it, for a row
        # or two; of G's own, with new noise, up to 0.7.
        detector=Detector(
            (Condition("grad_kept_d", ">", 0.985, calm=0.97),), hits=6, lasting=200, after=200,
            sooner=Detector(
                (Condition("grad_kept_g", ">", 0.95, calm=0.9),),
                # In the middle of some looks, where D is soon so sure that little is left to be added to anything.
                (Condition("grad_kept_lately_g", ">", 0.85, calm=0.75),),
                hits=4, lasting=50, after=50,
            ),
        ),
        given="generator= and discriminator=, called after backward() and before the next zero_grad()",
        explained_by=frozenset({"non-finite"}),
    ),
    LoopFault(
        name="double-sigmoid",
        cure="Let D end without a sigmoid and keep BCEWithLogitsLoss (from_logits=True), or keep the sigmoid and use "
        "BCELoss (from_logits=False): not both.",
        detector=Detector(
            (Condition("double_sigmoid_off", "<", _FITS), _NO_RIGHT_ONE),
            (Condition("loss_d", ">", 1.0), Condition("loss_d", "<", 1.25), Condition("loss_g", ">", 0.31),
             Condition("loss_g", "<", 0.6935)),
            hits=4, lasting=100, after=100,
            sooner=Detector(
                (Condition("double_sigmoid_off", "<", _FITS_EXACTLY), _NOT_QUITE_RIGHT),
                # Over some looks, where the answers are of another moment than the loss. Measured: ratios up to 1.4;
                # of healthy loops, and of others, from 4. Where G's step trains D as well the answers add up to 1.6.
                (Condition("double_sigmoid_fit", "<", 0.035, calm=0.05), Condition("usual_fit", ">", 0.05, calm=0.03),
                 Condition("double_sigmoid_ratio", "<", 1.5, calm=3.0), Condition("answers_sum", "<", 1.45)),
                hits=5,
            ),
        ),
        given=f"{_ANSWERS} (loss_d= and loss_g= alone where D is sure)",
    ),
    LoopFault(
        name="wrong-labels",
        cure="D's loss wants 1 (or 0.9) for real and 0 for generated images, and G's loss wants 1 for the generated. "
        "Look for swapped ones and zeros, and for smoothing with the wrong sign.",
        detector=Detector(
            (Condition("swapped_off", "<", _FITS), _NO_RIGHT_ONE),
            (Condition("fake_label_off", "<", 0.15), Condition("usual_g_off", ">", 0.6, calm=0.5)),
            hits=3, lasting=50, after=20,
            sooner=Detector(
                (Condition("loss_d", ">", 0.0), Condition("loss_d", "<", 0.1), Condition("loss_g", ">", 0.0),
                 Condition("loss_g", "<", 0.1)),
                hits=5, lasting=100, after=150,
                sooner=Detector(
                    (Condition("swapped_off", "<", _FITS_EXACTLY), _NOT_QUITE_RIGHT),
                    (Condition("fake_label_off", "<", _FITS_EXACTLY), Condition("usual_g_off", ">", 0.02)),
                    hits=5,
                    sooner=Detector(
                        (Condition("label_over_1_off", "<", _FITS_EXACTLY), _NOT_QUITE_RIGHT),
                        (Condition("losses_below_0", ">", 0.5),),
                        hits=5,
                    ),
                ),
            ),
        ),
        given=f"{_ANSWERS}, and loss_g=",
    ),
    LoopFault(
        name="batchnorm-mismatch",
        why="BatchNorm does not follow the batches: the network trains in eval mode, with statistics that are not "
        "theirs.",
        cure="Call train() on the network before the training goes on, after every eval() for samples.",
        detector=Detector(
            (Condition("stale_norm_g", ">", 0.5),), (Condition("stale_norm_d", ">", 0.5),), hits=3, lasting=20
        ),
        given="generator= and discriminator=",
    ),
    LoopFault(
        name="normalised-output",
        why="The last layer of G with weights is BatchNorm: it gives every batch the same brightness and "
        "contrast, or every pixel the same spread, so a picture depends on the others of its batch.",
        cure="Remove the BatchNorm before G's last activation: the last convolution or dense layer, with its bias, "
        "makes the picture.",
        detector=Detector((Condition("last_norm_g", ">", 0.5),), lasting=0),
        given="generator= and real=",
    ),
    LoopFault(
        name="exploding",
        cure=f"{_LEARNING}; with a Wasserstein loss, add a gradient penalty.",
        detector=Detector((Condition("logit_max", ">", 1000.0, calm=700.0),), hits=3, lasting=50),
        given="real_logits= and fake_logits=",
        explained_by=frozenset({"accumulated-gradients", "wrong-labels"}),
    ),
    LoopFault(
        name="constant-discriminator",
        why="The discriminator gives the same answer to every image, so G can learn nothing from it.",
        cure="Check that D's optimiser holds D's parameters and steps, and that D is not frozen (requires_grad, "
        "trainable) in its own step; if it was sure and is saturated, lower its learning rate.",
        detector=Detector((Condition("logit_spread", "<", 1e-3),), hits=4, lasting=150, after=100),
        given="real_logits= and fake_logits=",
        explained_by=frozenset({"non-finite", "exploding", *_BUGS}),
    ),
    *(
        LoopFault(
            name=f"blank-{level}",
            cure="Check that the real images are scaled to the range that G's last activation gives: [-1,1] for tanh, "
            "[0,1] for sigmoid. Then lower G's learning rate.",
            detector=Detector(conditions, hits=3, lasting=200, after=400),
            given=_PICTURES,
            explained_by=_LOOP,
        )
        for level, conditions in (("grey", GREY), ("black", BLACK), ("white", WHITE))
    ),
    LoopFault(
        name="discriminator-too-strong",
        why="The discriminator never errs, and G's loss stays high: G gets little from it that it can use.",
        cure="Lower D's learning rate, or raise G's; add a gradient penalty, noise on D's images, or label smoothing.",
        detector=Detector(
            (Condition("loss_d", ">", 0.0), Condition("loss_d", "<", 0.05, calm=0.1),
             Condition("loss_g", ">", 5.0, calm=4.0)),
            hits=5, lasting=500, after=300,
        ),
        given="loss_d= and loss_g=",
        explained_by=_LOOP | BLANKS,
    ),
    LoopFault(
        name="discriminator-too-weak",
        why="The discriminator cannot tell generated images from real ones, calls most of them real, or is trained to "
        "by G's step, so G learns little from it.",
        cure="Check that D's optimiser steps, and that G's step does not train D (G's optimiser holds none of D's "
        "weights, D's does not step there, D is not trainable in the combined model); then raise D's learning rate, or "
        "give D more updates.",
        detector=Detector(
            (Condition("d_accuracy", "<", 0.56, calm=0.6), Condition("neighbours", "<", 0.5, calm=0.65)),
            (Condition("d_fake", ">", 0.9, calm=0.85), Condition("d_real", ">", 0.9, calm=0.85)),
            hits=4, lasting=300, after=300,
            # On as many real as generated images, D's mean answers add up to 1 once it has learnt how many are real.
            # Healthy loops began with up to 1.4; where G's step moved D too they stayed at 1.6 to 1.75.
            sooner=Detector(
                (Condition("answers_sum", ">", 1.55, calm=1.5),), hits=6, lasting=50, after=100,
                sooner=Detector((Condition("d_trained_by_g", ">", 0.5),), hits=3, lasting=20),
            ),
        ),
        given="real_logits=, fake_logits=, loss_d=, fake= and real=, or generator= and discriminator=",
        spoils=True,
        explained_by=_LOOP,
    ),
    LoopFault(
        name="out-of-range",
        cure="End G with the activation that fits data_range (tanh for [-1,1], sigmoid for [0,1]), or pass the "
        "data_range that your real images have.",
        detector=Detector(
            (Condition("out_of_range", ">", 0.06, calm=0.045), Condition("excess", ">", 0.02, calm=0.015)),
            hits=3, lasting=100, after=200,
        ),
        given=_PICTURES,
        explained_by=_LOOP,
    ),
    LoopFault(
        name="noise",
        cure=f"{_LEARNING}; let convolutions, rather than one last linear layer, make the picture.",
        detector=Detector((Condition("neighbours", "<", 0.5, calm=0.65),), hits=5, lasting=300, after=1200),
        given=_PICTURES,
        spoils=True,
        explained_by=_LOOP
        | BLANKS
        | {"normalised-output", "discriminator-too-strong", "discriminator-too-weak", "out-of-range"},
    ),
    LoopFault(
        name="identical-samples",
        cure="Check that each image gets noise of its own, drawn anew in every step and wide enough (a standard "
        "deviation of 1), and that G uses it.",
        detector=Detector(IDENTICAL, hits=5, lasting=300, after=600),
        given=_PICTURES,
        spoils=True,
        explained_by=_LOOP | BLANKS | {"discriminator-too-strong", "discriminator-too-weak", "noise"},
    ),
    LoopFault(
        name="mode-collapse",
        cure="Update G once for each update of D, use Adam with beta 1 of 0.5, and give D a penalty (R1) or the "
        "batch's standard deviation as an input.",
        detector=Detector((Condition("duplicates", ">", 0.6, calm=0.5),), hits=6, lasting=500, after=1200),
        given=_PICTURES,
        spoils=True,
        explained_by=_LOOP
        | BLANKS
        | {"discriminator-too-strong", "discriminator-too-weak", "identical-samples", "noise"},
    ),
)  # fmt: skip

# By name, causes before what follows from them.
LOOP_FAULTS: dict[str, LoopFault] = {fault.name: fault for fault in _RECORDS}
