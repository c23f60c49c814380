"""Every measurement that is taken of a run: how it is called, how it reads, and which value of it is better."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Better:
    """What makes one value of a measurement better than another."""

    words: str  # the aim, for people
    aim: float  # what the value should be close to; infinity: the more the better
    ratio: bool = False  # whether it is compared by how many times it is off

    def off(self, value: float) -> float:
        """How far from the aim, 0 at best; larger is worse."""
        if self.ratio:
            return abs(math.log(value / self.aim)) if value > 0 else math.inf
        return -value if self.aim == math.inf else abs(value - self.aim)


_LESS = Better("lower is better", 0)
_AS_REAL = Better("closer to 1", 1, ratio=True)
_MORE = Better("higher is better", math.inf)


@dataclass(frozen=True)
class Measurement:
    """One measurement. Where it is a share of all, it reads as per cent; else as a number of three digits."""

    name: str  # in rows, logs and evidence
    label: str  # of its row in a table
    words: str  # within a sentence
    legend: str  # of its line in a chart
    caption: str = ""  # under a picture or a chart, {} being the value; empty: value and legend
    share: bool = False
    better: Better | None = None  # None: neither more nor less is better

    @property
    def relative(self) -> bool:
        """Whether 1 is all of something, or as much as the real images have."""
        return self.share or self.better is _AS_REAL

    def text(self, measurements: Mapping[str, float]) -> str:
        """Its value for people; a dash where it has no meaning."""
        return percent(measurements, self.name) if self.share else number(measurements, self.name)

    def captioned(self, measurements: Mapping[str, float]) -> str:
        """Its value with its name, for a caption."""
        return (self.caption or f"{{}} {self.legend}").format(self.text(measurements))


_RECORDS = (
    # Pixels of the generated pictures.
    Measurement("pixel_min", "Smallest pixel value", "the smallest pixel value, in the data's own units", "least"),
    Measurement("pixel_max", "Largest pixel value", "the largest pixel value, in the data's own units", "greatest"),
    Measurement(
        "out_of_range", "Outside the legal range", "the share of pixel values outside the legal range",
        "out of range", share=True, better=_LESS,
    ),
    Measurement(
        "excess", "Distance outside the range",
        "how far pixel values lie outside the legal range on average, in units of the range", "excess",
        better=_LESS,
    ),
    Measurement(
        "saturated", "At the ends of the range", "the share of pixel values at the ends of the range",
        "at its ends", share=True,
    ),
    Measurement(
        "histogram_distance", "Distance of the histograms",
        "the distance between the real and the generated histogram", "histogram distance", better=_LESS,
    ),
    Measurement("pixel_mean", "Mean brightness", "the mean brightness, from 0 (black) to 1 (white)", "brightness"),
    Measurement(
        "nyquist", "Alternating from pixel to pixel",
        "the share of the variance within pictures that alternates from pixel to pixel", "alternating", share=True,
    ),
    Measurement(
        "neighbours", "Similarity of neighbouring pixels (real: 1)",
        "the similarity of neighbouring pixels relative to the real pictures", "neighbours alike",
        better=_AS_REAL,
    ),
    Measurement(
        "unreachable", "Real pixels out of reach",
        "the share of real pixel values that the output activation cannot give", "out of reach", share=True,
        better=_LESS,
    ),
    # The pictures among each other.
    Measurement(
        "contrast", "Contrast (real: 1)", "the contrast of the pictures relative to the real ones", "contrast",
        "contrast {}", better=_AS_REAL,
    ),
    Measurement(
        "diversity", "Diversity (real: 1)", "the diversity of the pictures relative to the real ones", "diversity",
        "diversity {}", better=_AS_REAL,
    ),
    Measurement(
        "duplicates", "Share of duplicates", "the share of pictures that are almost the same as another",
        "duplicates", share=True, better=_LESS,
    ),
    Measurement(
        "modes_covered", "Classes or modes that appear", "the number of classes or modes that appear", "appear",
        better=_MORE,
    ),
    Measurement(
        "recognised", "Recognisable",
        "the share of pictures that a small classifier confidently assigns to one class", "recognisable",
        share=True, better=_MORE,
    ),
    Measurement(
        "mode_gap", "Train against eval mode", "the distance between pictures drawn in train and in eval mode",
        "mode gap",
    ),
    # Points of a plane beside the real ones.
    Measurement(
        "high_quality", "Points near a mode", "the share of points within three standard deviations of a mode",
        "near a mode", share=True, better=_MORE,
    ),
    Measurement(
        "reverse_kl", "Reverse KL over modes", "the reverse KL divergence of the modes' shares", "reverse KL",
        better=_LESS,
    ),
    Measurement(
        "mode_turnover", "Moved to other modes", "the share of points that move to other modes within 50 steps",
        "moved to other modes", share=True, better=_LESS,
    ),
    Measurement(
        "wasserstein_2", "Wasserstein-2", "the exact Wasserstein-2 distance of 256 points", "W2", "W2 {}", better=_LESS,
    ),
    Measurement(
        "sliced_wasserstein", "Sliced Wasserstein", "the sliced Wasserstein distance", "sliced", "sliced {}",
        better=_LESS,
    ),
    Measurement("energy_distance", "Energy distance", "the energy distance", "energy", "energy {}", better=_LESS),
    Measurement(
        "precision", "Precision", "the share of generated points that lie among the real ones", "precision",
        share=True, better=_MORE,
    ),
    Measurement(
        "recall", "Recall", "the share of real points that lie among the generated ones", "recall", share=True,
        better=_MORE,
    ),
    Measurement("theta", "Theta", "the generator's one number", "theta", "θ {}", better=Better("closer to 0", 0)),
    Measurement("psi", "Psi", "the discriminator's one number", "psi", "ψ {}", better=Better("closer to 0", 0)),
    # The discriminator's opinion.
    Measurement("d_real", "D on real images", "the mean probability that D gives real images", "on real"),
    Measurement(
        "d_fake", "D on generated images", "the mean probability that D gives generated images", "on generated"
    ),
    Measurement(
        "d_accuracy", "D is right", "the share of images that the discriminator gets right", "D is right",
        "D is right {}", share=True,
    ),
    Measurement(
        "d_accuracy_real", "D is right on real images", "the share of real images that the discriminator gets right",
        "on real", "real {}", share=True,
    ),
    Measurement(
        "d_accuracy_fake", "D is right on generated images",
        "the share of generated images that the discriminator gets right", "on generated", "generated {}", share=True,
    ),
    Measurement("logit_max", "Largest logit", "the largest of the discriminator's logits", "largest logit"),
    Measurement(
        "logit_gap", "Gap of the logits", "the gap between D's mean logits on real and on generated images", "logit gap"
    ),
    # The training.
    Measurement("loss_d", "Loss of D", "the discriminator's loss", "D", "D {}"),
    Measurement("loss_g", "Loss of G", "the generator's loss", "G", "G {}"),
    Measurement("grad_norm_d", "Gradient norm of D", "the discriminator's gradient norm", "D", "D {}"),
    Measurement("grad_norm_g", "Gradient norm of G", "the generator's gradient norm", "G", "G {}"),
    Measurement(
        "update_ratio_d", "Relative update of D", "the size of D's updates relative to its weights", "D", "D {}"
    ),
    Measurement(
        "update_ratio_g", "Relative update of G", "the size of G's updates relative to its weights", "G", "G {}"
    ),
    Measurement("finite", "All finite", "whether all numbers are finite (1) or not (0)", "finite"),
)  # fmt: skip

MEASUREMENTS: dict[str, Measurement] = {measurement.name: measurement for measurement in _RECORDS}


def percent(measurements: Mapping[str, float], name: str) -> str:
    """A measured share or ratio for people; a dash where it has no meaning."""
    return f"{measurements[name]:.0%}" if name in measurements else "–"


def number(measurements: Mapping[str, float], name: str) -> str:
    """A measurement for people, to three digits; a dash where it has no meaning."""
    return digits(measurements[name]) if name in measurements else "–"


def digits(value: float) -> str:
    """A number for people, to three digits, with the minus sign of the texts around it."""
    return f"{value:.3g}".replace("-", "−")


def caption(measurements: Mapping[str, float], *names: str) -> str:
    """Some of a row's measurements in one line."""
    return " · ".join(MEASUREMENTS[name].captioned(measurements) for name in names)


def winner(name: str, values: Sequence[float | None]) -> int | None:
    """Which run is best by this measurement, counted from 0.

    None where neither more nor less is better, where a single run has it, or where the best is shared: equal in the
    three digits that are shown.
    """
    better = MEASUREMENTS[name].better
    there = {number: float(f"{value:.3g}") for number, value in enumerate(values) if value is not None}
    if better is None or len(there) < 2:
        return None
    off = {number: better.off(value) for number, value in there.items()}
    best = [number for number in off if off[number] == min(off.values())]
    return best[0] if len(best) == 1 else None
