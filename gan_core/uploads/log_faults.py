"""Faults of a training loop that its log gives away: numbers that the losses of a right loop cannot have together.

Measured on the losses of plain loops with each mistake built in and without, and on runs of this project; see
tests/study_files.py. Where D's answers are logged they are taken as probabilities, log_columns tells them from scores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from gan_core.diagnosis.detector import Evidence
from gan_core.diagnosis.row import Row
from gan_core.uploads.log_series import LogSeries, Series, ranks_agree

# Rows that are needed for anything to be said, and for a trend.
LEAST, TREND = 10, 20
# What a discriminator that tells nothing apart pays for an image, and for a real and a generated one.
_HALF, _BOTH = log(2), 2 * log(2)
# The bounds of losses whose answers went through a sigmoid twice: softplus(-1) + softplus(0), softplus(-1),
# softplus(0).
_FLOOR_D, _FLOOR_G, _CEILING_G = 1.0064, 0.3132, _HALF
_LEFT = 0.27


@dataclass(frozen=True)
class LogFault:
    """A fault that a log shows."""

    failure: str
    first: int  # the row since which it shows
    evidence: list[Evidence]
    why: str


def faults(rows: Sequence[Row]) -> list[LogFault]:
    """Every fault that shows, the surest first; none in a log of fewer than LEAST rows."""
    if len(rows) < LEAST:
        return []
    names = {name for row in rows for name in row.measurements}
    log_ = LogSeries(
        {name: np.array([row.measurements.get(name, np.nan) for row in rows]) for name in names}, len(rows)
    )
    found: list[LogFault] = []
    for look in _LOOKS:
        for fault in look(log_):
            named = {one.failure for one in found}
            if fault.failure not in named and not named & _EXPLAINED_BY.get(fault.failure, set()):
                found.append(fault)
    return found


def _double_sigmoid(of: LogSeries) -> Iterator[LogFault]:
    d, g, real, fake = of["loss_d"], of["loss_g"], of["d_real"], of["d_fake"]
    why = (
        "The losses are those of answers that went through a sigmoid twice: D ends in one, and the loss applies "
        "another. "
        "So they cannot fall below 1.01 for D and 0.31 for G, and hardly teach anything."
    )
    both = np.isfinite(d) & np.isfinite(real) & np.isfinite(fake)
    if both.sum() >= LEAST:
        twice = _softplus(-real[both]) + _softplus(fake[both])
        once = -np.log(real[both].clip(1e-4)) - np.log((1 - fake[both]).clip(1e-4))
        off_twice, off_once = (float(np.quantile(np.abs(x - d[both]), q)) for x, q in ((twice, 0.9), (once, 0.5)))
        # That both fit happens where D answers about one half, and says nothing.
        if off_twice < 0.06 and off_once > 0.15 and np.nanmax(real) > 0.2:
            yield LogFault(
                "double-sigmoid", 0,
                [Evidence("off_two_sigmoids", off_twice, 0.06, "<"), Evidence("off_one_sigmoid", off_once, 0.15, ">")],
                why,
            )  # fmt: skip
    whole = np.isfinite(d) & np.isfinite(g)
    if whole.sum() < TREND:
        return
    least_d, least_g, most_g = float(d[whole].min()), float(g[whole].min()), float(g[whole].max())
    # As a sum, or as the mean of the two halves.
    for part, most in ((1.0, 2.01), (0.5, 1.005)):
        bounds = least_d > part * (_FLOOR_D - 0.002) and float(d[whole].max()) <= most
        if bounds and least_g > _FLOOR_G - 0.002 and most_g < _CEILING_G + 1e-3 and most_g - least_g > 0.02:
            # Slow healthy loops keep within these bounds for long. But there what G's loss says that D pays for its
            # images leaves less for the real ones: 0.19 and less, where two sigmoids leave 0.30 and more.
            left = float(np.quantile(d[whole] / part - _paid_for_fakes(g[whole]), 0.02))
            if left > _LEFT:
                yield LogFault(
                    "double-sigmoid", 0,
                    [Evidence("least_loss_d", least_d, part * (_FLOOR_D - 0.002), ">"),
                     Evidence("least_loss_g", least_g, _FLOOR_G - 0.002, ">"),
                     Evidence("greatest_loss_g", most_g, _CEILING_G + 1e-3, "<"),
                     Evidence("left_for_real", left, _LEFT, ">")],
                    why,
                )  # fmt: skip


def _paid_for_fakes(g: Series) -> Series:
    """What D pays for generated images, softplus(p), where G's loss is softplus(-p) of answers p behind a sigmoid."""
    inside = g.clip(_FLOOR_G + 1e-4, _CEILING_G - 1e-4)
    return inside - np.log(np.expm1(inside))


