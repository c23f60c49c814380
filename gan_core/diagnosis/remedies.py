"""Remedies: for each failure the one setting to change, chosen by what is unusual in the experiment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gan_core.settings.experiment import Experiment

Change = dict[str, Any]

# What the default networks train well at; a rate ten times as high is suspected first.
LR = 1e-3
SUSPECT = 1e-2


def remedy(failure: str, e: Experiment) -> Change:
    """The first change that may mend the failure and is none of the experiment's own settings already."""
    for change in _REMEDIES[failure](e):
        if all(getattr(e, name) != value for name, value in change.items()):
            return change
    raise AssertionError(f"{failure} cannot be found with these settings, so no remedy is known")


def _unreachable_range(e: Experiment) -> Iterator[Change]:
    if e.data_range == "[-1,1]":
        yield {"output_activation": "tanh"}
    yield {"data_range": "[0,1]" if e.output_activation in ("sigmoid", "relu") else "[-1,1]"}


def _out_of_range(e: Experiment) -> Iterator[Change]:
    if e.output_activation in ("tanh", "hardtanh") or e.data_range in ("raw", "standardised"):
        yield {"data_range": "[-1,1]"}
    yield {"output_activation": "sigmoid" if e.data_range == "[0,1]" else "tanh"}
    yield {"output_activation": "hardtanh"}


def _blank(e: Experiment) -> Iterator[Change]:
    if e.data_range in ("raw", "standardised") or (
        e.data_range == "[-1,1]" and e.output_activation in ("sigmoid", "relu")
    ):
        yield from _unreachable_range(e)
    if e.init == "zeros" or (e.init == "normal" and not 0.005 < e.init_std < 0.5):
        yield {"init": "pytorch"}
    yield from _shorter_steps(e)
    if e.lr_g < LR / 10:
        yield {"lr_g": LR}
    yield {"norm_g": "batch"}
    yield {"output_activation": "sigmoid" if e.data_range == "[0,1]" else "tanh"}
    yield {"lr_g": LR}
    yield {"lr_g": 2e-4}


def _shorter_steps(e: Experiment) -> Iterator[Change]:
    if e.lr_d >= SUSPECT and e.lr_d >= e.lr_g:
        yield {"lr_d": SUSPECT if e.optimiser == "sgd" else LR}
    if e.lr_g >= SUSPECT:
        yield {"lr_g": SUSPECT if e.optimiser == "sgd" else LR}


def _exploding(e: Experiment) -> Iterator[Change]:
    if e.init == "normal" and e.init_std >= 0.5:
        yield {"init": "pytorch"}
    yield from _shorter_steps(e)
    if e.penalty != "none" and e.penalty != "clip" and e.penalty_weight > 10:
        yield {"penalty_weight": 10.0}
    if e.data_range == "raw":
        yield {"data_range": "[-1,1]"}
    if e.loss == "wasserstein":  # Nothing else bounds its critic (Gulrajani 2017).
        yield {"penalty": "gradient_penalty"}
    if e.optimiser == "sgd":
        yield {"optimiser": "adam"}
    yield {"beta1": 0.5}
    yield {"penalty": "gradient_penalty"}
    yield {"lr_d": 2e-4}
    yield {"lr_d": 1e-4}


def _too_strong(e: Experiment) -> Iterator[Change]:
    if e.lr_d > e.lr_g:
        yield {"lr_d": e.lr_g} if e.lr_d > LR else {"lr_g": e.lr_d}
    if e.loss == "minimax":
        yield {"loss": "non_saturating"}
    if e.n_dis > 1:
        yield {"n_dis": 1}
    if e.lr_g >= SUSPECT:
        yield {"lr_g": LR}
    yield {"penalty": "gradient_penalty"}
    yield {"penalty_weight": 10.0}
    yield {"penalty_weight": 100.0}


def _too_weak(e: Experiment) -> Iterator[Change]:
    if e.n_dis == 0:
        yield {"n_dis": 1}
    if e.lr_d < e.lr_g:
        yield {"lr_g": LR} if e.lr_g >= SUSPECT else {"lr_d": e.lr_g}
    if e.n_gen > 1:
        yield {"n_gen": 1}
    if e.instance_noise > 0.1:
        yield {"instance_noise": 0.0}
    if e.dropout_d > 0.5:
        yield {"dropout_d": 0.0}
    if e.penalty not in ("none", "clip") and e.penalty_weight > 10:
        yield {"penalty_weight": 10.0}
    if e.lr_d < LR / 10:
        yield {"lr_d": LR}
    if e.beta1 >= 0.9:
        yield {"beta1": 0.5}
    yield {"n_dis": 2}
    yield {"n_dis": 3}


def _identical_samples(e: Experiment) -> Iterator[Change]:
    if e.noise == "constant":
        yield {"noise": "normal"}
    if e.noise_scale < 0.5:
        yield {"noise_scale": 1.0}
    yield from _mode_collapse(e)


def _mode_collapse(e: Experiment) -> Iterator[Change]:
    if e.n_gen > 1:
        yield {"n_gen": 1}
    if e.latent_dim < 8:
        yield {"latent_dim": 64}
    if e.beta1 > 0.5 and e.optimiser != "rmsprop":
        yield {"beta1": 0.5}
    if e.lr_g > 2 * e.lr_d:
        yield {"lr_g": e.lr_d}
    yield from _shorter_steps(e)
    if e.loss == "wasserstein":
        yield {"penalty": "gradient_penalty"}
    yield {"norm_g": "batch"}
    yield {"minibatch_std": True}
    yield {"penalty": "r1"}
    yield {"penalty": "gradient_penalty"}


def _untrained_grey(e: Experiment) -> Iterator[Change]:
    if e.norm_g == "batch":
        yield {"sample_mode": "train"}
    yield {"norm_g": "batch"}
    yield {"init": "he_normal"}
    yield {"init": "orthogonal"}


def _batchnorm_mismatch(e: Experiment) -> Iterator[Change]:
    if not 0.05 <= e.bn_momentum <= 0.5:
        yield {"bn_momentum": 0.1}
    yield {"sample_mode": "train"}


def _checkerboard(_: Experiment) -> Iterator[Change]:
    yield {"upsample": "resize"}


_REMEDIES: dict[str, Callable[[Experiment], Iterator[Change]]] = {
    "unreachable-range": _unreachable_range,
    "non-finite": _exploding,
    "exploding": _exploding,
    "out-of-range": _out_of_range,
    "blank-grey": _blank,
    "blank-black": _blank,
    "blank-white": _blank,
    "discriminator-too-strong": _too_strong,
    "discriminator-too-weak": _too_weak,
    "identical-samples": _identical_samples,
    "mode-collapse": _mode_collapse,
    "untrained-grey": _untrained_grey,
    "batchnorm-mismatch": _batchnorm_mismatch,
    "checkerboard": _checkerboard,
}
