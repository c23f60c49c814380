"""What D's answers say, and which formula turns them into the losses that were handed over."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from gan_core.watch.arrays import Floats

Numbers = NDArray[np.float64]

_SMOOTH = (1.0, 0.95, 0.9, 0.8, 0.7)  # labels for real images that are in use
_OVER_1 = (1.05, 1.1, 1.2, 1.3, 1.5)  # what a smoothing with the wrong sign makes of a label of 1
_NEAR = 0.2  # a formula this close, relatively, is taken for the one in use
_LEAST = 0.1  # losses below it are compared as if they were this large
_LATELY = 8  # looks over which a formula must fit
_ROUNDING = 0.002  # no fit is better than that
_BELOW_0 = -0.02  # cross-entropy with labels between 0 and 1 never comes so low
_CRITIC = 0.1  # a critic's loss, with a penalty or without, is not so far below the difference of its answers


class WatchedAnswers:
    """D's answers over the looks.

    A loop has one formula all the time, and at a single look many are near. So over some looks it can be told, although
    the answers may be of another moment than the loss, as those of Keras's predict() are.
    """

    def __init__(self) -> None:
        self._usual: deque[list[float]] = deque(maxlen=_LATELY)  # how far each formula was off, a list for each look
        self._twice: deque[list[float]] = deque(maxlen=_LATELY)
        self._sums: deque[float] = deque(maxlen=_LATELY)
        self._below_0 = self._above_0 = 0

    def measure(
        self, real: Floats | None, fake: Floats | None, loss_d: float | None, loss_g: float | None
    ) -> dict[str, float]:
        """The same as `measure_answers`, and more after some looks: see `_fits`, the mean of d_real + d_fake, and how
        often a loss was below 0 that no cross-entropy with right labels can be."""
        told = measure_answers(real, fake, loss_d, loss_g)
        if "d_real" in told:
            self._sums.append(told["d_real"] + told["d_fake"])
            if len(self._sums) == _LATELY:
                told["answers_sum"] = fmean(self._sums)
        if loss_d is not None and "usual_off" in told:
            assert real is not None and fake is not None
            of = _Answers.of(real, fake)
            formulas = _formulas(of)
            if of.probable:
                self._below_0 += _is_impossible(of, loss_d)
                self._above_0 += loss_d > 0
                # A likelihood, of which people want most, is below 0 at every look.
                told["losses_below_0"] = float(self._below_0 if self._above_0 else 0)
            self._usual.append([_signed_off(loss_d, one) for one in formulas.usual])
            self._twice.append([_signed_off(loss_d, one) for one in formulas.twice])
            if len(self._usual) == _LATELY:
                told |= _fits(self._usual, self._twice)
        return told


def _is_impossible(of: _Answers, loss: float) -> bool:
    """Whether D's loss beside probabilities is no cross-entropy with labels between 0 and 1, nor a critic's, nor the
    likelihood, which is the first with its sign turned."""
    least = float(of.f.mean() - of.r.mean()) - _CRITIC
    likelihood = _entropy(of.logits_r, 1) + _entropy(of.logits_f, 0)
    return loss < min(_BELOW_0, least) and _off(-loss, _halved([likelihood])) > _NEAR


def _fits(usual: Iterable[list[float]], twice: Iterable[list[float]]) -> dict[str, float]:
    """How far off the one formula was that fitted best over some looks, right ones and those with a sigmoid too many.

    The ratio is of the latter to what a right one leaves to which any constant may be added, such as a penalty.
    """
    by_usual, by_twice = list(zip(*usual, strict=False)), list(zip(*twice, strict=False))
    fit = min(median(map(abs, one)) for one in by_twice)
    spread = min(median(abs(off - median(one)) for off in one) for one in by_usual)
    return {
        "usual_fit": min(median(map(abs, one)) for one in by_usual),
        "double_sigmoid_fit": fit,
        "double_sigmoid_ratio": fit / max(spread, _ROUNDING),
    }


@dataclass(frozen=True)
class _Answers:
    """D's answers on real and on generated images as they are, and as logits."""

    r: Numbers
    f: Numbers
    logits_r: Numbers
    logits_f: Numbers
    probable: bool  # whether they are probabilities

    @classmethod
    def of(cls, real: Floats, fake: Floats) -> _Answers:
        r, f = real.ravel().astype(np.float64), fake.ravel().astype(np.float64)
        probable = bool(min(r.min(), f.min()) >= 0 and max(r.max(), f.max()) <= 1)
        return cls(r, f, _logit(r), _logit(f), probable) if probable else cls(r, f, r, f, probable)


