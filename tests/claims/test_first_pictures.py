"""What untrained generators draw, for the claims: against closed forms and against the examination of the page."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import global_randomness_unchanged, tiny, tiny_images

from gan_core.claims import first_pictures as first
from gan_core.engine import untrained


def test_measures_of_known_pictures() -> None:
    halves = np.zeros((2, 3, 4, 4))
    halves[..., 2:] = 200
    assert first.contrast_of(halves) == pytest.approx(100)
    assert first.colour(halves) == 0
    halves[:, 0] = 255
    assert first.colour(halves) == pytest.approx((255 + 55) / 2)
    stripes = np.tile([0.0, 255.0], (1, 1, 4, 4))
    assert first.likeness_of_neighbours(stripes) == pytest.approx(-1)
    assert first.likeness_of_neighbours(stripes.transpose(0, 1, 3, 2)) == pytest.approx(1)


def test_imshow_cuts_off_what_is_below_zero() -> None:
    tanh = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    assert first.shown((tanh + 1) * 127.5) == pytest.approx(np.clip(tanh, 0, 1) * 255)


def test_grey_is_decided_beyond_the_spread() -> None:
    assert first.grey([1.0, 2.0, 3.0]) is True
    assert first.grey([80.0, 85.0, 90.0]) is False
    assert first.grey([5.0, 9.0, 14.0]) is None


@pytest.mark.parametrize("output", ["tanh", "sigmoid"])
@pytest.mark.parametrize("mode", ["train", "eval"])
def test_the_contrast_is_that_of_the_page_untrained(output: str, mode: str) -> None:
    e = tiny(
        image_size=16, channels=3, width=2.0, latent_dim=256, sample_mode=mode, steps=0, output_activation=output,
        data_range=untrained.FITTING_RANGE[output],
    )  # fmt: skip
    seen = untrained.untrained(e, images=tiny_images(16, 3))
    with global_randomness_unchanged():
        ours = first.contrast_of(first.levels(e))
    assert ours == pytest.approx(getattr(seen, mode).contrast, rel=0.1)


def test_each_seed_has_weights_and_noise_of_its_own() -> None:
    e = tiny()
    values = first.contrast(e)
    assert len(set(values)) == len(first.SEEDS) == 3
    assert values == first.contrast(e)
