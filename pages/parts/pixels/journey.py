"""The journey drawn: the right file beside yours, what is wrong in words, and a card for every stage."""

from __future__ import annotations

import base64
from math import log10
from typing import NamedTuple

import numpy as np
import streamlit as st
from markupsafe import Markup

from gan_core.pixels.range_map import Pixels, png_bytes
from gan_core.pixels.tiles import histogram
from gan_core.saving_mistakes.journey import Journey, Numbers, Stage
from gan_core.saving_mistakes.judge import EVIDENCE, Judgement
from gan_core.saving_mistakes.stage_choices import STAGES
from pages.parts.pixels import controls
from pages.parts.shared import diagnosis_line, glossary, html, theme

LARGE, SMALL = 196, 112  # pixels that a picture may be wide and high, in the comparison and on a card
TITLES = {"tensor": "Tensor", **{name: title for name, (title, _) in STAGES.items()}}


def judgement(found: Judgement) -> None:
    """One line in words; with trouble, the evidence and a button that takes the right way at its stage."""
    with st.container(key="judgement"):
        if not found.findings:
            same = found.difference is not None and found.difference.greatest == 0
            lead = "Nothing is wrong." if same else "No failure, but not exactly the right pixels."
            words = found.notes or (["The file holds exactly the right pixels."] if same else [])
            diagnosis_line.say(diagnosis_line.HEALTHY, " ".join(words), strong=lead)
            return
        first, *others = found.findings
        more = f" Then: {', '.join(other.title for other in others)}." if others else ""
        line, action = st.columns([0.79, 0.21], vertical_alignment="center")
        with line:
            diagnosis_line.say(diagnosis_line.TROUBLE, f"{first.why}{more}", strong=f"{first.title}.")
        if first.fix:
            action.button(
                f"Fix: {', '.join(TITLES[stage] for stage in first.fix)}", key="mend", type="primary", width="stretch",
                on_click=controls.mend, args=(first.fix,),
            )  # fmt: skip


def comparison(found: Judgement, met: str) -> None:
    """The file as it should be and as it is, both read back, at the same scale, and how far apart they are; who `met`
    it (empty for nobody)."""
    broke, right = found.yours.broke, found.right
    missing = f"no file: {broke.error.split(':')[0]}" if broke else "no picture to show"
    colour = theme.BROKEN if found.findings else theme.FIXED
    files = [
        ("right", "The right way", theme.FIXED, _file("The right way", right, "no picture: NaN has no pixel value")),
        ("yours", "Your way", colour, _file("Your way", found.yours, missing)),
    ]
    sizes = [_size(found.yours), _size(right)] if not found.difference and right and not broke else []
    with st.container(key="comparison"):
        facts = {"met": met, "found": found, "broke": broke, "apart": found.difference, "sizes": sizes}
        drawn = html.render("pixels/comparison", files=files, titles=TITLES, evidence=EVIDENCE, **facts)
        st.html(glossary.marked(drawn))


def cards(found: Judgement) -> None:
    """Every stage in order; those where it goes wrong are lit up."""
    drawn = [_card(stage, found) for stage in found.yours.stages]
    with st.container(key="stages"):
        st.html(glossary.marked(html.render("pixels/stages", cards=drawn)))
        st.html(
            f'<div class="chart-title"><span><i style="border-top:3px solid {theme.BROKEN}"></i>your way</span>'
            f'<span><i style="border-top:3px dotted {theme.FIXED}"></i>the right way</span>'
            f'<span><i style="border-top:9px solid {theme.LEGAL}"></i>legal values</span>'
            "<span>shares of values, logarithmic; pictures and histograms cut what lies beyond</span></div>"
        )


class _Card(NamedTuple):
    """A stage as it is drawn."""

    state: str  # "broken" where it goes wrong, "unreached", or empty
    title: str
    way: str  # that was chosen
    body: Markup  # picture, histogram and figures, or why there are none


def _card(stage: Stage, found: Judgement) -> _Card:
    state = "broken" if stage.name in found.marked else "unreached" if stage.array is None else ""
    way = stage.choice.words if stage.choice else "As the network outputs it"
    return _Card(state, TITLES[stage.name], way, _body(stage, found))


