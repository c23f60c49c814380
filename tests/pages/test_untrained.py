"""untrained without a browser: what it says is what the generator does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from live_runs import PATIENCE_S, warm_spares
from streamlit.testing.v1 import AppTest
from visiting import Open, cited, html, widgets, words, wrongs

from gan_core.claims.cited import of_untrained
from gan_core.diagnosis.recipes import RECIPES
from gan_core.engine.untrained import contrast_map, untrained
from gan_core.live.registry import registry
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS
from pages.parts.untrained.view import PRESETS

GREY = 10.0  # levels: below this, the page calls a picture grey


@pytest.fixture(autouse=True)
def worker_ready() -> None:
    """The page itself does not wait as long as a busy machine may need to start a worker."""
    registry().warm()
    assert registry().wait_until(lambda: warm_spares(registry()) > 0, PATIENCE_S)


def verdict(at: AppTest) -> str:
    (found,) = [text for text in html(at) if "levels of 255 around" in text]
    return re.sub(r"<[^>]+>", "", found).strip()


def assert_true(at: AppTest, e: Experiment, gain: float = 1.0) -> None:
    """The verdict says what gan_core measures."""
    assert not at.exception
    seen = untrained(e, gain)
    shown = seen.train if e.sample_mode == "train" else seen.eval
    said = verdict(at)
    contrast, level, real = map(float, re.findall(r"Contrast ([\d.]+) .* level (\d+) \(real images: (\d+)\)", said)[0])
    assert contrast == pytest.approx(shown.contrast, abs=0.06)
    assert level == pytest.approx(shown.level, abs=0.6)
    assert real == pytest.approx(seen.real.contrast, abs=0.6)
    assert said.startswith("This one is grey." if shown.contrast < GREY else "This one is not grey.")
    assert cited(at) == [claim.id for claim in of_untrained(e, shown.contrast < GREY)]
    if reaching := re.findall(r"standard deviation of ([\d.e-]+);", said):
        last = seen.layers[-2]
        assert float(reaching[0]) == pytest.approx(last.train if e.sample_mode == "train" else last.eval, rel=0.01)
    if other := re.findall(r"In (train|eval) mode it is ([\d.]+)[.:,]", said):
        ((mode, value),) = other
        assert mode != e.sample_mode
        assert float(value) == pytest.approx(getattr(seen, mode).contrast, abs=0.06)


def test_it_opens_with_the_settings_as_they_come(open_page: Open) -> None:
    at = open_page("untrained")
    assert_true(at, Experiment())
    assert len(at.get("plotly_chart")) == 3
    assert any("Images of the untrained generator" in text for text in html(at))


# The presets that are a recipe's.
PRINTED = {
    "printed": "002-bad", "eval": "002-eval", "no-batchnorm": "002-no-batchnorm", "sigmoid-bare": "002-sigmoid",
    "kaiming": "002-better",
}  # fmt: skip


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_the_documents_own_generator(open_page: Open, name: str) -> None:
    at = open_page("untrained")
    at.button(key=f"preset-{name}").click().run()
    shown = RECIPES[PRINTED[name]].broken if name in PRINTED else at.session_state["experiment"]
    assert at.session_state["experiment"] == shown
    assert set(diff(RECIPES["002-bad"].broken, shown)) == set(PRESETS[name][1])  # what its words say, nothing else
    assert at.query_params["a"] == "document-dcgan"
    assert_true(at, shown)


@pytest.mark.parametrize("setting", ["output_activation", "init"])
def test_every_activation_and_initialisation_is_told_truly(open_page: Open, setting: str) -> None:
    at = open_page("untrained", a="mlp", sm="eval", w="0.5")
    for choice in SETTINGS[setting].choices:
        widgets(at.sidebar)[setting].set_value(choice).run()
        assert_true(at, Experiment(sample_mode="eval", width=0.5, **{setting: choice}))


@pytest.mark.parametrize(
    "settings",
    [
        {"norm_g": "none"},
        {"norm_g": "layer", "sample_mode": "eval"},
        {"architecture": "dcgan", "sample_mode": "eval"},
        {"noise": "uniform", "noise_scale": 0.01, "norm_g": "none"},
        {"init": "normal", "init_std": 0.0001, "seed": 3},
    ],
    ids=lambda settings: ",".join(f"{name}={value}" for name, value in settings.items()),
)
def test_other_settings_by_a_link(open_page: Open, settings: dict[str, Any]) -> None:
    given = {"architecture": "mlp", **settings}
    at = open_page("untrained", **{name: str(value) for name, value in given.items()})
    assert_true(at, Experiment(**given))


def test_the_gain_comes_from_the_link_and_goes_back_into_it(open_page: Open) -> None:
    at = open_page("untrained", gain="3")
    assert at.select_slider(key="gain").value == 3
    assert at.query_params["gain"] == "3"
    assert not wrongs(at)
    assert_true(at, Experiment(), 3.0)
    at.select_slider(key="gain").set_value(0.1).run()
    assert at.query_params["gain"] == "0.1"
    assert_true(at, Experiment(), 0.1)
    at.select_slider(key="gain").set_value(1.0).run()
    assert "gain" not in at.query_params


@pytest.mark.parametrize("gain", ["much", "-1", "101", "nan"])
def test_a_gain_that_makes_no_sense_is_named_and_left_out(open_page: Open, gain: str) -> None:
    at = open_page("untrained", gain=gain)
    assert [f"“{gain}”" in sentence and "0 to 100" in sentence for sentence in wrongs(at)] == [True]
    assert_true(at, Experiment())
    at.select_slider(key="gain").set_value(2.0).run()
    assert not wrongs(at)


def test_a_bad_link_names_what_is_wrong_and_shows_the_nearest(open_page: Open) -> None:
    at = open_page("untrained", a="mlp", o="foo", ns="1000", i="zeros")
    assert not at.exception
    for wrong in ("foo", "1000"):
        assert wrong in words(at)
    assert_true(at, at.session_state["experiment"])
    assert at.session_state["experiment"].init == "zeros"
    at.button(key="nearest").click().run()
    assert not wrongs(at)
    assert at.session_state["experiment"] == Experiment(init="zeros", noise_scale=100.0)


@pytest.mark.parametrize(("mode", "blame"), [("eval", "All are grey"), ("train", "None is grey")])
def test_the_page_says_that_no_activation_is_the_cause(open_page: Open, mode: str, blame: str) -> None:
    """The study's finding, with the numbers of all five."""
    e = RECIPES["002-bad"].broken.replace(sample_mode=mode)
    at = open_page("untrained", a="document-dcgan", sm=mode)
    (said,) = re.findall(r"under every output activation: (.*)\. (All|None)", words(at))
    told = dict(pair.rsplit(" ", 1) for pair in said[0].split(", "))
    for cell in contrast_map(e, inits=["pytorch"]):
        assert float(told[cell.activation]) == pytest.approx(getattr(cell, mode), abs=0.06)
    assert blame in words(at)
