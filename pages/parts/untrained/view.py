"""The parts of the page `untrained`: its own controls, presets, and what the picture shows in words."""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

from gan_core.diagnosis.documents import cited
from gan_core.diagnosis.recipes import RECIPES
from gan_core.live.errors import NotExamined, RunError
from gan_core.live.registry import registry
from gan_core.messages.untrained_report import Contrast, Untrained
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.setting import Value
from pages.parts.shared import access, diagnosis_line, page_settings, plain_text, state, turn

# In the order in which the signal meets them.
FIELDS = (
    "architecture", "output_activation", "init", "init_std", "norm_g", "sample_mode", "noise", "noise_scale", "width",
    "hidden_activation", "upsample", "latent_dim", "seed",
)  # fmt: skip

GAINS = (0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 20.0)
MOST_GAIN = 100.0

# The generator of the source on grey images, as its recipe has it, and what each button changes of it, by name.
PRINTED = RECIPES["002-bad"].broken
_SIGMOID: dict[str, Value] = {"output_activation": "sigmoid", "data_range": "[0,1]"}
PRESETS: dict[str, tuple[str, dict[str, Value]]] = {
    "printed": ("As printed", {}),
    "eval": ("… in eval mode", {"sample_mode": "eval"}),
    "no-batchnorm": ("… without BatchNorm", {"norm_g": "none"}),
    "sigmoid": ("… with sigmoid", _SIGMOID),
    "sigmoid-bare": ("… with sigmoid, without BatchNorm", {**_SIGMOID, "norm_g": "none"}),
    "kaiming": ("… with sigmoid and Kaiming", {**_SIGMOID, "init": "he_normal_fan_out"}),
}

GREY = 10.0  # levels of 255: below this, a picture looks even to the eye

INITS = tuple(str(choice) for choice in SETTINGS["init"].choices)
ACTIVATIONS = tuple(str(choice) for choice in SETTINGS["output_activation"].choices)
MOMENT_S = 0.1  # for the map, before the page listens again
LOOK_EVERY_S = 0.2


def gain() -> float:
    """The control of the gain: multiplies all weights after they were drawn."""
    state.GAIN.show(state.GAIN.get())  # the slider itself would begin at its left end
    options = sorted({*GAINS, state.GAIN.get()})
    return st.select_slider(
        "Gain", options, key=state.GAIN.name, format_func=lambda value: f"{value:g}", persist_state="session",
        help="Multiplies all weights after initialisation.",
    )  # fmt: skip


def take_gain(text: str) -> None:
    """Take the gain from the link that was opened, 1 where it cannot be used."""
    try:
        asked = float(text)
    except ValueError:
        asked = -1.0
    fits = 0 <= asked <= MOST_GAIN
    state.GAIN.set(asked if fits else 1.0)
    state.GAIN_REFUSED.set("" if fits else text)


def refused_gain() -> None:
    """What was wrong with the link's gain, until another one is chosen."""
    if (text := state.GAIN_REFUSED.get()) and state.GAIN.get() == 1.0:
        plain_text.wrong(
            f"Gain (`{page_settings.GAIN}` in the link) is “{text}”; use a number from 0 to {MOST_GAIN:g}."
        )


