"""The known faults of brought pictures, causes before what follows from them: by what each shows, and what mends it.

Measured on digits, mnist, fashion-mnist and coloured digits (whole; as floats; as a grid; spoilt on purpose), and on
what 50 kinds of runs generated from them after 150 to 1000 steps. Left of the bar: clean, right: broken.

    out_of_range     real and bounded outputs 0 | linear outputs 0.08 to 0.34; excess 0 | 0.007 to 0.08
    contrast         real 0.55 to 1.1 (coloured digits against fashion-mnist the least), generated from 0.4
                     | blank 0.00, raw data 0.06
    circular         real 0.03 to 0.35, generated to 0.45, static 0.95 | wrapped 0.30 to 0.96, with end_balance
                     real 0.04 to 0.31, generated to 0.48 | 0.5 to 1.0, and end_spike from 146 in real pictures (but
                     0.1 in coloured ones), static 10 to 40 | 0.4 to 2.6
    black            real 0.13 to 1300, with nearly_black and circular low where it is | [-1,1] times 255: 0.00
    nyquist_peak     real 0.8 to 0.9, generated to 1.4, static 1.4 | uneven kernels 2.0 to 9, nyquist 0.09 to 0.33
    jpeg_blocks      real and generated to 0.01, grids to 0.00 | JPEG at quality 50 to 95: 0.04 to 0.5
    transposed       real 0.99 to 2.2, generated 0.98 to 1.3 | 0.45 to 0.92
    reshaped         real 2.7 to 4.9, generated 0.9 to 3.5 | 0.37 to 0.44, very noisy ones to 0.97
    sameness         real 0.51 to 0.71, of one class alone from 0.30 | one digit again and again 0.14
    diversity, duplicates: as in runs, see diagnosis/failures
"""

from __future__ import annotations

from gan_core.diagnosis.conditions import BLACK, BLANKS, GREY, IDENTICAL, WHITE
from gan_core.diagnosis.detector import Condition
from gan_core.uploads import repairs
from gan_core.uploads.known_fault import RANGE, KnownFault
from gan_core.uploads.measure import ALIKE, SOME
from gan_core.uploads.tone_faults import CLIPPED, NOISE, OF_RANGE, RINGS, SPECKS

_RANGE = RANGE
_ORDER = BLANKS | {"channel-order", "wrapped-pixels", "identical-samples"}
_JPEG = frozenset({"jpeg-loss"})

