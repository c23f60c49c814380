"""A run as one HTML file: findings, pictures, charts, settings, script. It opens without a network, for good."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from pathlib import PurePath

from PIL import Image

from gan_core.diagnosis.findings import Finding
from gan_core.diagnosis.measurements import MEASUREMENTS
from gan_core.diagnosis.row import Row
from gan_core.messages.frame import Frame
from gan_core.outputs.contact_sheet import spread
from gan_core.outputs.script import script_of
from gan_core.outputs.svg_chart import Line, chart
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS

# Told apart by colour-blind people too (after Okabe & Ito), and by dash; readable on light and dark.
REAL, GENERATED, DISCRIMINATOR, GRADIENT = "#0f9d76", "#c0559b", "#3c87cf", "#dd7326"
DASHES = "7 4"
MOST_PICTURES = 12

# Title, the measurements with colour and dashes, and whether the axis is logarithmic (log) or a share.
_CHARTS = (
    ("Losses", (("loss_d", DISCRIMINATOR, ""), ("loss_g", GENERATED, DASHES)), ""),
    (
        "D is right",
        (("d_accuracy_real", REAL, ""), ("d_accuracy_fake", GENERATED, DASHES)),
        "share",
    ),
    ("Gradient norms", (("grad_norm_d", DISCRIMINATOR, ""), ("grad_norm_g", GRADIENT, DASHES)), "log"),
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
)  # fmt: skip

_STYLE = """
:root { color-scheme: light dark; --line: #8894a366; --soft: #8894a31f; }
body { font: 16px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 0.2rem; } h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; }
p { margin: 0.3rem 0; } figure { margin: 0; } figcaption { font-size: 0.85rem; padding: 0.2rem 0; }
img { image-rendering: pixelated; display: block; outline: 1px solid var(--line); }
.pair, .pictures { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-end; overflow-x: auto; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); gap: 1rem; }
.chart svg:not(.key) { width: 100%; } .chart text { font-size: 11px; fill: currentColor; opacity: 0.8; }
.chart .grid { stroke: var(--line); } .chart figcaption span { margin-left: 0.8rem; white-space: nowrap; }
.key { width: 22px; height: 10px; margin-right: 0.3rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9rem; }
td, th { text-align: left; padding: 0.2rem 1rem 0.2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; } td.number { text-align: right; }
.finding, .healthy { border-left: 5px solid #c23b4e; background: var(--soft); padding: 0.6rem 1rem; margin: 0.6rem 0; }
.healthy { border-color: #0f9d76; }
pre { overflow-x: auto; background: var(--soft); padding: 0.8rem; font-size: 0.8rem; }
summary { cursor: pointer; font-weight: 600; margin-top: 1rem; }
"""


def html_report(
    name: str,
    e: Experiment,
    step: int,
    rows: Sequence[Row],
    frames: Sequence[Frame],
    findings: Sequence[Finding],
    real_png: bytes | None,
) -> str:
    """One page as HTML text. Rows and frames may be empty; `real_png` is None where the real images were not kept."""
    parts = [
        f"<h1>{escape(name)}</h1>",
        f"<p>A GAN on {escape(e.dataset)}, step {step:,} of {e.steps:,}, by the GAN playground. "
        f"Experiment <code>{e.digest}</code>.</p>",
        "<h2>What the diagnosis says</h2>",
        *(map(_finding, findings) if findings else [_healthy(rows)]),
        *_pictures(frames, real_png),
        *_charts(rows),
        "<h2>Settings</h2>",
        _differences(e),
        _all_settings(e),
        *_measurements(rows),
        f"<details><summary>As a PyTorch script</summary><pre>{escape(script_of(e))}</pre></details>",
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(name)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _finding(finding: Finding) -> str:
    evidence = "".join(
        f'<tr><td><code>{escape(found.measurement)}</code></td><td class="number">{found.value:.4g}</td>'
        f'<td>{escape(found.comparison)}</td><td class="number">{found.threshold:.4g}</td></tr>'
        for found in finding.evidence
    )
    fix = ", ".join(f"{field} = {value}" for field, value in finding.fix.items())
    return (
        f'<div class="finding"><p><b>{escape(finding.failure)}</b> since step {finding.since_step:,}. '
        f"{escape(finding.why)}</p>"
        f"<table><tr><th>measured</th><th></th><th></th><th>threshold</th></tr>{evidence}</table>"
        f"<p>What may mend it: <code>{escape(fix)}</code></p></div>"
    )


def _healthy(rows: Sequence[Row]) -> str:
    words = "No failure is found." if rows else "Nothing was measured yet."
    return f'<p class="healthy">{words}</p>'


def _pictures(frames: Sequence[Frame], real_png: bytes | None) -> list[str]:
    pair = [_picture(real_png, "Real images", 2)] if real_png else []
    if frames:
        pair.append(_picture(frames[-1].fake_png, f"Generated, step {frames[-1].step:,}", 2))
    parts = ["<h2>Pictures</h2>", f'<div class="pair">{"".join(pair)}</div>'] if pair else []
    if len(frames) > 1:
        small = [_picture(frame.fake_png, f"step {frame.step:,}", 1) for frame in spread(frames, MOST_PICTURES)]
        parts.append(f'<h2>Over time, always the same noise</h2><div class="pictures">{"".join(small)}</div>')
    return parts


def _picture(png: bytes, words: str, scale: int) -> str:
    with Image.open(io.BytesIO(png)) as picture:
        width, height = picture.width * scale, picture.height * scale
    source = base64.b64encode(png).decode()
    return (
        f'<figure><img src="data:image/png;base64,{source}" width="{width}" height="{height}" alt="{escape(words)}">'
        f"<figcaption>{escape(words)}</figcaption></figure>"
    )


def _charts(rows: Sequence[Row]) -> list[str]:
    drawn = [
        chart(
            title,
            [
                Line(
                    MEASUREMENTS[name].legend,
                    colour,
                    dashes,
                    _points(rows, name),
                )
                for name, colour, dashes in lines
            ],
            logarithmic=axis == "log",
            share=axis == "share",
        )
        for title, lines, axis in _CHARTS
    ]
    return ["<h2>Measurements over the run</h2>", f'<div class="charts">{"".join(drawn)}</div>'] if any(drawn) else []


def _points(rows: Sequence[Row], name: str) -> list[tuple[int, float]]:
    return [(row.step, row.measurements[name]) for row in rows if name in row.measurements]


def _differences(e: Experiment) -> str:
    changed = diff(Experiment(), _public(e))
    if not changed:
        return "<p>All are the defaults.</p>"
    lines = "".join(
        f"<tr><td>{escape(SETTINGS[field].label)}</td><td><code>{field}</code></td>"
        f"<td><b>{escape(_value(now))}</b></td><td>{escape(_value(before))}</td></tr>"
        for field, (before, now) in changed.items()
    )
    return f"<table><tr><th>differs from the default</th><th></th><th>here</th><th>default</th></tr>{lines}</table>"


def _all_settings(e: Experiment) -> str:
    lines = "".join(
        f"<tr><td>{escape(SETTINGS[field].label)}</td><td><code>{field}</code></td><td>{escape(_value(value))}</td></tr>"
        for field, value in _public(e).model_dump().items()
    )
    return f"<details><summary>All settings</summary><table>{lines}</table></details>"


def _public(e: Experiment) -> Experiment:
    """Without the path of the pictures on somebody's machine."""
    return e.model_copy(update={"folder": PurePath(e.folder).name})


def _value(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)


def _measurements(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    lines = "".join(
        f'<tr><td><code>{escape(name)}</code></td><td class="number">{value:.5g}</td></tr>'
        for name, value in rows[-1].measurements.items()
    )
    return [f"<details><summary>All measurements of step {rows[-1].step:,}</summary><table>{lines}</table></details>"]