def _body(stage: Stage, found: Judgement) -> Markup:
    numbers = stage.numbers
    if numbers is None:
        return _no_picture(SMALL, stage.error or "not reached")
    picture = stage.picture
    if picture is not None:
        shown = _picture(picture, SMALL, f"The picture after {TITLES[stage.name]}")
    else:
        finite = numbers.low == numbers.low
        shown = _no_picture(SMALL, f"no picture: {_shape(numbers)}" if finite else "no picture: NaN")
    # An early cast stands where the right way has none yet.
    other = found.right[stage.name] if found.right else None
    beside = other if other is not None and other.legal == stage.legal else None
    return shown + _histogram(stage, beside) + _figures(stage, numbers, found.yours)


def _figures(stage: Stage, numbers: Numbers, journey: Journey) -> Markup:
    lines = [f"{numbers.dtype} {_shape(numbers)}"]
    if numbers.low == numbers.low:
        lines += [f"{numbers.low:.3g} … {numbers.high:.3g}", f"mean {numbers.mean:.3g}"]
    else:
        lines.append("NaN or infinite")
    if stage.mode:
        lines.append(f"mode {stage.mode}" + (f", {len(journey.file):,} bytes" if stage.name == "file" else ""))
    elif numbers.outside:
        lines.append(Markup("<b>{:.1%} outside</b>").format(numbers.outside))
    else:
        lines.append("none outside")
    return Markup("<p>{}</p>").format(Markup("<br>").join(lines))


def _shape(numbers: Numbers) -> str:
    return f"({','.join(map(str, numbers.shape))})"


def _size(journey: Journey) -> str:
    seen = journey.seen
    assert seen is not None
    return f"{seen.shape[1]}×{seen.shape[0]}"


def _file(title: str, journey: Journey | None, missing: str) -> Markup:
    picture = journey["file"].picture if journey else None
    if picture is None:
        return _no_picture(LARGE, missing)
    return _picture(picture, LARGE, f"{title}: the file read back")


def _picture(picture: Pixels, room: int, alt: str) -> Markup:
    """At the largest whole-number scale that fits into a square of `room` pixels, or less where there is less."""
    height, width = picture.shape[:2]
    return html.render(
        "pixels/picture", room=room, width=width, height=height, most=max(1, room // max(height, width)) * width,
        source=base64.b64encode(png_bytes(picture)).decode(), alt=alt,
    )  # fmt: skip


def _no_picture(room: int, words: str) -> Markup:
    return Markup('<div class="pixels none" style="--room:{}px"><span>{}</span></div>').format(room, words)


def _histogram(stage: Stage, beside: Stage | None) -> Markup:
    """Shares of values, logarithmic from 0.01 % to all, over the legal range and half of it on either side. A picture
    of its own, since Streamlit takes drawings out of a page's HTML."""
    low, high = stage.legal
    margin = (high - low) / 2
    width, height = SMALL, 36
    marks = "".join(
        f'<text x="{x}" y="{height + 9}" text-anchor="middle" font-size="9" font-family="sans-serif" '
        f'fill="{theme.QUIET}">{value:g}</text>'
        for x, value in ((width / 4, low), (width * 3 / 4, high))
    )
    outlines = ""
    for drawn, colour, style in ((stage, theme.BROKEN, ""), (beside, theme.FIXED, 'stroke-dasharray="1.5 2"')):
        if drawn is not None and drawn.array is not None:
            shares = histogram(drawn.array.astype(np.float32), low - margin, high + margin)
            steps = " ".join(
                f"{width * (number + end) / len(shares):.1f},{height * (1 - _log(share)):.1f}"
                for number, share in enumerate(shares)
                for end in (0, 1)
            )
            outlines += f'<polyline points="{steps}" stroke="{colour}" {style} fill="none" stroke-width="1.5"/>'
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 11}">'
        f'<rect x="{width / 4}" width="{width / 2}" height="{height}" fill="{theme.LEGAL}"/>{outlines}{marks}</svg>'
    )
    source = base64.b64encode(drawing.encode()).decode()
    alt = f"Histogram after {TITLES[stage.name]}, legal from {low:g} to {high:g}"
    image = '<img class="values" src="data:image/svg+xml;base64,{}" width="{}" height="{}" alt="{}">'
    return Markup(image).format(source, width, height + 11, alt)


def _log(share: float) -> float:
    return (log10(share) + 4) / 4 if share > 1e-4 else 0.0
