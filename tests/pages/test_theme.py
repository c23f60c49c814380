"""Contrast of the theme's own colours, by the formula of WCAG 2: what is read has at least 4.5 to 1."""

from __future__ import annotations

import tomllib

import pytest
from live_runs import ROOT

from gan_core.outputs import colours

READABLE = 4.5


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_knows_its_ends() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_white_words_on_a_primary_button_can_be_read(scheme: str) -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    assert contrast("#ffffff", theme[scheme]["primaryColor"]) >= READABLE


def test_white_words_on_what_is_broken_can_be_read() -> None:
    assert contrast("#ffffff", colours.UNDER_WHITE) >= READABLE