def _wrong_labels(of: LogSeries) -> Iterator[LogFault]:
    d, g = of.middle("loss_d"), of.middle("loss_g")
    positive = all(of.late(name, 1.0).min(initial=0) >= 0 for name in ("loss_d", "loss_g"))
    if positive and d < 0.05 and g < 0.05:
        yield LogFault(
            "wrong-labels", _since(of, lambda: (of["loss_d"] < 0.05) & (of["loss_g"] < 0.05)),
            [Evidence("loss_d", d, 0.05, "<"), Evidence("loss_g", g, 0.05, "<")],
            "Both losses are near 0, but D and G cannot both be right about the same generated images: G is scored "
            "with the label of generated ones, or D is taught one label for all.",
        )  # fmt: skip
    real, fake = of.middle("d_real", 0.25), of.middle("d_fake", 0.25)
    if abs(real - fake) < 0.02 and (min(real, fake) > 0.98 or max(real, fake) < 0.02):
        end = 0.98 if real > 0.5 else 0.02
        side = ">" if real > 0.5 else "<"
        yield LogFault(
            "wrong-labels", _since(of, lambda: np.abs(of["d_real"] - of["d_fake"]) < 0.02),
            [_seen("d_real", real, end, side), _seen("d_fake", fake, end, side)],
            f"D answers {'real' if real > 0.5 else 'generated'} to every image, as if all had one label: check that "
            f"real ones have 1 and generated ones 0. Its sigmoid has no gradient there.",
        )  # fmt: skip
    p, q = of["d_real"], of["d_fake"]
    inside = np.nanmedian(p) if np.isfinite(p).any() else np.nan
    # The difference of the answers is a loss too, that of a critic behind a sigmoid.
    critic = np.abs(of["loss_d"] - (q - p))
    if 0 < inside < 1 and d < -0.02 and not np.nanmedian(np.append(critic, np.inf)) < 0.05:
        yield LogFault(
            "wrong-labels", _since(of, lambda: of["loss_d"] < -0.02),
            [Evidence("loss_d", d, -0.02, "<")],
            "D answers with probabilities, and yet its loss is negative, which cross-entropy never is with labels "
            "between 0 and 1: the labels are others, such as -1, or a sign is turned.",
        )  # fmt: skip


def _constant(of: LogSeries) -> Iterator[LogFault]:
    why = "D gives every image the same answer, so it separates nothing and G learns nothing from it"
    real, fake = of.middle("d_accuracy_real"), of.middle("d_accuracy_fake")
    d, halves = of.middle("loss_d"), (of.middle("loss_d_real"), of.middle("loss_d_fake"))
    # Of guessing, and standing still: a slow healthy loop comes by there.
    near = all(abs(half - _HALF) < 0.02 for half in halves) or abs(d - _BOTH) < 0.04 or abs(d - _HALF) < 0.02
    late = of.late("loss_d") if of.late("loss_d").size else of.late("loss_d_real")
    near = near and float(np.quantile(late, 0.9) - np.quantile(late, 0.1)) < 0.05
    # Where D's answers are there, they must be alike too: sure of real images alone, its loss is as small.
    alike = not abs(of.middle("d_real") - of.middle("d_fake")) > 0.1
    if near and alike and abs(real - fake) > 0.95:
        low = "d_accuracy_fake" if real > fake else "d_accuracy_real"
        high = "d_accuracy_real" if real > fake else "d_accuracy_fake"
        yield LogFault(
            "constant-discriminator", 0,
            [Evidence(high, max(real, fake), 0.97, ">"), Evidence(low, min(real, fake), 0.03, "<"),
             Evidence("loss_d", d, 0.6, ">")],
            f"{why}: just {'above' if real > fake else 'below'} one half, which makes an accuracy of 1 and of 0 out of "
            f"losses of {_HALF:.2f}. Look at D(x) and D(G(z)) instead.",
        )  # fmt: skip
    p, q = of.middle("d_real", 0.25), of.middle("d_fake", 0.25)
    if abs(p - q) < 0.02 and (min(p, q) > 0.98 or max(p, q) < 0.02):
        yield LogFault(
            "constant-discriminator", _since(of, lambda: np.abs(of["d_real"] - of["d_fake"]) < 0.02),
            [Evidence("answers_apart", abs(p - q), 0.02, "<")],
            f"{why}: its sigmoid is saturated, where it has no gradient, so it cannot come back by itself.",
        )  # fmt: skip
    both, g = of.late("loss_d", 0.95), of.late("loss_g", 0.95)
    for middle in (_BOTH, _HALF):
        if both.size >= TREND and g.size >= TREND:
            apart = max(float(np.abs(both - middle).max()) * _HALF / middle, float(np.abs(g - _HALF).max()))
            if apart < 0.03:
                yield LogFault(
                    "constant-discriminator", 0, [Evidence("off_chance", apart, 0.03, "<")],
                    f"{why}: from the beginning on, the losses are those of guessing.",
                )  # fmt: skip


