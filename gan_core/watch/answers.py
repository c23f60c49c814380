"""What D's answers say, and which formula turns them into the losses that were handed over."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gan_core.watch.arrays import Floats

Numbers = NDArray[np.float64]

_SMOOTH = (1.0, 0.95, 0.9, 0.8, 0.7)  # labels for real images that are in use
_OVER_1 = (1.05, 1.1, 1.2, 1.3, 1.5)  # what a smoothing with the wrong sign makes of a label of 1
_NEAR = 0.2  # a formula this close, relatively, is taken for the one in use
_LEAST = 0.1  # losses below it are compared as if they were this large


def measure_answers(
    real: Floats | None, fake: Floats | None, loss_d: float | None, loss_g: float | None
) -> dict[str, float]:
    """Measurements of D's answers on real and on generated images, before or after a sigmoid; empty without both.

    Answers that all lie in [0, 1] are read as probabilities. What only has a meaning for one loss (`d_real`,
    `d_fake`, accuracies) is given where D's loss is seen to be that one.
    """
    if real is None or fake is None or real.size == 0 or fake.size == 0:
        return {}
    r, f = real.ravel().astype(np.float64), fake.ravel().astype(np.float64)
    if not (np.isfinite(r).all() and np.isfinite(f).all()):
        return {"finite": 0.0}
    both = np.concatenate([r, f])
    probable = bool(both.min() >= 0 and both.max() <= 1)
    size = max(1.0, float(np.abs(both).mean()))
    told = {"logit_spread": float(both.std()) / size}
    if probable:
        told |= _judged(r > 0.5, f <= 0.5) | {"d_real": float(r.mean()), "d_fake": float(f.mean())}
        logits_r, logits_f = _logit(r), _logit(f)
    else:
        logits_r, logits_f = r, f
        told |= {"logit_max": float(np.abs(both).max()), "logit_gap": float(r.mean() - f.mean())}
    if loss_d is not None and np.isfinite(loss_d):
        told |= _of_d(r, f, logits_r, logits_f, loss_d, probable=probable)
    if loss_g is not None and np.isfinite(loss_g):
        g, softplus = logits_f, np.logaddexp
        usual = [softplus(0, -g), (f - 1) ** 2, (f - 1) ** 2 / 2]
        if not probable:
            usual.append(-f)
        if loss_g < 0:  # The minimax loss is; close to 0 it is the wrong one with its sign turned.
            usual.append(-softplus(0, g))
        told["usual_g_off"] = _off(loss_g, [float(one.mean()) for one in usual])
        told["fake_label_off"] = _off(loss_g, [float(softplus(0, g).mean()), float((f**2).mean())])
    return told


def _of_d(r: Numbers, f: Numbers, lr: Numbers, lf: Numbers, loss: float, *, probable: bool) -> dict[str, float]:
    """Which formula makes D's loss of its answers `r` and `f`, of which `lr` and `lf` are the logits."""
    entropy = [_entropy(lr, label) + _entropy(lf, 0) for label in _SMOOTH]
    squares = [float(((r - label) ** 2).mean() + (f**2).mean()) for label in _SMOOTH]
    hinge = [float(np.maximum(0, 1 - r).mean() + np.maximum(0, 1 + f).mean())] if not probable else []
    usual = [*_halved(entropy), *_halved(squares), *_halved(hinge), float(f.mean() - r.mean())]
    p, q = (r, f) if probable else (_sigmoid(r), _sigmoid(f))
    twice = [_entropy(p, label) + _entropy(q, 0) for label in _SMOOTH]
    swapped = [_entropy(lr, 0) + _entropy(lf, 1), float((r**2).mean() + ((f - 1) ** 2).mean())]
    too_sure = [_entropy(lr, label) + _entropy(lf, 0) for label in _OVER_1]
    told = {
        "usual_off": _off(loss, usual),
        "double_sigmoid_off": _off(loss, _halved(twice)),
        "swapped_off": _off(loss, _halved(swapped)),
        "label_over_1_off": _off(loss, _halved(too_sure)),
    }
    if not probable:
        if _off(loss, _halved([*entropy, *twice])) < _NEAR:
            told |= _judged(r > 0, f <= 0) | {"d_real": float(_sigmoid(r).mean()), "d_fake": float(_sigmoid(f).mean())}
        elif _off(loss, _halved(squares)) < _NEAR:
            told |= _judged(r > 0.5, f <= 0.5)
        elif hinge and _off(loss, _halved(hinge)) < _NEAR:
            told |= _judged(r > 0, f <= 0)
    return told


def _entropy(logits: Numbers, label: float) -> float:
    """The binary cross-entropy with one label for all."""
    return float((np.logaddexp(0, logits) - label * logits).mean())


def _halved(losses: Iterable[float]) -> list[float]:
    """As sums of both parts, and as their means."""
    return [part for loss in losses for part in (loss, loss / 2)]


def _off(loss: float, formulas: Iterable[float]) -> float:
    """The relative distance of a loss to the nearest of the values that formulas give."""
    return min((abs(loss - one) / max(abs(loss), abs(one), _LEAST) for one in formulas), default=1.0)


def _judged(real_right: NDArray[np.bool_], fake_right: NDArray[np.bool_]) -> dict[str, float]:
    on_real, on_fake = float(real_right.mean()), float(fake_right.mean())
    return {"d_accuracy": (on_real + on_fake) / 2, "d_accuracy_real": on_real, "d_accuracy_fake": on_fake}


def _sigmoid(x: Numbers) -> Numbers:
    return np.exp(-np.logaddexp(0, -x))


def _logit(p: Numbers) -> Numbers:
    inside = p.clip(1e-12, 1 - 1e-12)
    return np.log(inside) - np.log1p(-inside)
