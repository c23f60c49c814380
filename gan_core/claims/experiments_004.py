"""The experiments on the claims of document 004."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from math import hypot, log10
from statistics import mean
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from gan_core.claims.after_perfection import after_perfection
from gan_core.claims.frechet import COUNT, distance_to_real, frechet
from gan_core.claims.outcome import Outcome, above, equal, greater, raised, verdict, verdict_if
from gan_core.claims.trained_runs import Trained, Training
from gan_core.data import digits
from gan_core.data.images import Images
from gan_core.diagnosis.findings import diagnose
from gan_core.engine.class_coverage import classifier_of
from gan_core.engine.initialise import SCHEMES
from gan_core.engine.losses import LOSSES
from gan_core.engine.networks import build
from gan_core.engine.trainer import Trainer
from gan_core.engine.training_data import load_images
from gan_core.settings.experiment import Experiment
from gan_core.settings.players import Players

USUAL = Experiment(steps=300)
ITS = Experiment(architecture="document-mlp", update="simultaneous", steps=150)  # its network and training
LOSS = LOSSES["non_saturating"]


def trained(training: Training, experiment: Experiment, kind: type[Trainer] = Trainer) -> list[Trained]:
    return [training.train(experiment.replace(seed=seed), kind) for seed in training.seeds]


def last(runs: list[Trained], name: str) -> list[float]:
    """A measurement at the end of each run."""
    return [run.last[name] for run in runs]


def distances(runs: list[Trained], real: Images | None = None) -> list[float]:
    """How far each run's pictures are from the real ones; the smaller, the better."""
    return [distance_to_real(run.trainer, real) for run in runs]


class ThreeHundredBySeed(Trainer):
    """Trains on 300 of the digits alone, others for each seed."""

    def __init__(self, experiment: Experiment) -> None:
        chosen = np.random.default_rng(experiment.seed).permutation(10_000)[:300]
        super().__init__(experiment, Images(load_images(experiment).pixels[chosen], None, (), "300 digits"))


def distance_of(pixels: np.ndarray) -> float:
    """The same of images (N, 1, 28, 28) in bytes."""
    every = load_images(USUAL)
    classifier = classifier_of(every)
    assert classifier is not None
    return frechet(classifier.features(pixels), classifier.features(every.probe(COUNT).pixels))


def a_gan_of_few_images(training: Training) -> Outcome:
    runs = trained(training, USUAL.replace(steps=400), ThreeHundredBySeed)
    made, themselves = distances(runs, load_images(USUAL)), [distance_of(run.trainer.images.pixels) for run in runs]
    return Outcome(verdict(greater(themselves, made)), {"distance_made": made, "distance_of_the_300": themselves})


def learning_the_distribution(training: Training) -> Outcome:
    usual = USUAL.replace(steps=800)
    cases = {"usual": usual, "high_momentum": usual.replace(norm_g="none", penalty="none", beta1=0.9)}
    classes = {f"classes_of_10_{name}": last(trained(training, e), "modes_covered") for name, e in cases.items()}
    return Outcome(verdict_if(*(above(values, 5) for values in classes.values())), classes)


def d_takes_one_image() -> Outcome:
    random, change = torch.Generator().manual_seed(0), {}
    real, fake, other = torch.randn(3, 1, 1, 28, 28, generator=random)
    for pack, name in ((0, "one_at_a_time"), (2, "packing_two")):
        d = build(Experiment(pack=pack))[1]
        moved = d(torch.cat([real, fake]))[0] - d(torch.cat([real, other]))[0]
        change[f"change_of_answer_by_neighbours_{name}"] = moved.abs().item()
    return Outcome(verdict(change["change_of_answer_by_neighbours_one_at_a_time"] > 1e-4), change)


@cache
def other_digits() -> np.ndarray:
    """3000 digits, as good as the others but none of the data set."""
    return digits.draw(3000, 28, 1, seed=1)[0]


def called_real(run: Trained) -> tuple[float, float]:
    """The share of its own data set, and that of other digits, which a run's discriminator takes for real."""
    d, encode = run.trainer.d, run.trainer.batches.encode
    own, others = run.trainer.images.probe(1000).pixels, other_digits()[2000:]
    return tuple((d(encode(torch.tensor(pixels))) > 0).float().mean().item() for pixels in (own, others))


