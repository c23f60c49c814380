"""The experiments on the claims of document 001."""

from __future__ import annotations

from collections.abc import Callable
from math import log

import numpy as np
import torch
from torch import Tensor

from gan_core.claims.frechet import distance_to_real
from gan_core.claims.outcome import Outcome, above, equal, greater, raised, verdict, verdict_if
from gan_core.claims.trained_runs import Trained, Training
from gan_core.data.images import Images
from gan_core.diagnosis.findings import diagnose
from gan_core.diagnosis.recipes import RECIPES
from gan_core.engine.class_coverage import classifier_of
from gan_core.engine.penalties import gradient_penalty
from gan_core.engine.trainer import Trainer
from gan_core.engine.training_data import load_images
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.output_range import REACH

BLANK = 0.2  # of the real pictures' contrast: below that, all one tone to the eye
NEAR = 35.0  # a tenth of an untrained generator's distance: two that differ by less are about as good

# Example 1 before its cure and after, with each of the two losses of the first GAN paper.
UNEQUAL = Experiment(architecture="mlp-plain", lr_d=5e-4, lr_g=1e-4, loss="minimax", steps=400)
UNEQUAL_NON_SATURATING = UNEQUAL.replace(loss="non_saturating")
EQUAL = UNEQUAL.replace(lr_d=2e-4, lr_g=2e-4)

# Example 2: a sigmoid against data that are scaled for tanh.
SIGMOID = Experiment(output_activation="sigmoid", data_range="[-1,1]", steps=100)


def trained(training: Training, experiment: Experiment) -> list[Trained]:
    return [training.train(experiment.replace(seed=seed)) for seed in training.seeds]


def last(runs: list[Trained], name: str) -> list[float]:
    """A measurement at the end of each run."""
    return [run.last[name] for run in runs]


def distances(runs: list[Trained], real: Images | None = None) -> list[float]:
    """How far each run's pictures are from the real ones; the smaller, the better."""
    return [distance_to_real(run.trainer, real) for run in runs]


def worse(ours: list[float], theirs: list[float]) -> bool | None:
    """Whether our distances are the greater ones; False also where the difference, spread included, is below NEAR."""
    return False if equal(ours, theirs, within=NEAR) else greater(ours, theirs)


def named(runs: list[Trained], failure: str) -> list[float]:
    """1 for each run in which the diagnosis names this failure, else 0."""
    found = [diagnose(run.trainer.experiment, run.rows) for run in runs]
    return [float(failure in {finding.failure for finding in findings}) for findings in found]


def unstable_dynamics_do_not_blank(training: Training) -> Outcome:
    unbalanced = {"d_too_fast": UNEQUAL.replace(steps=100), "d_too_slow": Experiment(lr_d=1e-5, steps=100)}
    contrast = {f"contrast_{name}": last(trained(training, e), "contrast") for name, e in unbalanced.items()}
    blank = [above(values, BLANK, below=True) for values in contrast.values()]
    # Rates that work, but black is out of the output's reach.
    out_of_reach = last(trained(training, SIGMOID), "contrast")
    held = False if blank == [False, False] and above(out_of_reach, BLANK, below=True) else None
    return Outcome(verdict(held), {**contrast, "contrast_range_out_of_reach": out_of_reach})


def patience_does_not_help(training: Training) -> Outcome:
    runs = trained(training, SIGMOID.replace(steps=400))
    early, late = [run.at(100)["contrast"] for run in runs], last(runs, "contrast")
    return Outcome(
        verdict(above(late, BLANK, below=True)), {"contrast_at_step_100": early, "contrast_at_step_400": late}
    )


def a_fast_discriminator_stops_the_generator(training: Training) -> Outcome:
    minimax, other = trained(training, UNEQUAL), trained(training, UNEQUAL_NON_SATURATING)
    stopped = [named(runs, "discriminator-too-strong") for runs in (minimax, other)]
    return Outcome(
        verdict_if(*(above(share, 0.5) for share in stopped)),
        {
            "stopped_minimax": stopped[0],
            "stopped_non_saturating": stopped[1],
            "d_accuracy_minimax": last(minimax, "d_accuracy"),
            "d_accuracy_non_saturating": last(other, "d_accuracy"),
            "grad_norm_g_minimax": last(minimax, "grad_norm_g"),
            "grad_norm_g_non_saturating": last(other, "grad_norm_g"),
        },
    )