def presets(e: Experiment) -> None:
    """Buttons that set the printed generator and what their words say, nothing else; the one that is shown is lit."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="presets"):
        st.markdown(f"The generator of {cited('002')}:")
        for name, (words, changes) in PRESETS.items():
            made = PRINTED.replace(**changes)
            st.button(
                words, key=f"preset-{name}", on_click=_take, args=(made,), help=_changed(changes),
                type="primary" if e == made and state.GAIN.get() == 1.0 else "secondary",
            )  # fmt: skip


def _take(e: Experiment) -> None:
    page_settings.take(e)
    state.GAIN.set(1.0)


def _changed(changes: dict[str, Value]) -> str:
    """What a button sets."""
    told = ", ".join(f"{SETTINGS[name].label}: {value}" for name, value in changes.items())
    return f"Sets the printed generator at gain 1, and {told}." if told else "Sets the printed generator at gain 1."


def seen(e: Experiment, gain: float) -> Untrained:
    """What a spare worker sees; asked once for the same settings. Raises NotExamined."""
    try:
        access.check_pictures(e)
    except RunError as error:
        raise NotExamined(str(error)) from None
    return _examined(e.json_text(), gain)


@st.cache_data(max_entries=50, show_spinner=False)
def _examined(experiment: str, gain: float) -> Untrained:
    return registry().examine(Experiment.from_json(experiment), gain)


@dataclass
class ContrastMap:
    """The contrast of every activation on every initialisation, all else as in the experiment."""

    experiment: Experiment
    gain: float
    known: dict[str, tuple[Contrast, ...]]  # what was examined by now, by initialisation

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return len(self.known) == len(INITS)

    def fill(self, first: str) -> None:
        """Go on for a moment, this initialisation first: while a whole map of the largest network is made, the
        page could not answer to a change. Raises NotExamined."""
        until = time.monotonic() + MOMENT_S
        for init in sorted(INITS, key=lambda name: name != first):
            if init not in self.known:
                with turn.aside():
                    self.known[init] = registry().contrasts(self.experiment, self.gain, (init,))
                if time.monotonic() >= until:
                    return


def contrast_map(e: Experiment, gain: float) -> ContrastMap:
    """The map as far as it is known, which does not depend on the activation and initialisation that are chosen;
    where nothing is yet, what a moment brings. Raises NotExamined."""
    plain = e.replace(output_activation="tanh", init="pytorch", sample_mode="train", data_range="[-1,1]")
    shown = _contrast_map(plain.json_text(), gain)
    if not shown.known:
        shown.fill(e.init)
    return shown


@st.cache_resource(max_entries=50, show_spinner=False)
def _contrast_map(experiment: str, gain: float) -> ContrastMap:
    return ContrastMap(Experiment.from_json(experiment), gain, {})


def culprit(shown: ContrastMap, e: Experiment) -> str:
    """Whether the output activation is what makes the picture grey, by the numbers; empty while they are missing."""
    if e.init not in shown.known:
        return ""
    levels = {cell.activation: getattr(cell, e.sample_mode) for cell in shown.known[e.init]}
    told = ", ".join(f"{name} {levels[name]:.1f}" for name in ACTIVATIONS)
    if max(levels.values()) < GREY:
        return (
            f"The same weights under every output activation: {told}. All are grey, so the activation is not the cause."
        )
    if min(levels.values()) >= GREY:
        return (
            f"The same weights under every output activation: {told}. None is grey; tanh is no greyer than the others."
        )
    return f"The same weights under every output activation: {told}."


def grey(seen: Untrained, e: Experiment) -> bool:
    """Whether the picture that is shown looks even to the eye."""
    return (seen.train if e.sample_mode == "train" else seen.eval).contrast < GREY


def verdict(seen: Untrained, e: Experiment) -> None:
    """What is on the picture, and where the signal was lost or kept."""
    shown, other = (seen.train, seen.eval) if e.sample_mode == "train" else (seen.eval, seen.train)
    words = (
        f"Contrast {shown.contrast:.1f} levels of 255 around level {shown.level:.0f} (real images: "
        f"{seen.real.contrast:.0f})."
    )
    if e.norm_g == "batch" and e.sample_mode == "eval":
        words += (
            f" In train mode it is {other.contrast:.1f}, with the same weights. BatchNorm's running statistics still "
            "have their first values, mean 0 and variance 1, so in eval mode they rescale nothing."
        )
    elif e.norm_g == "batch" and other.contrast < GREY <= shown.contrast:
        words += f" In eval mode it is {other.contrast:.1f}: BatchNorm in train mode keeps the signal alive."
    elif e.norm_g == "batch":
        words += f" In eval mode it is {other.contrast:.1f}."
    even = grey(seen, e)
    if even and not (e.norm_g == "batch" and e.sample_mode == "eval"):
        last = seen.layers[-2]
        value = last.train if e.sample_mode == "train" else last.eval
        words += f" The signal reaches the output with a standard deviation of {value:.3g}; no activation restores it."
    with st.container(key="diagnosis"):
        diagnosis_line.say(
            diagnosis_line.TROUBLE if even else diagnosis_line.HEALTHY,
            words,
            strong="This one is grey." if even else "This one is not grey.",
        )
