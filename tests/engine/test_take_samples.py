"""Samples are the numbers behind the picture of a step, and survive the way to the page."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from shown_pictures import decoded, tile
from tiny import trained

from gan_core.engine import take_frame
from gan_core.engine.take_samples import SamplesError, collect
from gan_core.messages.samples import MOST, packed, unpacked


@pytest.mark.parametrize("data_range", ["[-1,1]", "[0,1]", "raw", "standardised"])
@pytest.mark.parametrize("sample_mode", ["train", "eval"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("ema", [0.0, 0.995])
def test_samples_are_what_the_generator_makes_of_their_latents(
    data_range: str, sample_mode: str, channels: int, ema: float
) -> None:
    """Against a forward pass of our own, by the average where there is one, on a network whose values leave the legal
    range."""
    made = trained(
        3, data_range=data_range, sample_mode=sample_mode, channels=channels, output_activation="linear",
        init="normal", init_std=1.0, ema=ema,
    )  # fmt: skip
    found = collect(made, MOST)
    assert (found.step, found.experiment, found.range_map) == (3, made.experiment, made.range_map)
    assert found.latent.dtype == found.values.dtype == np.float32
    assert found.latent.shape == (64, 4)
    assert found.values.shape == (64, channels, 8, 8)
    assert found.values.min() < made.range_map.low  # not clipped
    drawing = made.g if made.average is None else made.average.module
    assert (drawing is made.g) == (ema == 0)
    with torch.no_grad():
        own = drawing.train(sample_mode == "train")(torch.from_numpy(found.latent.copy()))
    assert np.array_equal(own.numpy(), found.values)


def test_samples_are_those_of_the_picture_of_the_same_step() -> None:
    made = trained(2, channels=3)
    found = collect(made, 5)
    picture = decoded(take_frame.take(made).fake_png)
    for number in range(5):
        pixels = np.rint(found.values[number].astype(np.float64).transpose(1, 2, 0) * 127.5 + 127.5)
        assert np.array_equal(tile(picture, number, 8), pixels)


@pytest.mark.parametrize("count", [1, 7, MOST])
def test_fewer_are_the_first_of_all(count: int) -> None:
    made = trained(1)
    whole, part = collect(made, MOST), collect(made, count)
    assert len(part.latent) == len(part.values) == count
    assert np.array_equal(part.values, whole.values[:count])
    assert np.array_equal(part.latent, whole.latent[:count])


@pytest.mark.parametrize("count", [0, -1, MOST + 1])
def test_other_counts_are_refused(count: int) -> None:
    with pytest.raises(SamplesError, match=f"count must be 1 to 64, but is {count}"):
        collect(trained(0), count)


@pytest.mark.parametrize("settings", [{"architecture": "dcgan", "channels": 3}, {"precision": "bfloat16", "ema": 0.9}])
def test_they_arrive_to_the_bit_and_cannot_be_changed(settings: dict[str, object]) -> None:
    made = trained(1, **settings)
    made.look().fake[0, 0, 1, 2] = float("nan")
    found = collect(made, 6)
    arrived = unpacked(packed(found))
    assert arrived.latent.tobytes() == found.latent.tobytes()
    assert arrived.values.tobytes() == np.ascontiguousarray(found.values).tobytes()
    assert (arrived.step, arrived.experiment, arrived.range_map) == (found.step, found.experiment, found.range_map)
    assert arrived.device_name == "cpu"
    assert np.isnan(arrived.values[0, 0, 1, 2])
    with pytest.raises(ValueError, match="read-only"):
        arrived.values[0] = 0