def likeness_not_membership(training: Training) -> Outcome:
    own, others = (list(shares) for shares in zip(*map(called_real, trained(training, USUAL)), strict=True))
    gap = [ours - theirs for ours, theirs in zip(own, others, strict=True)]
    alike = equal(gap, [0.0] * len(gap), within=0.05)
    figures = {"called_real_of_data_set": own, "called_real_of_other_digits": others, "difference": gap}
    return Outcome(verdict(None if alike is None else not alike), figures)


def its_train_step(t: Trainer) -> None:
    """Both gradients of the same weights, then both updates: what its two tapes do."""
    real, fake = t.batches.next(), t.g(torch.randn(64, 32, generator=t.noise))
    loss_g, loss_d = LOSS.generator(t.d(fake)), LOSS.discriminator(t.d(real), t.d(fake), 0.0)
    gradients = torch.autograd.grad(loss_g, t.g_parameters, retain_graph=True)
    gradients += torch.autograd.grad(loss_d, t.d_parameters)
    for parameter, gradient in zip(t.g_parameters + t.d_parameters, gradients, strict=True):
        parameter.data -= 0.1 * gradient


def two_tapes_and_one_step() -> Outcome:
    stepped, any_images = {}, Images(digits.draw(64, 8, 1, seed=0)[0], None, (), "64 digits")
    plain = Experiment(image_size=8, optimiser="sgd", beta1=0, lr_g=0.1, lr_d=0.1)
    for update in ("alternating", "simultaneous", "its"):
        trainer = Trainer(plain.replace(update=update.replace("its", "alternating")), any_images)
        its_train_step(trainer) if update == "its" else trainer.train_step()
        stepped[update] = torch.cat([p.detach().flatten() for p in trainer.g_parameters])
    apart = {rule: (stepped["its"] - stepped[rule]).abs().max().item() for rule in ("alternating", "simultaneous")}
    figures = {f"its_weights_from_{rule}": value for rule, value in apart.items()}
    return Outcome(verdict(apart["alternating"] < apart["simultaneous"]), figures)


def game(update: str, steps: int, damping: float = 0.0) -> float:
    """How far from its equilibrium (0, 0) the game ends in which D raises x * y by its y, and G lowers it by its x."""
    x = y = 1.0
    for _ in range(steps):
        before = y
        y += 0.1 * (x - damping * y)  # damping is what R1 does to D
        x -= 0.1 * (before if update == "simultaneous" else y)
    return hypot(x, y)


def alternation_is_crucial(training: Training) -> Outcome:
    cases = (USUAL.replace(steps=0), USUAL.replace(update="simultaneous"), USUAL)
    untrained, at_once, in_turns = (distances(trained(training, e)) for e in cases)
    outwards, round_and_round = game("simultaneous", 1000), game("alternating", 1000)
    learnt = greater(untrained, at_once)
    return Outcome(
        verdict_if(outwards > 10 * round_and_round, None if learnt is None else not learnt),
        {"game_from_equilibrium_simultaneous": outwards, "game_from_equilibrium_alternating": round_and_round,
         "distance_untrained": untrained, "distance_simultaneous": at_once, "distance_alternating": in_turns},
    )  # fmt: skip


def alternation_converges() -> Outcome:
    far = {f"from_equilibrium_step_{steps}": game("alternating", steps) for steps in (0, 100, 1000, 10_000)}
    far["from_equilibrium_damped_step_1000"] = damped = game("alternating", 1000, damping=0.3)
    return Outcome(verdict_if(damped < 0.01, far["from_equilibrium_step_10000"] < 0.01), far)


def neither_outruns_the_other(training: Training) -> Outcome:
    runs, outrun = trained(training, USUAL.replace(update="simultaneous")), []
    for run in runs:
        failures = {finding.failure for finding in diagnose(run.trainer.experiment, run.rows)}
        outrun.append(float(bool(failures & {"discriminator-too-strong", "discriminator-too-weak"})))
    figures = {"one_outran_the_other": outrun, "d_accuracy": last(runs, "d_accuracy")}
    return Outcome(verdict(above(outrun, 0.5)), figures)


class AgainstPerfect(Trainer):
    """D learns against a perfect generator: what it is shown as generated are digits drawn like the real ones."""

    def _loss_d(self, real: Tensor, fake: Tensor) -> Tensor:
        chosen = torch.randint(2000, (len(fake),), generator=self.chance).numpy()
        return super()._loss_d(real, self.batches.encode(torch.tensor(other_digits()[chosen])))


class AgainstPerfectWithFew(AgainstPerfect, ThreeHundredBySeed):
    """The same where there are few real ones."""


