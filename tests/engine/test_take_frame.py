from __future__ import annotations

import numpy as np
import pytest
import torch
from shown_pictures import decoded, tile
from tiny import trainer

from gan_core.engine import take_frame
from gan_core.engine.trainer import Trainer
from gan_core.pixels import tiles
from gan_core.settings.experiment import Experiment


@pytest.mark.parametrize("data_range", ["[-1,1]", "[0,1]", "raw", "standardised"])
@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_are_the_grid_of_clipped_values(data_range: str, channels: int) -> None:
    made = trainer(data_range=data_range, channels=channels, output_activation="linear", init="normal", init_std=1.0)
    opened, frame = take_frame.opening(made), take_frame.take(made)
    low, high = made.range_map.low, made.range_map.high
    assert (opened.tile, opened.columns, opened.rows) == (8, tiles.COLUMNS, tiles.ROWS)
    for png, images in ((opened.real_png, made.probe.real), (frame.fake_png, made.look().fake)):
        picture = decoded(png)
        assert picture.shape == (8 * tiles.ROWS, 8 * tiles.COLUMNS, channels)
        for number in range(tiles.COLUMNS * tiles.ROWS):
            # In float64, so that only values half-way between two greys may round the other way.
            share = (images[number].double().numpy().transpose(1, 2, 0) - low) / (high - low)
            expected = share.clip(0, 1) * 255
            assert np.abs(tile(picture, number, 8) - expected).max() <= 0.501
    assert frame.step == 0
    assert frame.measurements == made.measure()


def test_real_pictures_are_the_data_themselves() -> None:
    made = trainer()
    picture = decoded(take_frame.opening(made).real_png)
    pixels = made.images.probe(64).pixels
    for number in range(tiles.COLUMNS * tiles.ROWS):
        assert np.array_equal(tile(picture, number, 8), pixels[number].transpose(1, 2, 0))


def test_range_is_fixed_and_never_stretched() -> None:
    """A flat grey collapse stays flat grey: a min-max stretch would turn its noise into contrast."""
    made = trainer(init="normal", init_std=1e-3, norm_g="none")
    picture = decoded(take_frame.take(made).fake_png)
    assert picture.min() >= 126
    assert picture.max() <= 129


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf")])
def test_broken_picture_is_crossed_and_counts_for_nothing(wrong: float) -> None:
    made = trainer()
    fake = made.look().fake
    whole = decoded(take_frame.take(made).fake_png)
    fake[3, 0, 4, 5] = wrong
    frame = take_frame.take(made)
    picture = decoded(frame.fake_png)
    crossed = tile(picture, 3, 8)[:, :, 0]
    assert set(np.unique(crossed)) == {96, 255}
    assert (crossed == 255).sum() == 16
    assert all(crossed[i, i] == crossed[i, 7 - i] == 255 for i in range(8))
    assert np.array_equal(tile(picture, 2, 8), tile(whole, 2, 8))
    assert sum(frame.histogram) == pytest.approx(1)


def test_nothing_finite_is_an_empty_histogram() -> None:
    made = trainer()
    made.look().fake.fill_(float("nan"))
    frame = take_frame.take(made)
    assert sum(frame.histogram) == 0
    assert set(np.unique(decoded(frame.fake_png))) == {96, 255}


@pytest.mark.parametrize("data_range", ["[-1,1]", "[0,1]", "raw", "standardised"])
def test_histogram_is_shares_of_equal_bins_on_a_fixed_axis(data_range: str) -> None:
    made = trainer(data_range=data_range)
    opened = take_frame.opening(made)
    span = opened.legal_high - opened.legal_low
    assert (opened.legal_low, opened.legal_high) == (made.range_map.low, made.range_map.high)
    assert opened.low == pytest.approx(opened.legal_low - span / 4)
    assert opened.high == pytest.approx(opened.legal_high + span / 4)
    assert len(opened.real_histogram) == tiles.BINS
    assert sum(opened.real_histogram) == pytest.approx(1)
    # All real values are in the legal two thirds of the axis.
    assert sum(opened.real_histogram[: tiles.BINS // 6]) == 0
    fake = made.look().fake
    fake.fill_(opened.low + (opened.high - opened.low) * 20.5 / tiles.BINS)
    fake[:16] = opened.high + 100 * span
    fake[16:24] = opened.low - 100 * span
    histogram = take_frame.take(made).histogram
    assert histogram[20] == pytest.approx(40 / 64)
    assert histogram[-1] == pytest.approx(16 / 64)
    assert histogram[0] == pytest.approx(8 / 64)
    assert sum(histogram) == pytest.approx(1)


def test_frames_are_of_the_present_step() -> None:
    made = trainer()
    first = take_frame.take(made)
    assert take_frame.take(made) == first
    made.train_step()
    second = take_frame.take(made)
    assert second.step == 1
    assert second.fake_png != first.fake_png


def test_bfloat16_and_average_are_drawn_too() -> None:
    made = trainer(precision="bfloat16", ema=0.9, architecture="dcgan")
    made.train_step()
    assert decoded(take_frame.take(made).fake_png).shape == (48, 64, 1)
    assert made.look().fake.dtype == torch.float32


def test_the_opening_tells_the_classes_and_how_far_to_trust_their_shares() -> None:
    made = Trainer(Experiment(dataset="digits", image_size=12, steps=1))
    classes = made.classes()
    assert classes is not None
    assert take_frame.opening(made, classes).classes == classes
    assert classes.names == [str(digit) for digit in range(10)]
    labels = made.images.labels
    assert classes.real_shares == pytest.approx(np.bincount(labels, minlength=10) / len(labels))
    assert 0.9 < classes.accuracy <= 1
    assert len([name for name in made.measure() if name.startswith("class_share_")]) == 10
    assert take_frame.opening(made).classes is None
