"""A run as one HTML file: findings, pictures, charts, settings, script. It opens without a network, for good."""

from __future__ import annotations

import base64
import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from PIL import Image

from gan_core.diagnosis.evidence import told
from gan_core.diagnosis.measurements import MEASUREMENTS
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.verdict import Verdict
from gan_core.messages.frame import Frame
from gan_core.outputs import colours
from gan_core.outputs.colours import DISCRIMINATOR, GENERATED, GRADIENT, REAL
from gan_core.outputs.contact_sheet import spread
from gan_core.outputs.script import script_of
from gan_core.outputs.svg_chart import Line, chart
from gan_core.settings.change import Change, marks_of
from gan_core.settings.experiment import Experiment, differences
from gan_core.settings.fields import SETTINGS
from gan_core.settings.points import POINT_SETS

DASHES = "7 4"
MOST_PICTURES = 12
TEMPLATES = Path(__file__).parent / "templates"

# Title, the measurements with colour and dashes, and whether the axis is logarithmic (log) or a share.
_CHARTS = (
    ("Losses", (("loss_d", DISCRIMINATOR, ""), ("loss_g", GENERATED, DASHES)), ""),
    (
        "D is right",
        (("d_accuracy_real", REAL, ""), ("d_accuracy_fake", GENERATED, DASHES)),
        "share",
    ),
    ("Gradient norms", (("grad_norm_d", DISCRIMINATOR, ""), ("grad_norm_g", GENERATED, DASHES)), "log"),
    (
        "Against the real images",
        (
            ("contrast", DISCRIMINATOR, ""), ("diversity", GENERATED, DASHES),
            ("histogram_distance", GRADIENT, "2 3"),
        ),
        "",
    ),
    (
        "Shares of pixel values",
        (("out_of_range", GRADIENT, ""), ("saturated", DISCRIMINATOR, DASHES)),
        "share",
    ),
    ("Classes that appear", (("modes_covered", GENERATED, ""),), ""),
    ("Recognisable", (("recognised", GENERATED, ""),), "share"),
)  # fmt: skip
# Of a run on points: the training's three, and these.
_OF_POINTS = (
    *_CHARTS[:3],
    (
        "Points",
        (("high_quality", GENERATED, ""), ("precision", DISCRIMINATOR, DASHES), ("recall", REAL, "2 3")),
        "share",
    ),
    ("Distances", (("wasserstein_2", GENERATED, ""), ("sliced_wasserstein", DISCRIMINATOR, DASHES)), ""),
    ("Modes that appear", (("modes_covered", GENERATED, ""),), ""),
    ("Both numbers", (("theta", GENERATED, ""), ("psi", DISCRIMINATOR, DASHES)), ""),
)


@dataclass(frozen=True)
class _Shown:
    """A picture of the report."""

    base64: str  # of its PNG
    words: str
    width: int  # as shown, in pixels
    height: int


def html_report(
    name: str,
    e: Experiment,
    step: int,
    rows: Sequence[Row],
    frames: Sequence[Frame],
    of: Verdict,
    real_png: bytes | None,
    changes: Sequence[Change] = (),
) -> str:
    """One page as HTML text. Rows and frames may be empty; `real_png` is None where the real images were not kept, and
    `changes` are those of live settings while it trained."""
    points = e.dataset in POINT_SETS
    drawn = (_chart(title, lines, axis, rows, changes) for title, lines, axis in (_OF_POINTS if points else _CHARTS))
    public = e.model_copy(update={"folder": PurePath(e.folder).name})  # no path on somebody's machine
    pair = [_picture(real_png, "Real points" if points else "Real images", 2)] if real_png else []
    if frames:
        pair.append(_picture(frames[-1].fake_png, f"Generated, step {frames[-1].step:,}", 2))
    return _template().render(
        name=name,
        e=public,
        step=step,
        rows=rows,
        of=of,
        told=told,
        pair=pair,
        small=[_picture(frame.fake_png, f"step {frame.step:,}", 1) for frame in _over_time(frames)],
        charts=[chart for chart in drawn if chart],
        changes=changes,
        differences=differences(public),
        SETTINGS=SETTINGS,
        colours=colours,
        script=script_of(e),
    )


@functools.cache
def _template() -> Template:
    # All that is put in is escaped, but for charts, which say themselves that they are HTML.
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters["value"] = _value
    return environment.get_template("report.html")


def _over_time(frames: Sequence[Frame]) -> Sequence[Frame]:
    return spread(frames, MOST_PICTURES) if len(frames) > 1 else ()


def _picture(png: bytes, words: str, scale: int) -> _Shown:
    with Image.open(io.BytesIO(png)) as picture:
        return _Shown(base64.b64encode(png).decode(), words, picture.width * scale, picture.height * scale)


def _chart(
    title: str, lines: Sequence[tuple[str, str, str]], axis: str, rows: Sequence[Row], changes: Sequence[Change]
) -> Markup:
    drawn = [Line(MEASUREMENTS[name].legend, colour, dashes, _points(rows, name)) for name, colour, dashes in lines]
    marks = marks_of(changes, rows[-1].step if rows else 0)
    return chart(title, drawn, logarithmic=axis == "log", share=axis == "share", marks=marks)


def _points(rows: Sequence[Row], name: str) -> list[tuple[int, float]]:
    return [(row.step, row.measurements[name]) for row in rows if name in row.measurements]


def _value(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
