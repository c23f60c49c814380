"""Changes that mend more than one failure, the likeliest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gan_core.settings.compatibility import usual
from gan_core.settings.experiment import Experiment

Change = dict[str, Any]

MOST = 3  # settings that one finding proposes to change

# A rate that is suspected first: of Adam's usual ones none is as high.
SUSPECT = 1e-2
# What suits plain gradient descent, whose steps are as long as its gradients.
SGD_LR = 0.1

# Steps after which most pictures of digits or garments were recognisable at the usual settings, at every seed.
NEEDED = {
    "mlp": 600, "mlp-plain": 1200, "dcgan-light": 1000, "dcgan": 800, "document-mlp": 2000, "document-dcgan": 800,
    "points": 300,
}  # fmt: skip
_SLOWER = 2.5  # times as many for handwriting of 500 people and for one's own pictures


def needed(e: Experiment) -> int:
    """The steps that this network usually needs for these data."""
    return round(NEEDED[e.architecture] * (1 if e.dataset in ("digits", "fashion-mnist") else _SLOWER))


def usual_lr(e: Experiment) -> float:
    """The rate that both networks of this architecture train well at."""
    rate: float = usual({"architecture": e.architecture})["lr_g"]
    return rate


def favours_d(e: Experiment) -> bool:
    """Whether D moves so much more than G that it is bound to win."""
    return e.lr_d * e.n_dis >= 8 * e.lr_g * e.n_gen


def reaching(e: Experiment) -> Iterator[Change]:
    """An output that reaches the whole range of the data."""
    if e.data_range == "[-1,1]":
        yield {"output_activation": "tanh"}
    yield {"data_range": "[0,1]" if e.output_activation in ("sigmoid", "relu") else "[-1,1]"}


def shorter_steps(e: Experiment) -> Iterator[Change]:
    """Lower learning rates, where they are suspiciously high."""
    if _too_high(e, e.lr_d) and e.lr_d >= e.lr_g:
        yield {"lr_d": _calm_lr(e)}
    if _too_high(e, e.lr_g):
        yield {"lr_g": _calm_lr(e)}


def _too_high(e: Experiment, lr: float) -> bool:
    return lr > SGD_LR if e.optimiser == "sgd" else lr >= SUSPECT


def _calm_lr(e: Experiment) -> float:
    return SGD_LR if e.optimiser == "sgd" else usual_lr(e)


def blank(e: Experiment) -> Iterator[Change]:
    """For pictures of a single grey level."""
    if e.data_range in ("raw", "standardised") or (
        e.data_range == "[-1,1]" and e.output_activation in ("sigmoid", "relu")
    ):
        yield from reaching(e)
    if _badly_drawn(e):
        yield {"init": "pytorch"}
    yield from shorter_steps(e)
    if e.lr_g < usual_lr(e) / 10:
        yield {"lr_g": usual_lr(e)}
    yield {"norm_g": "batch"}
    yield {"output_activation": "sigmoid" if e.data_range == "[0,1]" else "tanh"}
    yield {"lr_g": usual_lr(e)}
    yield {"lr_g": usual_lr(e) / 5}


def _badly_drawn(e: Experiment) -> bool:
    return e.init == "zeros" or (e.init == "normal" and not 0.005 < e.init_std < 0.5)


_Suspects = tuple[tuple[str, Callable[[Experiment], bool]], ...]

# Settings that keep a GAN from learning, the surest first: which, and where it does. Each is mended by its usual value.
_SURE: _Suspects = (
    ("n_gen", lambda e: e.n_gen == 0),
    ("n_dis", lambda e: e.n_dis == 0),
    ("data_range", lambda e: e.data_range in ("raw", "standardised")),
    ("init", _badly_drawn),
    ("optimiser", lambda e: e.optimiser == "sgd"),
    # Rates are judged as Adam's: what suits plain descent is another matter.
    ("lr_g", lambda e: e.optimiser != "sgd" and not 1 / 8 < e.lr_g / usual_lr(e) < 8),
    ("lr_d", lambda e: e.optimiser != "sgd" and not 1 / 8 < e.lr_d / usual_lr(e) < 8),
    ("noise", lambda e: e.noise == "constant"),
    ("noise_scale", lambda e: not 0.2 < e.noise_scale < 5),
    ("latent_dim", lambda e: e.latent_dim < 8),
    ("beta1", lambda e: e.beta1 >= 0.9),
    ("beta2", lambda e: e.beta2 < 0.9),
    ("norm_d", lambda e: e.norm_d != "none"),
    ("loss", lambda e: e.loss == "wasserstein" and e.penalty != "gradient_penalty"),
    ("penalty", lambda e: e.penalty in ("clip", "gradient_penalty")),
    ("penalty_weight", lambda e: e.penalty_weight > 20 or e.penalty_weight < 0.2),
    ("instance_noise", lambda e: e.instance_noise >= 0.5),
    ("dropout_d", lambda e: e.dropout_d >= 0.5),
)
# Settings that make it slower, or its pictures worse.
_DOUBTFUL: _Suspects = (
    ("penalty", lambda e: e.penalty == "none"),
    ("hidden_activation", lambda e: e.hidden_activation in ("sigmoid", "tanh")),
    ("n_dis", lambda e: e.n_dis >= 5),
    ("n_gen", lambda e: e.n_gen >= 3),
    ("batch_size", lambda e: e.batch_size < 32),
    ("width", lambda e: e.width < 0.5),
    ("outliers", lambda e: e.outliers >= 0.2),
    ("output_activation", lambda e: e.output_activation in ("linear", "relu")),
    ("norm_g", lambda e: e.norm_g != "batch"),
    ("bn_momentum", lambda e: e.sample_mode == "eval" and not 0.05 <= e.bn_momentum <= 0.5),
    ("bn_eps", lambda e: e.bn_eps >= 0.1),
    ("sample_mode", lambda e: e.sample_mode == "eval"),
    ("init", lambda e: e.init != "pytorch"),
    ("label_smoothing", lambda e: e.label_smoothing >= 0.3),
    ("pack", lambda e: e.pack >= 4),
    ("loss", lambda e: e.loss == "minimax"),
    ("ema", lambda e: e.ema >= 0.999),
    ("ema_warm_up", lambda e: e.ema > 0.99 and not e.ema_warm_up),
    ("minibatch_std", lambda e: e.minibatch_std),
    ("update", lambda e: e.update == "simultaneous"),
    ("image_size", lambda e: e.image_size > 32),
    ("latent_dim", lambda e: e.latent_dim > 256),
    ("augment", lambda e: bool(e.augment)),
)


def sure_values(e: Experiment) -> Change:
    """The settings that surely keep a run from learning, the surest first, each with its usual value."""
    return _unusual(e, _SURE)


def sure_change(e: Experiment) -> Iterator[Change]:
    """Up to three of them at once."""
    if sure := sure_values(e):
        yield dict(list(sure.items())[:MOST])


def usual_values(e: Experiment) -> Iterator[Change]:
    """For a run that does not learn: what surely keeps it from learning, up to three settings at once, and as many
    steps as learning takes; else what may."""
    sure, doubtful = _unusual(e, _SURE), _unusual(e, _DOUBTFUL)
    longer = {"steps": 2 * needed(e)} if e.steps < needed(e) / (2 if sure else 1) else {}
    if change := {**dict(list(sure.items())[:MOST]), **longer}:
        yield change
    if doubtful:
        yield dict(list(doubtful.items())[:MOST])
    yield {"steps": min(4 * e.steps, 1_000_000)}


def _unusual(e: Experiment, suspects: _Suspects) -> Change:
    """Those of the suspects that hold, each with its usual value."""
    expected = usual({"architecture": e.architecture, "penalty": e.penalty})
    found: Change = {}
    for name, suspicious in suspects:
        if name not in found and suspicious(e) and getattr(e, name) != expected[name]:
            found[name] = expected[name]
    return found