def its_gradients_vanish(training: Training) -> Outcome:
    runs = trained(training, UNEQUAL.replace(measure_every=20))
    early, late = [run.at(20)["grad_norm_g"] for run in runs], last(runs, "grad_norm_g")
    return Outcome(verdict(greater(late, early)), {"grad_norm_g_at_step_20": early, "grad_norm_g_at_step_400": late})


def its_pictures_are_not_alike(training: Training) -> Outcome:
    runs = trained(training, UNEQUAL)
    diversity, duplicates = last(runs, "diversity"), last(runs, "duplicates")
    alike = above(diversity, 0.1, below=True)
    return Outcome(
        verdict(alike),
        {"diversity_to_real": diversity, "share_duplicates": duplicates, "contrast_to_real": last(runs, "contrast")},
    )


def the_loss_matters(training: Training) -> Outcome:
    minimax, other = (last(trained(training, e), "grad_norm_g") for e in (UNEQUAL, UNEQUAL_NON_SATURATING))
    powers_of_ten = [np.log10(norms).tolist() for norms in (other, minimax)]
    return Outcome(
        verdict(greater(*powers_of_ten)), {"grad_norm_g_minimax": minimax, "grad_norm_g_non_saturating": other}
    )


def a_slow_discriminator_teaches_nothing(training: Training) -> Outcome:
    usual = Experiment(steps=300)
    slow, fast = trained(training, usual.replace(lr_d=1e-5)), trained(training, usual)
    far, near = distances(slow), distances(fast)
    return Outcome(
        verdict(greater(far, near)),
        {"distance_slow": far, "distance_usual": near, "classes_slow": last(slow, "modes_covered"),
         "classes_usual": last(fast, "modes_covered")},
    )  # fmt: skip


def off_balance(run: Trained) -> float:
    """How far both losses are, on average over the later rows, from where a D that cannot tell has them."""
    late = [row.measurements for row in run.rows if row.step > 200]
    return float(np.mean([abs(m["loss_d"] - 2 * log(2)) + abs(m["loss_g"] - log(2)) for m in late]))


def losses_mislead(training: Training) -> Outcome:
    usual = Experiment(steps=400, measure_every=10)
    static, digits = trained(training, usual.replace(lr_d=1e-5)), trained(training, usual)
    ours, theirs = ([off_balance(run) for run in runs] for runs in (static, digits))
    balanced = above(ours, 0.5, below=True)  # although there is not one digit to be seen
    return Outcome(
        verdict(None if balanced is None else not balanced),
        {"losses_off_balance_static": ours, "losses_off_balance_digits": theirs,
         "classes_static": last(static, "modes_covered"), "classes_digits": last(digits, "modes_covered")},
    )  # fmt: skip


def outputs_that_fit_the_data() -> Outcome:
    real = load_images(Experiment()).probe(100).pixels
    figures = {}
    for data_range, name in {"[-1,1]": "minus_1_1", "[0,1]": "0_1"}.items():
        values = RangeMap.of(data_range).encode(real)
        for output in ("tanh", "sigmoid"):
            low, high = REACH[output]
            figures[f"{output}_{name}_share_of_pixels_out_of_reach"] = float(((values < low) | (values > high)).mean())
            figures[f"{output}_{name}_share_of_reach_illegal"] = 1 - float(np.ptp(values.clip(low, high))) / (
                high - low
            )
    fitting = [value for name, value in figures.items() if name.startswith(("tanh_minus", "sigmoid_0"))]
    return Outcome(verdict(max(fitting) == 0), figures)


