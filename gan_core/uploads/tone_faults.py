"""Known faults that show in how pictures use their range of tones, and noise. Left of the bar: clean, right: broken.

Measured on digits, mnist, fashion-mnist, coloured digits and drawn faces; see tests/study_files.py.

    split_dark       real to 0.02 | [-1,1] saved without (x + 1) / 2: 0.42 to 0.62, with zeros_each from 0.3
    one_of_two       real to 0.05 | real pictures saved so: 0.98 to 1, as 2 v - 255 meets every second tone alone
    neighbours       real 0.80 to 0.97, generated from 0.66 | noise to 0.02, half of the pictures noise 0.17
    level_step       real 0, single small ones of 5 tones 64 | 3 to 5 bits, 8 tones and more: 8 to 36
    specks_wrapped   real to 0.10, generated to 0.19 | a few values beyond the range, not clipped: 1.0
"""

from __future__ import annotations

from gan_core.diagnosis.conditions import BLANKS
from gan_core.diagnosis.detector import Condition
from gan_core.uploads import repairs
from gan_core.uploads.known_fault import RANGE, KnownFault


def _between(measurement: str, low: float, high: float) -> tuple[Condition, Condition]:
    return Condition(measurement, ">", low), Condition(measurement, "<", high)


_SHIFTED = "A constant was added once too often"

# Of numbers as they were brought, by their ends: in this order, since all that follows is judged by a wrong range.
OF_RANGE = (
    KnownFault(
        kind="normalised-twice",
        shown_by="floats",
        conditions=(*_between("pixel_min", -3.05, -2.5), *_between("pixel_max", 0.5, 1.02)),
        explained_by=RANGE,
        why="Values in [-1, 1] were normalised once more, (x - 0.5) / 0.5, so they reach from -3 to 1.",
        repair=repairs.normalised_twice,
    ),
    KnownFault(
        kind="normalised-twice: after / 255 twice",
        shown_by="floats",
        conditions=(*_between("pixel_min", -1.02, -0.999), *_between("pixel_max", -0.999, -0.98)),
        explained_by=RANGE,
        why="Values were divided by 255 twice before they were brought to [-1, 1], so everything is black.",
        repair=repairs.divided_then_normalised,
    ),
    KnownFault(
        kind="shifted-range: 0.5 x + 1",
        shown_by="floats",
        conditions=(*_between("pixel_min", 0.44, 0.75), *_between("pixel_max", 1.2, 1.56)),
        explained_by=RANGE,
        why=f"{_SHIFTED}: values in [-1, 1] become [0.5, 1.5] by 0.5 x + 1, where 0.5 x + 0.5 is meant. Saved like "
            f"this, half of it is white.",
        repair=repairs.shifted,
    ),
    KnownFault(
        kind="shifted-range: x + 1",
        shown_by="floats",
        conditions=(*_between("pixel_min", -0.02, 0.3), *_between("pixel_max", 1.85, 2.02),
            Condition("pixel_high", ">", 1.4)),
        explained_by=RANGE,
        why=f"{_SHIFTED}, or a division was left out: values in [-1, 1] become [0, 2] by x + 1, where (x + 1) / "
        f"2 is meant.",
        repair=repairs.shifted,
    ),
    KnownFault(
        kind="shifted-range: 0.5 x - 1",
        shown_by="floats",
        conditions=(*_between("pixel_min", -1.56, -1.2), *_between("pixel_max", -0.75, -0.44)),
        explained_by=RANGE,
        why=f"{_SHIFTED}: the values reach from -1.5 to -0.5.",
        repair=repairs.shifted,
    ),
    KnownFault(
        kind="shifted-range: x - 1",
        shown_by="floats",
        conditions=(*_between("pixel_min", -2.02, -1.6), *_between("pixel_max", -0.6, 0.02)),
        explained_by=RANGE,
        why=f"{_SHIFTED}: the values reach from -2 to 0.",
        repair=repairs.shifted,
    ),
    KnownFault(
        kind="low-bit-depth: of more than 8",
        conditions=_between("full_bits", 8.5, 15.5),
        explained_by=RANGE,
        why="The values have 16 bits, but use only the lowest of them: read as 16 bits, everything is black; clipped "
            "to 8, everything is white. Scale by the greatest value that they can have.",
        repair=repairs.scale_by_the_greatest,
    ),
    KnownFault(
        kind="low-bit-depth: of 8",
        shown_by="bytes",
        conditions=_between("used_bits", 1.5, 6.5),
        explained_by=RANGE,
        why="The values are bytes, but use only the lowest of their 8 bits, so everything is dark.",
        repair=repairs.scale_by_the_greatest,
    ),
    KnownFault(
        kind="low-bit-depth: few tones",
        conditions=(*_between("levels", 5.5, 33.0), Condition("level_step", ">", 7.5)),
        explained_by=RANGE,
        why="There are only a few tones, evenly spaced: the values were rounded to fewer bits than 8, or cast to whole "
        "numbers before they were scaled.",
        repair=repairs.round_last,
    ),
    KnownFault(
        kind="half-range",
        conditions=(*_between("tone_low", 58.0, 70.0), *_between("tone_high", 185.0, 197.0),
            Condition("compared", ">", 3.5)),
        explained_by=RANGE,
        why="Only the middle half of the range is used, so pictures are pale: values in [-0.5, 0.5] were taken for "
        "[-1, 1], or were halved once too often.",
        repair=repairs.middle_half,
    ),
    KnownFault(
        kind="half-range: one picture",
        conditions=(*_between("tone_low", 62.0, 66.0), *_between("tone_high", 189.0, 193.0)),
        explained_by=RANGE,
        why="Only the middle half of the range is used, to its very ends, so the picture is pale: values in "
        "[-0.5, 0.5] were taken for [-1, 1], or were halved once too often.",
        repair=repairs.middle_half,
    ),
)  # fmt: skip