def measure_answers(
    real: Floats | None, fake: Floats | None, loss_d: float | None, loss_g: float | None
) -> dict[str, float]:
    """Measurements of D's answers on real and on generated images, before or after a sigmoid; empty without both.

    Answers that all lie in [0, 1] are read as probabilities. What only has a meaning for one loss (`d_real`,
    `d_fake`, accuracies) is given where D's loss is seen to be that one.
    """
    if real is None or fake is None or real.size == 0 or fake.size == 0:
        return {}
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        return {"finite": 0.0}
    of = _Answers.of(real, fake)
    r, f = of.r, of.f
    both = np.concatenate([r, f])
    size = max(1.0, float(np.abs(both).mean()))
    told = {"logit_spread": float(both.std()) / size}
    if of.probable:
        told |= _judged(r > 0.5, f <= 0.5) | {"d_real": float(r.mean()), "d_fake": float(f.mean())}
    else:
        told |= {"logit_max": float(np.abs(both).max()), "logit_gap": float(r.mean() - f.mean())}
    if loss_d is not None and np.isfinite(loss_d):
        told |= _of_d(of, loss_d)
    if loss_g is not None and np.isfinite(loss_g):
        g, softplus = of.logits_f, np.logaddexp
        usual = [softplus(0, -g), (f - 1) ** 2, (f - 1) ** 2 / 2]
        if not of.probable:
            usual.append(-f)
        if loss_g < 0:  # The minimax loss is; close to 0 it is the wrong one with its sign turned.
            usual.append(-softplus(0, g))
        told["usual_g_off"] = _off(loss_g, [float(one.mean()) for one in usual])
        told["fake_label_off"] = _off(loss_g, [float(softplus(0, g).mean()), float((f**2).mean())])
    return told


@dataclass(frozen=True)
class _Formulas:
    """What the formulas for D's loss give for some answers: right ones, by kind, and wrong ones."""

    entropy: list[float]
    squares: list[float]
    hinge: list[float]
    usual: list[float]  # all that are right, with and without the half
    twice: list[float]  # a sigmoid too many


def _formulas(of: _Answers) -> _Formulas:
    r, f = of.r, of.f
    entropy = [_entropy(of.logits_r, label) + _entropy(of.logits_f, 0) for label in _SMOOTH]
    squares = [float(((r - label) ** 2).mean() + (f**2).mean()) for label in _SMOOTH]
    hinge = [] if of.probable else [float(np.maximum(0, 1 - r).mean() + np.maximum(0, 1 + f).mean())]
    p, q = (r, f) if of.probable else (_sigmoid(r), _sigmoid(f))
    return _Formulas(
        entropy=_halved(entropy),
        squares=_halved(squares),
        hinge=_halved(hinge),
        usual=[*_halved(entropy), *_halved(squares), *_halved(hinge), float(f.mean() - r.mean())],
        twice=_halved(_entropy(p, label) + _entropy(q, 0) for label in _SMOOTH),
    )


def _of_d(of: _Answers, loss: float) -> dict[str, float]:
    """Which formula makes D's loss of its answers."""
    r, f, lr, lf = of.r, of.f, of.logits_r, of.logits_f
    formulas = _formulas(of)
    swapped = [_entropy(lr, 0) + _entropy(lf, 1), float((r**2).mean() + ((f - 1) ** 2).mean())]
    too_sure = [_entropy(lr, label) + _entropy(lf, 0) for label in _OVER_1]
    told = {
        "usual_off": _off(loss, formulas.usual),
        "double_sigmoid_off": _off(loss, formulas.twice),
        "swapped_off": _off(loss, _halved(swapped)),
        "label_over_1_off": _off(loss, _halved(too_sure)),
    }
    if not of.probable:
        if _off(loss, [*formulas.entropy, *formulas.twice]) < _NEAR:
            told |= _judged(r > 0, f <= 0) | {"d_real": float(_sigmoid(r).mean()), "d_fake": float(_sigmoid(f).mean())}
        elif _off(loss, formulas.squares) < _NEAR:
            told |= _judged(r > 0.5, f <= 0.5)
        elif _off(loss, formulas.hinge) < _NEAR:
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
    return min((abs(_signed_off(loss, one)) for one in formulas), default=1.0)


def _signed_off(loss: float, formula: float) -> float:
    return (loss - formula) / max(abs(loss), abs(formula), _LEAST)


def _judged(real_right: NDArray[np.bool_], fake_right: NDArray[np.bool_]) -> dict[str, float]:
    on_real, on_fake = float(real_right.mean()), float(fake_right.mean())
    return {"d_accuracy": (on_real + on_fake) / 2, "d_accuracy_real": on_real, "d_accuracy_fake": on_fake}


def _sigmoid(x: Numbers) -> Numbers:
    return np.exp(-np.logaddexp(0, -x))


def _logit(p: Numbers) -> Numbers:
    inside = p.clip(1e-12, 1 - 1e-12)
    return np.log(inside) - np.log1p(-inside)