def d_of_a_perfect_g(training: Training) -> Outcome:
    right = {}
    for kind, count in ((AgainstPerfect, 10_000), (AgainstPerfectWithFew, 300)):
        shares = map(called_real, trained(training, USUAL.replace(n_gen=0), kind))
        right[f"d_accuracy_{count}_images"] = [(own + 1 - others) / 2 for own, others in shares]
    return Outcome(verdict_if(*(equal(values, [0.5] * len(values), within=0.05) for values in right.values())), right)


def half_right_of_static(training: Training) -> Outcome:
    runs = trained(training, USUAL.replace(lr_d=1e-5, steps=200))
    accuracy, classes = last(runs, "d_accuracy"), last(runs, "modes_covered")
    works = above(classes, 5) if equal(accuracy, [0.5] * len(runs), within=0.1) else None
    return Outcome(verdict(works), {"d_accuracy": accuracy, "classes_of_10": classes})


def feedback_of_a_perfect_g(training: Training) -> Outcome:
    cases = {"d_stopped": (False, 0.0), "d_learns": (True, 0.0), "d_learns_with_r1": (True, 1.0)}
    ends = {name: [after_perfection(training, seed, *how) for seed in training.seeds] for name, how in cases.items()}
    far = {name: [log10(end[0]) for end in of_seeds] for name, of_seeds in ends.items()}  # by powers of ten
    far["untrained"] = [log10(end[1]) for end in ends["d_learns"]]
    collapsed = [greater(far[name], far["untrained"]) for name in ("d_stopped", "d_learns")]
    return Outcome(verdict_if(*collapsed), {f"log10_distance_{name}": values for name, values in far.items()})


class AnswersNoted(Trainer):
    """Notes how far D's answers to real images are from one half, at every tenth step of the second half."""

    noted: tuple[float, ...] = ()

    def train_step(self, players: Players = "both") -> None:
        """See the class."""
        super().train_step(players)
        if 2 * self.step > self.experiment.steps and self.step % 10 == 0:
            self.noted += ((self.d(self.probe.real).sigmoid() - 0.5).abs().mean().item(),)


class AnswersNotedAgainstPerfect(AnswersNoted, AgainstPerfect):
    """The same of one that learns against a perfect generator."""


def one_half_everywhere(training: Training) -> Outcome:
    figures = {}
    cases = {"perfect": (USUAL.replace(n_gen=0), AnswersNotedAgainstPerfect), "its": (ITS, AnswersNoted)}
    for name, (e, kind) in cases.items():
        answers = [cast(AnswersNoted, run.trainer).noted for run in trained(training, e, kind)]
        figures[f"answers_from_one_half_{name}_g"] = [mean(noted) for noted in answers]
    return Outcome(verdict_if(*(above(values, 0.1, below=True) for values in figures.values())), figures)


def its_loss(fake: Tensor, target: float = 1.0) -> Tensor:
    """Its binary cross-entropy, of logits; generator_loss has the target 1."""
    return nn.functional.binary_cross_entropy(fake.sigmoid(), torch.full_like(fake, target))


def slope(loss: Callable[[Tensor], Tensor], logit: float) -> float:
    """How a loss changes with the logit of a generated image."""
    at = torch.tensor([float(logit)], requires_grad=True)
    return torch.autograd.grad(loss(at), at)[0].item()


def code_against_text() -> Outcome:
    losses = {"its": its_loss, "minimax": LOSSES["minimax"].generator, "non_saturating": LOSS.generator}
    figures = {f"slope_where_d_is_sure_{name}": slope(loss, -8) for name, loss in losses.items()}
    its, text, other = figures.values()
    return Outcome(verdict(abs(its - text) < abs(its - other)), figures)


def one_game_or_two() -> Outcome:
    of_d = slope(partial(its_loss, target=0.0), -8)
    sums = [of_d + slope(of_g, -8) for of_g in (its_loss, LOSSES["minimax"].generator)]  # 0: what one wins, one loses
    return Outcome(verdict(abs(sums[0]) < 1e-4), {"sum_of_slopes_its": sums[0], "sum_of_slopes_minimax": sums[1]})


def scaling_by_127() -> Outcome:
    levels = np.arange(256, dtype=np.uint8)
    scaled = (levels.astype("float32") - 127.5) / 127.5
    lost = int(((scaled * 127.5 + 127.5).round().astype(np.uint8) != levels).sum())
    low, high = float(scaled.min()), float(scaled.max())
    return Outcome(verdict((low, high, lost) == (-1, 1, 0)), {"least": low, "greatest": high, "levels_lost": lost})