def _no_gradient(of: LogSeries) -> Iterator[LogFault]:
    norms = of.late("grad_norm_g", 1.0)
    if norms.size >= LEAST and norms.max() <= 1e-12:
        yield LogFault(
            "no-gradient-to-g", 0, [Evidence("grad_norm_g", float(norms.max()), 1e-12, "<")],
            "No gradient reaches G at all: the generated images were detached in its step, made without a gradient, or "
            "its optimiser holds other weights.",
        )  # fmt: skip
        return
    if norms.size:
        return
    d, g, steps = of["loss_d"], of["loss_g"], np.arange(of.count)
    whole = np.isfinite(d) & np.isfinite(g)
    if whole.sum() < TREND or d[whole].min() < 0:
        return
    up, down = ranks_agree(steps[whole], g[whole]), ranks_agree(steps[whole], -d[whole])
    few = max(2, int(whole.sum()) // 10)
    first, last = float(np.median(g[whole][:few])), float(np.median(g[whole][-few:]))
    # Of healthy loops none came above 0.95 in both; detached ones kept 0.992 and 0.976 also where they were slow.
    late = of.middle("loss_d", 0.25)
    sure = up > 0.95 and down > 0.9 and last > max(4.0, 1.5 * first) and late < 0.01
    steady = whole.sum() >= 2 * TREND and up > 0.985 and down > 0.965 and last > 1.5 * max(1.0, first) and late < 0.35
    if sure or steady:
        least, most = (4.0, 0.01) if sure else (1.5, 0.35)
        yield LogFault(
            "no-gradient-to-g", 0,
            [Evidence("loss_g_rises", up, 0.95 if sure else 0.985, ">"),
             Evidence("loss_d_falls", down, 0.9 if sure else 0.965, ">"),
             Evidence("loss_g", last, least, ">"), Evidence("loss_d", late, most, "<")],
            "G's loss keeps growing and D's keeps falling, and G does not respond: no gradient seems to reach it, "
            "as where "
            "the generated images are detached in its step.",
        )  # fmt: skip


def _accumulated(of: LogSeries) -> Iterator[LogFault]:
    for name, whose in (("grad_norm_d", "D"), ("grad_norm_g", "G")):
        norms = of[name]
        whole = np.isfinite(norms) & (norms > 0)
        if whole.sum() < TREND:
            continue
        rises = ranks_agree(np.arange(of.count)[whole], norms[whole])
        few = max(3, int(whole.sum()) // 10)
        last = float(np.median(norms[whole][-few:]))
        times = last / float(np.median(norms[whole][:few]))
        if rises > 0.8 and times > 4 and last > 40:
            yield LogFault(
                "accumulated-gradients", 0,
                [Evidence("gradients_rise", rises, 0.8, ">"), Evidence("gradients_grown", times, 4.0, ">"),
                 Evidence(name, last, 40.0, ">")],
                f"{whose}'s gradient grows from step to step, as where each step's is added to those of all steps "
                f"before: they are not set to zero.",
            )  # fmt: skip
            return


def _penalty(of: LogSeries) -> Iterator[LogFault]:
    penalty = of.late("penalty", 1.0)
    if penalty.size < LEAST:
        return
    most = float(np.abs(penalty).max())
    others = np.concatenate([of.late(name, 1.0) for name in ("loss_d", "loss_g")])
    rounded = bool(np.allclose(others * 100, np.rint(others * 100), atol=1e-6))
    if most <= 1e-9:
        if not rounded and others.size:  # else a small one is printed as 0.00
            yield LogFault(
                "penalty-not-acting", 0, [Evidence("penalty", most, 1e-9, "<")],
                "The penalty on D's gradients is always 0, so it restrains nothing: its gradient is taken of the "
                "wrong tensor, or its weight is 0.",
            )  # fmt: skip
        return
    late = of.late("penalty", 0.8)
    middle = float(np.median(np.abs(late)))
    spread = float(np.ptp(late)) / middle if middle > 0 else float("inf")
    if middle > 0.5 and spread < 0.01:
        yield LogFault(
            "penalty-not-acting", 0, [Evidence("penalty", middle, 0.5, ">"),
            Evidence("penalty_spread", spread, 0.01, "<")],
            "The penalty on D's gradients stands still, whatever D learns: D's gradient is 0 where it is taken, or "
            "nothing of the penalty reaches D's weights.",
        )  # fmt: skip
        return
    few, half = max(3, penalty.size // 4), penalty.size // 2
    first, last = float(np.median(penalty[:few])), float(np.median(penalty[-few:]))
    grown = last / max(first, 1e-9)
    # WGAN's begins near its weight, 10, and falls where it acts: of 56 such logs none came back to more than 0.73 of
    # its beginning. R1's begins near 0, and may grow for long.
    begins = float(penalty[: max(3, penalty.size // 10)].max())
    above = float((penalty[half:] > max(2 * begins, 10.0)).mean())
    if begins > 1 and above > 0.1 and penalty.size >= TREND:
        yield LogFault(
            "penalty-not-acting", int(of.count * 0.5),
            [Evidence("penalty_above", above, 0.1, ">")],
            "The penalty on D's gradients rises to more than twice its first values, and nothing responds: it is "
            "detached, is not added to D's loss, or has the wrong sign.",
        )  # fmt: skip
    elif grown > 20 and last > 20:
        yield LogFault(
            "penalty-not-acting", int(of.count * 0.75),
            [Evidence("penalty", last, 20.0, ">"), Evidence("penalty_grown", grown, 20.0, ">")],
            "The penalty on D's gradients grows and nothing responds: it is detached, is not added to D's "
            "loss, or has "
            "the wrong sign.",
        )  # fmt: skip


_LOOKS: tuple[Callable[[LogSeries], Iterator[LogFault]], ...] = (
    _double_sigmoid, _penalty, _accumulated, _constant, _wrong_labels, _no_gradient,
)  # fmt: skip
# What drives D's answers to an end explains that they are there.
_AT_AN_END = {"double-sigmoid", "accumulated-gradients", "penalty-not-acting"}
_EXPLAINED_BY = {
    "accumulated-gradients": {"penalty-not-acting"},
    "constant-discriminator": _AT_AN_END,
    "wrong-labels": _AT_AN_END,
    "no-gradient-to-g": {"constant-discriminator", "accumulated-gradients"},
}
# Failures of runs that these explain.
EXPLAINS = {
    "double-sigmoid": {"discriminator-too-weak"},
    "wrong-labels": {"discriminator-too-strong", "discriminator-too-weak"},
    "constant-discriminator": {"discriminator-too-weak"},
}
# What each can be told from: any of these columns together, and the words for what is missing.
NEEDS: dict[str, tuple[tuple[tuple[str, ...], ...], str]] = {
    "double-sigmoid": ((("loss_d", "loss_g"), ("loss_d", "d_real", "d_fake")), "both losses, or D(x) and D(G(z))"),
    "constant-discriminator": (
        (("d_real", "d_fake"), ("d_accuracy_real", "d_accuracy_fake", "loss_d"), ("loss_d", "loss_g")),
        "D(x) and D(G(z)), or both losses",
    ),
    "wrong-labels": ((("loss_d", "loss_g"), ("d_real", "d_fake")), "both losses, or D(x) and D(G(z))"),
    "no-gradient-to-g": ((("grad_norm_g",), ("loss_d", "loss_g")), "G's gradient norm, or both losses"),
    "accumulated-gradients": ((("grad_norm_d",), ("grad_norm_g",)), "the gradient norm of D or G at each step"),
    "penalty-not-acting": ((("penalty",),), "the penalty by itself, beside the loss"),
}  # fmt: skip


def _softplus(x: Series) -> Series:
    return np.log1p(np.exp(x))


def _seen(name: str, value: float, threshold: float, side: str) -> Evidence:
    return Evidence(name, value, threshold, ">" if side == ">" else "<")


def _since(of: LogSeries, shown: Callable[[], NDArray[np.bool_]]) -> int:
    """The first row from which on it shows in nine of ten."""
    shows = shown()
    later = np.cumsum(shows[::-1])[::-1] / np.arange(of.count, 0, -1)
    return int(np.argmax(shows & (later >= 0.9))) if shows.any() else 0