class SigmoidTwice(Trainer):
    """Its discriminator ends in a sigmoid, and its loss, which takes logits, applies another."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        self.d.register_forward_hook(lambda _network, _images, logits: logits.sigmoid())


def an_activation_too_many_in_d(training: Training) -> Outcome:
    usual = Experiment(steps=300)
    right = distances(trained(training, usual))
    wrong = distances([training.train(usual.replace(seed=seed), SigmoidTwice) for seed in training.seeds])
    return Outcome(verdict(greater(wrong, right)), {"distance_sigmoid_twice": wrong, "distance_usual": right})


class FirstThreeHundred(Trainer):
    """Trains on 300 of the digits alone."""

    def __init__(self, experiment: Experiment) -> None:
        few = load_images(experiment).probe(300).pixels
        super().__init__(experiment, Images(few, None, (), "300 digits"))


def few_images_do_not_blank(training: Training) -> Outcome:
    runs = [training.train(Experiment(steps=200, seed=seed), FirstThreeHundred) for seed in training.seeds]
    contrast = last(runs, "contrast")
    return Outcome(verdict(above(contrast, BLANK, below=True)), {"contrast_to_real": contrast})


def augmentation_of_few_images(training: Training) -> Outcome:
    real = load_images(Experiment())
    plain, shifted = (
        [
            training.train(Experiment(augment=augment, steps=300, seed=seed), FirstThreeHundred)
            for seed in training.seeds
        ]
        for augment in ((), ("crop",))
    )
    far, near = distances(plain, real), distances(shifted, real)
    return Outcome(verdict(worse(far, near)), {"distance_plain": far, "distance_shifted": near})


def broken_images_among_the_data(training: Training) -> Outcome:
    clean, few, many = (trained(training, Experiment(outliers=share, steps=500)) for share in (0.0, 0.05, 0.2))
    far = [distances(runs) for runs in (clean, few, many)]
    return Outcome(
        verdict_if(worse(far[2], far[0]), worse(far[1], far[0])),
        {"distance_clean": far[0], "distance_5_percent_broken": far[1], "distance_20_percent_broken": far[2],
         "contrast_20_percent_broken": last(many, "contrast")},
    )  # fmt: skip


def bytes_as_they_are_blank(training: Training) -> Outcome:
    raw = Experiment(data_range="raw", steps=100)
    contrast = {
        output: last(trained(training, raw.replace(output_activation=output)), "contrast")
        for output in ("tanh", "linear")
    }
    blank = [above(values, BLANK, below=True) for values in contrast.values()]
    return Outcome(
        verdict(None if None in blank else all(blank)),
        {f"contrast_{output}": values for output, values in contrast.items()},
    )


def example_1_does_not_blank(training: Training) -> Outcome:
    contrast = {e.loss: last(trained(training, e), "contrast") for e in (UNEQUAL, UNEQUAL_NON_SATURATING)}
    blank = [above(values, BLANK, below=True) for values in contrast.values()]
    return Outcome(
        verdict(None if None in blank else any(blank)),
        {f"contrast_{loss}": values for loss, values in contrast.items()},
    )


def equal_rates_help(training: Training) -> Outcome:
    before, after = trained(training, UNEQUAL), trained(training, EQUAL)
    far, near = distances(before), distances(after)
    return Outcome(
        verdict(greater(far, near)),
        {"distance_before": far, "distance_after": near, "grad_norm_g_before": last(before, "grad_norm_g"),
         "grad_norm_g_after": last(after, "grad_norm_g")},
    )  # fmt: skip


def a_gradient_penalty_helps(training: Training) -> Outcome:
    plain, penalised = trained(training, UNEQUAL), trained(training, UNEQUAL.replace(penalty="gradient_penalty"))
    before, after = distances(plain), distances(penalised)
    return Outcome(
        verdict(greater(before, after)),
        {"distance_before": before, "distance_after": after, "d_accuracy_before": last(plain, "d_accuracy"),
         "d_accuracy_after": last(penalised, "d_accuracy")},
    )  # fmt: skip


def its_penalty(judge: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> float:
    """The gradient penalty as example 1 has it: a share for each image, shaped (N, 1, 1, 1)."""
    share = torch.rand(len(real), 1, 1, 1, generator=torch.Generator().manual_seed(0))
    between = (share * real + (1 - share) * fake).requires_grad_()
    (gradients,) = torch.autograd.grad(judge(between).sum(), between)
    return (gradients.reshape(len(real), -1).norm(dim=1) - 1).square().mean().item()


def penalty_by_shape() -> Outcome:
    generator = torch.Generator().manual_seed(0)
    real, fake = torch.rand(2, 64, 784, generator=generator)
    slope = torch.full((784,), 784**-0.5)  # of length 1: this judge leaves nothing to be penalised
    flat = its_penalty(lambda x: x @ slope, real, fake)
    images = its_penalty(lambda x: x.flatten(1) @ slope, real.view(64, 1, 28, 28), fake.view(64, 1, 28, 28))
    right = gradient_penalty(lambda x: x @ slope, real, fake, generator).item()
    return Outcome(
        verdict_if(images < 0.01, flat < 0.01),
        {"penalty_of_images": images, "penalty_of_flat_images": flat, "right_penalty_of_flat_images": right},
    )


def sigmoid_by_data_range(training: Training) -> Outcome:
    fitting = last(trained(training, SIGMOID.replace(data_range="[0,1]")), "contrast")
    other = last(trained(training, SIGMOID), "contrast")
    return Outcome(
        verdict_if(above(other, BLANK, below=True), above(fitting, BLANK, below=True)),
        {"contrast_data_minus_1_1": other, "contrast_data_0_1": fitting},
    )


def sigmoid_is_no_worse(training: Training) -> Outcome:
    tanh = distances(trained(training, Experiment(steps=300)))
    sigmoid = distances(trained(training, SIGMOID.replace(data_range="[0,1]", steps=300)))
    return Outcome(verdict(worse(sigmoid, tanh)), {"distance_sigmoid_data_0_1": sigmoid, "distance_tanh": tanh})


def tanh_in_place_of_sigmoid(training: Training) -> Outcome:
    tanh = SIGMOID.replace(output_activation="tanh")
    contrast = [last(trained(training, e), "contrast") for e in (SIGMOID, tanh)]
    illegal = [last(trained(training, e.replace(data_range="[0,1]")), "out_of_range") for e in (SIGMOID, tanh)]
    return Outcome(
        verdict_if(greater(contrast[1], contrast[0]), greater(illegal[0], illegal[1])),
        {"contrast_sigmoid_minus_1_1": contrast[0], "contrast_tanh_minus_1_1": contrast[1],
         "share_out_of_range_sigmoid_0_1": illegal[0], "share_out_of_range_tanh_0_1": illegal[1]},
    )  # fmt: skip


def only_made_tensors(training: Training) -> Outcome:
    unscaled = Experiment(architecture="mlp-plain", data_range="[0,1]", steps=300)
    tanh, sigmoid = trained(training, unscaled), trained(training, unscaled.replace(output_activation="sigmoid"))
    far = [distances(runs) for runs in (trained(training, unscaled.replace(data_range="[-1,1]")), tanh, sigmoid)]
    return Outcome(
        verdict_if(greater(far[1], far[0]), worse(far[2], far[0])),
        {"distance_scaled": far[0], "distance_0_1_tanh": far[1], "distance_0_1_sigmoid": far[2],
         "contrast_0_1_tanh": last(tanh, "contrast"), "share_out_of_range_0_1_tanh": last(tanh, "out_of_range")},
    )  # fmt: skip


def its_transforms() -> Outcome:
    half = torch.full((3, 1, 1), 0.5)  # torchvision's Normalize subtracts the means in place, one for each channel
    messages = {size: raised(torch.zeros(size).sub_, half) for size in ((3, 64, 64), (3, 28, 28), (1, 28, 28))}
    figures: dict[str, float | str] = {}
    for (channels, side, _), message in messages.items():
        figures[f"normalise_{channels}_{side}_{side}"] = message or "no exception"
        figures[f"room_for_crop_{channels}_{side}_{side}"] = side - 64  # pixels; below 0, RandomCrop raises ValueError
    works = [not message and size[1] >= 64 for size, message in messages.items()]
    return Outcome(verdict_if(works[0], works[2]), figures)


def mirrored_digits() -> Outcome:
    digits = load_images(Experiment())
    classifier, labels = classifier_of(digits), digits.labels
    assert classifier is not None and labels is not None
    figures = {}
    for digit in range(10):
        mirrored = np.ascontiguousarray(digits.pixels[labels == digit][:200, ..., ::-1])
        figures[f"share_known_of_mirrored_{digit}"] = float(classifier.shares(mirrored)[digit])
    symmetric = min(figures[f"share_known_of_mirrored_{digit}"] for digit in (0, 1, 8))
    others = np.mean([share for name, share in figures.items() if name[-1] not in "018"])
    return Outcome(verdict_if(symmetric > 0.5, bool(others > 0.5)), figures)


def one_setting_makes_and_mends_it(training: Training) -> Outcome:
    figures: dict[str, list[float]] = {}
    single = []
    for name in ("blank-grey", "blank-black", "blank-white"):
        broken, fixed = RECIPES[name].broken.replace(steps=100), RECIPES[name].fixed.replace(steps=100)
        blank, cured = last(trained(training, broken), "contrast"), last(trained(training, fixed), "contrast")
        label = name.replace("-", "_")
        figures |= {f"contrast_{label}": blank, f"contrast_{label}_mended": cured}
        single.append(len(diff(broken, fixed)) == 1 and above(blank, BLANK, below=True) and above(cured, BLANK))
    return Outcome(verdict(False if all(single) else None), figures)