def he_is_not_the_default() -> Outcome:
    figures = {}
    for name, scheme in (("he_uniform", "he_uniform"), ("keras_default", "xavier_uniform")):  # by Xavier Glorot
        drawn = SCHEMES[scheme](torch.empty(128, 100), torch.Generator().manual_seed(0))
        figures[f"greatest_weight_of_dense_1_{name}"] = drawn.abs().max().item()
    he, default = figures.values()
    return Outcome(verdict(abs(he - default) < 0.01), figures)


def momentum_in_two_languages() -> Outcome:
    batch = torch.randn(64, 1, generator=torch.Generator().manual_seed(0)) + 5
    figures = {"running_mean_keras_0.1": 0.1 * 0 + (1 - 0.1) * batch.mean().item()}  # Keras' documented rule, from 0
    for momentum in (0.1, 0.9):
        norm = nn.BatchNorm1d(1, momentum=momentum)
        norm(batch)
        figures[f"running_mean_pytorch_{momentum}"] = norm.state_dict()["running_mean"].item()
    keras, same_number, other_number = figures.values()
    return Outcome(verdict_if(abs(keras - other_number) < 1e-4, abs(keras - same_number) < 1e-4), figures)


def momentum_and_training(training: Training) -> Outcome:
    figures, weights = {}, []
    for keras in (0.1, 0.99):
        runs = trained(training, ITS.replace(bn_momentum=1 - keras, steps=50))
        figures[f"mode_gap_keras_{keras}"] = last(runs, "mode_gap")
        weights.append([torch.cat([p.detach().flatten() for p in run.trainer.g_parameters]) for run in runs])
    changed = [float((ours != theirs).sum()) for ours, theirs in zip(*weights, strict=True)]
    return Outcome(verdict(above(changed, 0.5)), {"weights_changed": changed, **figures})


def epsilon_of_batch_norm(training: Training) -> Outcome:
    cases = {"untrained": ITS.replace(steps=0), "epsilon_0.8": ITS, "epsilon_0.001": ITS.replace(bn_eps=1e-3)}
    far = {f"distance_{name}": distances(trained(training, e)) for name, e in cases.items()}
    without = greater(far["distance_untrained"], far["distance_epsilon_0.001"])
    return Outcome(verdict(None if without is None else not without), far)


def sigmoid_then_cross_entropy() -> Outcome:
    losses = {
        "of_logits": LOSS.generator,
        "pytorch": its_loss,
        "keras": lambda logit: -(logit.sigmoid().clamp(1e-7, 1 - 1e-7) + 1e-7).log(),
        "written_out": lambda logit: -logit.sigmoid().log(),
    }
    slopes = {(name, logit): slope(loss, -logit) for name, loss in losses.items() for logit in (10, 30, 95)}
    right = [all(abs(slopes[name, logit] + 1) < 0.01 for name in losses) for logit in (10, 30)]
    return Outcome(verdict_if(*right), {f"slope_{name}_at_minus_{x}": value for (name, x), value in slopes.items()})


def two_betas() -> Outcome:
    weight = nn.Parameter(torch.zeros(1))
    adam = torch.optim.Adam([weight], betas=(0.9, 0.99))
    weight.grad = torch.tensor([-2.0])
    adam.step()  # both averages were 0 before, so they now hold a tenth and a hundredth of what is averaged
    first, second = 10 * adam.state[weight]["exp_avg"].item(), 100 * adam.state[weight]["exp_avg_sq"].item()
    figures = {"gradient": -2.0, "averaged_by_beta_1": first, "averaged_by_beta_2": second}
    return Outcome(verdict(abs(first + 2) + abs(second + 2) < 1e-4), figures)


def printed_code() -> Outcome:
    printed = ("Adam(learning_rate =, beta_1 = args.b1)", "train_dataset =\\\n", "if x == 0: = checkpoint_prefix)")
    messages = [raised(compile, line, "document 004", "exec") for line in printed]
    return Outcome(verdict(not any(messages)), {f"line_{n}": message for n, message in enumerate(messages, 1)})


def noise_then_pictures(training: Training) -> Outcome:
    far, near = (distances(trained(training, e)) for e in (ITS.replace(steps=0), ITS))
    return Outcome(verdict(greater(far, near)), {"distance_untrained": far, "distance_step_150": near})


def realistic_or_not(training: Training) -> Outcome:
    made, new = distances(trained(training, ITS.replace(steps=300))), distance_of(other_digits())
    return Outcome(verdict(above(made, 10 * new, below=True)), {"distance_made": made, "distance_of_new_digits": new})
