"""Evidence in words: what was measured and where the alarm is, a sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gan_core.diagnosis.detector import Evidence
from gan_core.diagnosis.measurements import MEASUREMENTS, digits

# What is no measurement of a run: what settings alone show, and what is measured on brought pictures and logs.
_OTHERS = {
    "reach_low": "the smallest value that the output activation can give",
    "reach_high": "the largest value that the output activation can give",
    "n_gen": "the number of G updates per step",
    "pixel_min": "the smallest value",
    "pixel_max": "the largest value",
    "broken": "the share of NaN and infinite values",
    "darkest": "the darkest tone (0 black, 1 white)",
    "real_darkest": "the darkest tone of the real images (0 black, 1 white)",
    "compared": "the number of pictures that were compared with each other",
    "pil_refuses": "the number of reasons why Pillow rejects it",
    "transposed": "the distance to real images with rows and columns swapped, relative to the distance as it is,",
    "reshaped": "the roughness with the channels read in the other order, relative to the roughness as it is,",
    "circular": "the share of the steps between neighbouring pixels that vanishes where 0 follows 255",
    "end_balance": "the balance of the darkest and the brightest tones (1 where wrapping joined them)",
    "end_spike": "how many times more frequent the last tones are than those before",
    "black": "how many times more frequent black is than the next darker greys",
    "white": "how many times more frequent white is than the next brighter greys",
    "nearly_black": "the share of nearly black pixels",
    "nyquist_peak": "the power of every second row or column, relative to that of slightly wider patterns,",
    "jpeg_blocks": "how many more fine details are missing in JPEG's blocks than elsewhere",
    "pixel_high": "the value below which 99% lie",
    "full_bits": "the number of bits that the values use",
    "used_bits": "the number of bits that the values use",
    "levels": "the number of different tones",
    "level_step": "the distance between neighbouring tones",
    "tone_low": "the tone below which one value in 1000 lies (0 to 255)",
    "tone_high": "the tone above which one value in 1000 lies (0 to 255)",
    "zeros": "the share of values that are exactly 0",
    "zeros_each": "the share of exact zeros in the channel that has least of them",
    "full": "the share of values that are exactly 255",
    "full_each": "the share of 255 in the channel that has least of it",
    "split_dark": "the share of pixels with a channel of exactly 0 beside one that is lit",
    "split_bright": "the share of pixels with a channel of 255 beside one that is not full",
    "dark_spike": "how many times more frequent 0 is than the tones above",
    "bright_spike": "how many times more frequent 255 is than the tones below",
    "one_of_two": "the share of pairs of neighbouring tones of which only one is there",
    "pairs_met": "the number of such pairs",
    "seam": "the share of surfaces that continue at the other end of the range where they reach one end",
    "seam_count": "the number of places where they do",
    "surfaces": "the share of neighbouring pixels that are alike where 0 follows 255",
    "middle": "the share of pixels of middle brightness",
    "speck_count": "the number of single pixels that stand out",
    "specks_wrapped": "the share of them that would not where 0 follows 255",
    "neighbours": "the correlation of pixels side by side",
    "sameness": "how much the pictures differ from each other, relative to the contrast within each,",
    "one_class": "the share of pictures that are most like one class of the real set",
    "class_distance": "the distance to the most similar real image, relative to that between real ones,",
    "tones_apart": "the distance between these tones and those of your real pictures (of 255)",
    "colours_apart": "the distance between these colours and those of your real pictures (of 255)",
    "colours_swapped": "that distance with red and blue swapped, relative to the colours as they are,",
    "fits_clipped_dark": "the distance to your real pictures with their dark half clipped, relative to unclipped,",
    "fits_clipped_bright": "the distance to your real pictures with their bright half clipped, relative to unclipped,",
    "fits_half_range": "the distance to your real pictures with half the contrast, relative to their full contrast,",
    "jpeg_step": "the step to which JPEG rounded",
    "loss_size": "the size of the losses",
    "d_real": "D's answer on real images",
    "d_fake": "D's answer on generated images",
    # What is measured of a loop that is not ours.
    "grad_kept_d": "the share of D's gradient that was there in the step before",
    "grad_kept_g": "the share of G's gradient that was there in the step before",
    "usual_off": "how far D's loss is from what any right formula makes of D's answers (0 for equal)",
    "usual_g_off": "how far G's loss is from what any right formula makes of D's answers (0 for equal)",
    "double_sigmoid_off": "how far D's loss is from that of D's answers with one sigmoid more (0 for equal)",
    "swapped_off": "how far D's loss is from that with real and generated labels swapped (0 for equal)",
    "fake_label_off": "how far G's loss is from that with the label of D's own step, 0, (0 for equal)",
    "usual_fit": "how far D's loss is from the best-fitting right formula, over several observations (0 for equal)",
    "double_sigmoid_fit": "how far D's loss is, over several observations, from that of one sigmoid more (0 for equal)",
    "double_sigmoid_ratio": "that distance, relative to what a right formula and any constant leave,",
    "grad_kept_lately_g": "the share of G's gradient that was there in the step before, over several observations,",
    "answers_sum": "the sum of D's mean answers on real and on generated images (about 1 for as many of each)",
    "d_trained_by_g": "whether D takes a step with the gradient of G's step as well (1 for yes)",
    "last_norm_g": "whether the last layer of G with weights is BatchNorm (1 for yes)",
    "label_over_1_off": "how far D's loss is from that with a label above 1 for real images (0 for equal)",
    "losses_below_0": "how often D's loss was below 0 beside answers from 0 to 1, as with a label above 1",
    "logit_spread": "how far D's answers to different images are apart",
    "stale_norm_d": "the share of D's BatchNorm layers that count no batches (1 for all)",
    "stale_norm_g": "the share of G's BatchNorm layers that count no batches (1 for all)",
    "answers_apart": "the difference of D's answers on real and generated images",
    "off_two_sigmoids": "how far D's loss is from that of its answers behind two sigmoids",
    "off_one_sigmoid": "how far D's loss is from that of its answers behind one",
    "off_chance": "how far the losses are from those of guessing, at most,",
    "least_loss_d": "D's lowest loss",
    "least_loss_g": "G's lowest loss",
    "greatest_loss_g": "G's highest loss",
    "left_for_real": "what G's loss leaves of D's for real images (two sigmoids: 0.31 at least)",
    "loss_g_rises": "how steadily G's loss rises (1: at every row)",
    "loss_d_falls": "how steadily D's loss falls (1: at every row)",
    "gradients_rise": "how steadily the gradient grows (1: at every row)",
    "gradients_grown": "the gradient at the end, relative to the beginning,",
    "penalty": "the penalty",
    "penalty_spread": "how much the penalty changes, relative to its size,",
    "penalty_above": "the share of the log's second half with a penalty above 10 and above twice its first values",
    "penalty_grown": "the penalty at the end, relative to the beginning,",
    "steps_apart": "the number of steps between both files, by their own count or names",
}
# What is measured of a network's weights; an ending such as _g says of which.
_OF_NETWORKS = {
    "still": "the share of {}'s weights that were as before (1 for all)",
    "moved": "how far {}'s weights went, relative to their norm,",
    "statistics_still": "the share of {}'s running statistics that were as before (1 for all)",
    "fresh_statistics": "the share of {}'s running statistics that stand at 0 and 1",
    "broken": "the share of {}'s weights that are NaN or infinite",
    "zero_layers": "the number of {}'s layers without a weight but 0",
}


@dataclass(frozen=True)
class Told:
    """One measurement of the evidence."""

    measurement: str
    what: str  # what was measured, within a sentence
    shown: str  # the number
    alarm: str  # where the alarm is
    thresholds: tuple[float, ...]  # one, or two between which the alarm is

    @property
    def words(self) -> str:
        """A sentence of its own."""
        return f"{self.what[0].upper()}{self.what[1:]} is {self.shown}; alarm {self.alarm}."

    @property
    def clause(self) -> str:
        """The same within a sentence."""
        return f"{self.what} is {self.shown} (alarm {self.alarm})"


def told(evidence: Sequence[Evidence]) -> list[Told]:
    """A sentence for each measurement; one that has to lie between two thresholds has one sentence with both."""
    by_name: dict[str, list[Evidence]] = {}
    for seen in evidence:
        by_name.setdefault(seen.measurement, []).append(seen)
    return [
        Told(name, *_parts(name, seen), tuple(one.threshold for one in seen))
        for name, seen in by_name.items()
    ]  # fmt: skip


def _parts(name: str, seen: Sequence[Evidence]) -> tuple[str, str, str]:
    known = MEASUREMENTS.get(name)
    what = known.words if known else _OTHERS.get(name) or _of_network(name)
    value, limits = seen[-1].value, sorted(one.threshold for one in seen)
    if known and known.share:
        shown = f"{value:.0%}"
        told_limits = [f"{limit:.0%}" for limit in limits]
        if shown in told_limits:
            shown = f"{value:.1%}"
    else:
        shown, told_limits = digits(value), [digits(limit) for limit in limits]
    if len(limits) > 1:
        alarm = f"between {told_limits[0]} and {told_limits[-1]}"
    else:
        alarm = f"{'below' if seen[0].comparison == '<' else 'above'} {told_limits[0]}"
    return what, shown, alarm


def _of_network(name: str) -> str:
    for measured, words in _OF_NETWORKS.items():
        if name == measured or name.startswith(f"{measured}_"):
            player, _, which = name[len(measured) + 1 :].partition("_")
            called = {"": "the network", "g": "G", "d": "D"}.get(player, f"network {player}")
            return words.format(f"{called} ({which.upper()})" if which else called)
    return name
