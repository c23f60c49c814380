"""The two networks as a picture: who makes what of what, what D answers, and the gradients that both learn from."""

from __future__ import annotations

import json
from math import isfinite
from typing import NamedTuple

import streamlit as st

from gan_core.messages.frame import Frame
from gan_core.settings.experiment import Experiment
from gan_core.settings.players import Players
from gan_core.settings.points import POINT_SETS
from pages.parts.shared import state, theme

_html, _css, _js = ((theme.ASSETS / "network" / f"network.{ending}").read_text() for ending in ("html", "css", "js"))
_component = st.components.v2.component("gan_network", html=_html, css=_css, js=_js)


class Part(NamedTuple):
    """One part of the picture, as it explains itself."""

    title: str
    words: str  # two sentences; {} is what is trained on, images or points
    find: str  # what finds its settings
    button: str


PARTS = {
    "noise": Part(
        "Noise",
        "Random numbers, drawn anew in each step. The {} shown here always come from the same noise, so that you can "
        "watch each of them change.",
        "noise",
        "Settings of the noise",
    ),
    "g": Part(
        "G, the generator",
        "It turns noise into {}. It never sees a real one: all it learns comes from D's answers.",
        "generator",
        "Settings of G",
    ),
    "generated": Part(
        "Generated {}",
        "What G makes of the noise at the step that is shown. G is good when D cannot tell them from real {}.",
        "output",
        "Settings of G's output",
    ),
    "d": Part(
        "D, the discriminator",
        "It says how likely its input is to be real: near 1 for real {}, near 0 for generated ones. D guesses when "
        "both answers are near 0.5.",
        "discriminator",
        "Settings of D",
    ),
    "real": Part(
        "Real {}",
        "What G should learn to imitate. Only D ever sees them.",
        "data",
        "Settings of the data",
    ),
    "grad_d": Part(
        "Gradient of D's loss",
        "It says how each weight of D must move for better answers. A thicker arrow is a larger gradient; the learning "
        "rate of D says how far the weights follow it.",
        "learning rate of D",
        "Learning rate of D",
    ),
    "grad_g": Part(
        "Gradient of G's loss",
        "It comes back through D and says how each weight of G must move so that D takes its {} for real. Where it "
        "all but vanishes, G learns nothing.",
        "learning rate of G",
        "Learning rate of G",
    ),
}
COLOURS = {
    "real": theme.REAL, "generated": theme.GENERATED, "g": theme.GENERATED, "grad_g": theme.GENERATED,
    "d": theme.DISCRIMINATOR, "grad_d": theme.DISCRIMINATOR, "noise": theme.QUIET, "quiet": theme.QUIET,
}  # fmt: skip
ACTING: dict[Players, str] = {"d": " D is updated.", "g": " G is updated.", "both": " Both are updated."}
# Who acts -> which parts have no part in it.
RESTS: dict[Players, tuple[str, ...]] = {"d": ("grad_g",), "g": ("grad_d", "real"), "both": ()}


def show(e: Experiment, frame: Frame | None, acts: Players | None, *, finds: bool = True, scale: float = 1.0) -> None:
    """The picture at the moment of a frame; `acts` is who is, or was last, updated. Where the page `finds` settings, a
    click on “settings” of a part brings those to the sidebar. `scale` is how many times as large it is drawn, at
    most."""
    m = frame.measurements if frame else {}
    things = "points" if e.dataset in POINT_SETS else "images"
    real, generated = (f"{m[name]:.2f}" if name in m else "–" for name in ("d_real", "d_fake"))
    norms = {part: m.get(name) for part, name in (("grad_d", "grad_norm_d"), ("grad_g", "grad_norm_g"))}
    lengths = {part: "–" if norm is None else f"{norm:.2g}" for part, norm in norms.items()}
    told = {
        "parts": {
            name: [part.title.format(things), part.words.format(things, things), part.button if finds else ""]
            for name, part in PARTS.items()
        },
        "labels": {
            "noise": _label("noise"),
            "g": _label("G", wide=("G", "generator")),
            "d": _label(
                "D",
                f"real {real}",
                f"gen. {generated}",
                wide=("D, discriminator", f"real {real} · generated {generated}"),
            ),
            "real": _label("real", wide=(f"Real {things}", e.dataset)),
            "generated": _label("generated", wide=(f"Generated {things}", f"step {frame.step}" if frame else "")),
            "grad_d": _label(f"gradient of D {lengths['grad_d']}"),
            "grad_g": _label(f"of G {lengths['grad_g']}", wide=(f"gradient of G {lengths['grad_g']}",)),
        },
        # JSON has no NaN: a gradient that is none is drawn as one of no length.
        "norms": {part: norm if norm is not None and isfinite(norm) else None for part, norm in norms.items()},
        "lit": ["d", "g"] if acts == "both" else [acts] if acts else [],
        "rests": RESTS[acts] if acts else (),
        "colours": COLOURS,
        "scale": scale,
        "alt": f"The generator G turns noise into {things}; the discriminator D judges them and real ones. D's mean "
        f"answers: real {real}, generated {generated}. Gradient norms: D {lengths['grad_d']}, "
        f"G {lengths['grad_g']}.{ACTING[acts] if acts else ''}",
    }
    clicked = _component(
        key="network",
        data=json.dumps(told).encode(),  # for whatever else, Streamlit imports pandas: 50 MB
        on_settings_change=_nothing,
    )  # fmt: skip
    if clicked.settings:
        state.TO_FIND.set(PARTS[str(clicked.settings)].find)
        st.rerun()  # the settings stand outside the part that is drawn again by itself


def _label(*narrow: str, wide: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """What stands at a part, a line each: on a phone, and where there is room."""
    return {"narrow": narrow, "wide": wide or narrow}


def _nothing() -> None:
    """Streamlit wants somebody to be told; what was clicked is read where the picture is drawn."""
