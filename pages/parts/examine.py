"""The parts of the page `untrained`: its own controls, presets, and what the picture shows in words."""

from __future__ import annotations

import streamlit as st

from gan_core.examination import Contrast, Untrained
from gan_core.experiment import Experiment
from gan_core.recipes import RECIPES
from gan_core.runs import registry
from pages.parts import address, diagnosis

# In the order in which the signal meets them.
FIELDS = (
    "architecture", "output_activation", "init", "init_std", "norm_g", "sample_mode", "noise", "noise_scale", "width",
    "hidden_activation", "upsample", "latent_dim", "seed",
)  # fmt: skip

GAINS = (0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 20.0)

# Document 002's own generators, as the recipes have them.
PRESETS = {
    "Document 002, as it stands": "002-bad",
    "…in eval mode": "002-eval",
    "…without BatchNorm": "002-no-batchnorm",
    "…with sigmoid": "002-sigmoid",
    "…with kaiming": "002-better",
}

GREY = 10.0  # levels of 255: below this, a picture looks even to the eye


def gain() -> float:
    """The control of the gain: multiplies all weights after they were drawn."""
    if "gain" not in st.session_state:
        try:
            asked = float(st.query_params.get("gain", "1"))
        except ValueError:
            asked = 1.0
        st.session_state.gain = min(GAINS, key=lambda mark: abs(mark - asked))
    return st.select_slider(
        "Gain", GAINS, key="gain", format_func=lambda value: f"{value:g}", persist_state="session",
        help="Multiplies every weight after the initialisation has drawn it.",
    )  # fmt: skip


def presets() -> None:
    """Buttons that set document 002's generators."""
    with st.container(horizontal=True, gap="small", key="presets"):
        for words, name in PRESETS.items():
            st.button(words, key=f"preset-{name}", on_click=address.take, args=(RECIPES[name].broken,))


def seen(e: Experiment, gain: float) -> Untrained:
    """What the spare worker sees; asked once for the same settings. Raises NotExamined."""
    return _examined(e.json_text(), gain)


@st.cache_data(max_entries=50, show_spinner=False)
def _examined(experiment: str, gain: float) -> Untrained:
    return registry().examine(Experiment.from_json(experiment), gain).untrained


def contrasts(e: Experiment, gain: float) -> tuple[Contrast, ...]:
    """The map, which does not depend on the activation and initialisation that are chosen."""
    plain = e.replace(output_activation="tanh", init="pytorch", sample_mode="train")
    return _contrasts(plain.json_text(), gain)


@st.cache_data(max_entries=50, show_spinner=False)
def _contrasts(experiment: str, gain: float) -> tuple[Contrast, ...]:
    return registry().examine(Experiment.from_json(experiment), gain, contrasts=True).contrasts


def verdict(seen: Untrained, e: Experiment) -> None:
    """What is on the picture, and where the signal was lost."""
    shown = seen.train if e.sample_mode == "train" else seen.eval
    grey = shown.contrast < GREY
    words = (
        f"Contrast {shown.contrast:.1f} levels of 255 around level {shown.level:.0f} (real images: "
        f"{seen.real.contrast:.0f}). In train mode it is {seen.train.contrast:.1f}, in eval mode "
        f"{seen.eval.contrast:.1f}."
    )
    if grey and e.norm_g == "batch" and e.sample_mode == "eval":
        words += " The weights are the same: only BatchNorm's statistics differ."
    elif grey:
        last = seen.layers[-2]
        value = last.train if e.sample_mode == "train" else last.eval
        words += f" The signal reaches the output with a standard deviation of {value:.3f}: no activation can help."
    with st.container(key="diagnosis"):
        diagnosis.say(diagnosis.TROUBLE if grey else diagnosis.HEALTHY, words, strong="Grey." if grey else "Not grey.")