# Sizes in values' own units are those of floats in [-1, 1] or [0, 1] that were scaled once too often or too rarely.
KNOWN_FAULTS = (
    KnownFault(
        kind="non-finite",
        conditions=(Condition("broken", ">", 0.0),),
        why="Some values are NaN or infinite, which no picture can show: a number overflowed earlier.",
        repair=repairs.finite_alone,
    ),
    *OF_RANGE,
    KnownFault(
        kind="wrong-range-map: divided by 255 twice",
        shown_by="floats",
        conditions=(Condition("pixel_max", "<", 1.5 / 255), Condition("contrast", ">", 0.3 / 255)),
        explained_by=_RANGE,
        why="Values in [0, 1] were divided by 255 once more, so everything is black.",
        repair=repairs.divided_twice,
    ),
    KnownFault(
        kind="wrong-range-map: times 255 twice",
        shown_by="floats",
        conditions=(
            Condition("pixel_max", ">", 1020.0),
            Condition("pixel_max", "<", 66_000.0),
            Condition("pixel_min", ">", -1.0),
        ),
        explained_by=_RANGE,
        why="Values of 0 to 255 were multiplied by 255 once more, or have 16 bits: as bytes, everything is white.",
        repair=repairs.times_twice,
    ),
    KnownFault(
        kind="wrong-range-map: [-1,1] times 255",
        shown_by="floats",
        conditions=(
            Condition("pixel_min", "<", -128.0),
            Condition("pixel_min", ">", -300.0),
            Condition("pixel_max", ">", 128.0),
            Condition("pixel_max", "<", 300.0),
        ),
        explained_by=_RANGE,
        why="Values in [-1, 1] were multiplied by 255 without (x + 1) / 2 first.",
        repair=repairs.signed_times,
    ),
    KnownFault(
        kind="wrong-range-map: bytes of 0 and 1",
        shown_by="bytes",
        conditions=(Condition("pixel_max", "<", 2.5), Condition("pixel_max", ">", 0.0)),
        explained_by=_RANGE,
        why="Values in [0, 1] were converted to bytes without multiplying by 255, so everything is black.",
        repair=repairs.save_unit_again,
    ),
    KnownFault(
        kind="wrong-range-map: [-1,1] times 255, wrapped",
        shown_by="bytes",
        conditions=(Condition("black", "<", 0.1), Condition("nearly_black", ">", 0.1), Condition("circular", ">", 0.1)),
        explained_by=_RANGE,
        why="Values in [-1, 1] were multiplied by 255 without (x + 1) / 2 first, and the negative ones wrapped "
        "round to bright ones: -1 became 1.",
        repair=repairs.save_signed_again,
    ),
    KnownFault(
        kind="wrapped-pixels",
        shown_by="bytes",
        conditions=(
            Condition("circular", ">", 0.27),
            Condition("end_balance", ">", 0.4),
            Condition("end_spike", "<", 12.0),
        ),
        why="Values below 0 or above 255 were converted to bytes without clipping, so they wrapped round: just below "
        "black became white.",
        repair=repairs.save_signed_again,
    ),
    KnownFault(
        kind="wrapped-pixels: a background at the end",
        shown_by="bytes",
        conditions=(
            Condition("circular", ">", 0.5),
            Condition("end_balance", ">", 0.4),
            Condition("black", "<", 4.0),
            Condition("white", "<", 4.0),
        ),
        explained_by=frozenset({"wrapped-pixels", "wrong-range-map"}),
        why="Values just below 0 or above 255 were converted to bytes without clipping, so they wrapped round: much "
        "of the "
        "background became its opposite.",
        repair=repairs.save_signed_again,
    ),
    RINGS,
    SPECKS,
    *CLIPPED,
    KnownFault(
        kind="wrong-range-map: only the bright half",
        conditions=(
            Condition("darkest", ">", 0.45),
            Condition("real_darkest", "<", 0.1),
            Condition("contrast", ">", 0.2),
        ),
        needs_range=True,
        explained_by=_RANGE,
        why="Nothing is darker than mid-grey: (x + 1) / 2 was applied to values that were already in [0, 1].",
        repair=repairs.bright_half,
    ),
    KnownFault(
        kind="out-of-range",
        conditions=(Condition("out_of_range", ">", 0.02), Condition("excess", ">", 0.002)),
        explained_by=_RANGE,
        why="Some values lie outside the range: nothing bounds what the generator gives, or it was trained on "
        "another range.",
        repair=repairs.bound,
        fix={"output_activation": "tanh"},
    ),
    KnownFault(
        kind="blank-grey",
        conditions=GREY,
        explained_by=_RANGE,
        why="Every picture is nearly one grey: the values lie in the middle of their range.",
        repair=repairs.fill_the_range,
        fix={"data_range": "[-1,1]", "output_activation": "tanh"},
    ),
    KnownFault(
        kind="blank-black",
        conditions=BLACK,
        explained_by=_RANGE,
        why="Every picture is nearly black: the values lie at the lower end of their range.",
        repair=repairs.fill_the_range,
        fix={"data_range": "[-1,1]", "output_activation": "tanh"},
    ),
    KnownFault(
        kind="blank-white",
        conditions=WHITE,
        explained_by=_RANGE,
        why="Every picture is nearly white: the values lie at the upper end of their range.",
        repair=repairs.fill_the_range,
        fix={"lr_g": 1e-3},
    ),
    KnownFault(
        kind="identical-samples",
        conditions=IDENTICAL,
        explained_by=BLANKS | _RANGE,
        why="All pictures are nearly the same: the noise was the same, or the generator ignores it.",
        repair=repairs.own_noise,
        fix={"noise_scale": 1.0},
    ),
    KnownFault(
        kind="identical-samples: of noise",
        conditions=(Condition("sameness", "<", 0.3), Condition("neighbours", "<", 0.35)),
        explained_by=BLANKS | _RANGE | {"identical-samples"},
        why="All pictures are nearly the same noise: the generator ignores its input.",
        repair=repairs.own_noise,
        fix={"noise_scale": 1.0},
    ),
    KnownFault(
        kind="mode-collapse",
        conditions=(Condition("duplicates", ">", 0.6), Condition("compared", ">", SOME - 1)),
        explained_by=BLANKS | _RANGE | {"identical-samples"},
        why="Most pictures have another that is almost the same: the generator makes only a few.",
        repair=repairs.own_noise,
        fix={"beta1": 0.5},
    ),
    KnownFault(
        kind="mode-collapse: alike",
        conditions=(
            Condition("sameness", "<", 0.22),
            Condition("diversity", "<", 0.4),
            Condition("compared", ">", ALIKE - 1),
        ),
        explained_by=BLANKS | _RANGE | {"identical-samples", "mode-collapse"},
        why="The pictures differ far less from each other than the tones within each do: the generator makes only one "
        "thing.",
        repair=repairs.own_noise,
        fix={"beta1": 0.5},
    ),
    KnownFault(
        kind="mode-collapse: one class",
        conditions=(
            Condition("one_class", ">", 0.85),
            Condition("class_distance", "<", 1.0),
            Condition("compared", ">", 11.0),
        ),
        explained_by=BLANKS | _RANGE | {"identical-samples", "mode-collapse"},
        why="Nearly all pictures are of one class of the real set: the generator makes only that one.",
        repair=repairs.own_noise,
        fix={"beta1": 0.5},
    ),
    KnownFault(
        kind="channel-order: reshaped",
        conditions=(Condition("reshaped", "<", 0.8),),
        explained_by=_ORDER,
        why="The channels' axis was moved by reshape, which keeps the values in their order, so colours became "
        "positions: use transpose.",
        repair=repairs.unreshape,
    ),
    KnownFault(
        kind="channel-order: red and blue",
        conditions=(Condition("colours_swapped", "<", 0.7), Condition("colours_apart", ">", 6.0)),
        explained_by=_ORDER | _RANGE,
        why="The colours are far more like those of your real pictures with red and blue swapped, as OpenCV reads "
        "and writes them.",
        repair=repairs.swap_red_and_blue,
    ),
    KnownFault(
        kind="channel-order: transposed",
        conditions=(Condition("transposed", "<", 0.93),),
        explained_by=_ORDER,
        why="Rows and columns are swapped: the pictures look far more like the real ones when transposed.",
        repair=repairs.turn_over,
    ),
    NOISE,
    KnownFault(
        kind="checkerboard",
        conditions=(Condition("nyquist", ">", 0.015), Condition("nyquist_peak", ">", 1.8)),
        explained_by=BLANKS | {"channel-order", "noise"},
        why="Every second row or column is brighter: an upsampling whose kernel size is not a multiple of its stride "
        "gives neighbouring pixels unequal shares.",
        repair=repairs.even_upsampling,
        fix={"upsample": "resize"},
    ),
    KnownFault(
        kind="jpeg-loss: format",
        shown_by="bytes",
        conditions=(Condition("jpeg_step", ">", 2.0),),
        explained_by=_JPEG,
        why="JPEG rounded the picture's frequencies, so its values are not those that were saved.",
        repair=repairs.save_as_png,
    ),
    KnownFault(
        kind="jpeg-loss",
        shown_by="bytes",
        conditions=(Condition("jpeg_blocks", ">", 0.03),),
        explained_by=_JPEG,
        why="The fine details are rounded in blocks of 8×8 pixels, as JPEG does: the values are not those that "
        "were first saved.",
        repair=repairs.save_as_png,
    ),
    KnownFault(
        kind="pil-error",
        conditions=(Condition("pil_refuses", ">", 0.0),),
        why="Pillow does not accept an array of this shape and type.",
        repair=repairs.for_pillow,
    ),
)