_DARK = (
    "Values in [-1, 1] were saved without (x + 1) / 2, so all below mid-grey became black, and the pictures are too "
    "dark: normalise when saving, or they were normalised twice."
)
_BRIGHT = (
    "Everything above mid-grey became white: a constant was added once too often, as in 0.5 x + 1 or (x + 1) * 255."
)
# Of pictures that are saved, by what was clipped.
CLIPPED = (
    KnownFault(
        kind="clipped-dark",
        conditions=(
            Condition("split_dark", ">", 0.25), Condition("zeros_each", ">", 0.12), Condition("dark_spike", ">", 15.0),
        ),
        shown_by="bytes",
        explained_by=RANGE,
        why=_DARK,
        repair=repairs.save_signed_again,
    ),
    KnownFault(
        kind="clipped-dark: of real pictures",
        conditions=(Condition("one_of_two", ">", 0.95), Condition("pairs_met", ">", 80.0),
            Condition("zeros", ">", 0.2)),
        shown_by="bytes",
        explained_by=RANGE,
        why=_DARK,
        repair=repairs.save_signed_again,
    ),
    KnownFault(
        kind="clipped-dark: against yours",
        conditions=(Condition("fits_clipped_dark", "<", 0.4), Condition("tones_apart", ">", 15.0)),
        shown_by="bytes",
        explained_by=RANGE,
        why=_DARK,
        repair=repairs.save_signed_again,
    ),
    KnownFault(
        kind="shifted-range: saved",
        conditions=(
            Condition("split_bright", ">", 0.2), Condition("full_each", ">", 0.12),
            Condition("bright_spike", ">", 15.0),
        ),
        shown_by="bytes",
        explained_by=RANGE,
        why=_BRIGHT,
        repair=repairs.save_signed_again,
    ),
    KnownFault(
        kind="shifted-range: of real pictures",
        conditions=(Condition("one_of_two", ">", 0.95), Condition("pairs_met", ">", 80.0), Condition("full", ">", 0.2)),
        shown_by="bytes",
        explained_by=RANGE,
        why=_BRIGHT,
        repair=repairs.save_signed_again,
    ),
    KnownFault(
        kind="shifted-range: 0.5 x + 1, saved",
        conditions=(
            Condition("contrast", ">", 0.2), Condition("darkest", ">", 0.45),
            Condition("real_darkest", "<", 0.1), Condition("full", ">", 0.2),
            Condition("bright_spike", ">", 8.0),
        ),
        shown_by="bytes",
        explained_by=RANGE,
        why=_BRIGHT,
        repair=repairs.save_signed_again,
    ),
    KnownFault(
        kind="shifted-range: against yours",
        conditions=(Condition("fits_clipped_bright", "<", 0.4), Condition("tones_apart", ">", 15.0)),
        shown_by="bytes",
        explained_by=RANGE,
        why=_BRIGHT,
        repair=repairs.save_signed_again,
    ),
    KnownFault(
        kind="half-range: against yours",
        conditions=(Condition("fits_half_range", "<", 0.4), Condition("tones_apart", ">", 15.0)),
        explained_by=RANGE,
        why="The tones are those of your real pictures with half the contrast: only the middle half of the "
        "range is used.",
        repair=repairs.middle_half,
    ),
)  # fmt: skip

# Clean pictures, JPEG's and noisy ones with so small a spike have a seam of at most 0.003, wrapped ones from
# 0.02; static has surfaces of 0.19, the roughest wrapped pictures of 0.28.
RINGS = KnownFault(
    kind="wrapped-pixels: rings",
    shown_by="bytes",
    conditions=(
        Condition("seam", ">", 0.01), Condition("seam_count", ">", 6.0), Condition("surfaces", ">", 0.25),
        Condition("middle", ">", 0.3), Condition("end_spike", "<", 17.0),
    ),
    explained_by=frozenset({"wrapped-pixels", "wrong-range-map"}),
    why="Surfaces that reach one end of the range go on at the other end: white turns black along a line, in rings "
    "around whatever is bright. Values in [-1, 1] were multiplied by 255 without (x + 1) / 2 first, or values beyond "
    "the range were converted to bytes without clipping, so they wrapped round.",
    repair=repairs.save_signed_again,
)  # fmt: skip

SPECKS = KnownFault(
    kind="wrapped-pixels: specks",
    shown_by="bytes",
    conditions=(
        Condition("specks_wrapped", ">", 0.9), Condition("speck_count", ">", 4.5), Condition("end_spike", "<", 12.0),
    ),
    explained_by=frozenset({"wrapped-pixels", "wrong-range-map"}),
    why="Single pixels stand out, and would not where 0 follows 255: a few values just beyond the range were "
        "converted to bytes without clipping, so they wrapped round.",
    repair=repairs.save_signed_again,
)  # fmt: skip

NOISE = KnownFault(
    kind="noise",
    conditions=(
        Condition("neighbours", "<", 0.35),
        Condition("nyquist_peak", "<", 1.8),
        Condition("contrast", ">", 0.2),
    ),
    explained_by=BLANKS | {"wrapped-pixels", "channel-order", "wrong-range-map"},
    why="The pictures are noise: neighbouring pixels are unrelated. The generator has not learnt, because the "
    "discriminator is far ahead, no gradient reaches it, or the data have another range than its output.",
    repair=repairs.does_it_learn,
)
