from __future__ import annotations

import numpy as np
import pytest
import torch

from gan_core.engine.batches import Batches, augmented
from gan_core.pixels.range_map import RangeMap

CPU = torch.device("cpu")


def source(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def numbered(count: int, size: int = 8) -> torch.Tensor:
    """Image i is filled with the value i."""
    return torch.arange(count, dtype=torch.uint8)[:, None, None, None].expand(count, 1, size, size).contiguous()


def batches(count: int, batch_size: int, seed: int = 0) -> Batches:
    pixels = numbered(count)
    return Batches(pixels, batch_size, RangeMap.of("raw", pixels.numpy()), source(seed), source(), CPU)


def drawn(made: Batches, times: int) -> list[list[int]]:
    return [made.next()[:, 0, 0, 0].int().tolist() for _ in range(times)]


def test_every_image_once_an_epoch_and_a_new_order_each() -> None:
    made = batches(24, 6)
    epochs = [[image for batch in drawn(made, 4) for image in batch] for _ in range(3)]
    for epoch in epochs:
        assert sorted(epoch) == list(range(24))
    assert len({tuple(epoch) for epoch in epochs}) == 3


def test_rest_of_an_epoch_is_left_out_and_never_mixed_with_the_next() -> None:
    made = batches(10, 4)
    for _ in range(5):
        first, second = drawn(made, 2)
        assert len({*first, *second}) == 8


def test_set_smaller_than_a_batch_repeats_evenly() -> None:
    (batch,) = drawn(batches(3, 8), 1)
    assert len(batch) == 8
    assert all(batch.count(image) in (2, 3) for image in range(3))


def test_order_follows_the_source_alone() -> None:
    torch.manual_seed(1)
    first = drawn(batches(20, 5), 9)
    torch.manual_seed(2)
    assert drawn(batches(20, 5), 9) == first != drawn(batches(20, 5, seed=1), 9)


def test_augmentation_leaves_the_order_alone() -> None:
    plain, augmented = batches(20, 5), batches(20, 5)
    for _ in range(9):
        plain.next()
        augmented.next(("crop", "flip"))
        assert torch.equal(plain.order, augmented.order)


@pytest.mark.parametrize(("data_range", "low", "high"), [("[-1,1]", -1, 1), ("[0,1]", 0, 1), ("raw", 0, 255)])
def test_encoding_is_linear_from_black_to_white(data_range: str, low: float, high: float) -> None:
    pixels = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16)
    made = Batches(pixels, 1, RangeMap.of(data_range, pixels.numpy()), source(), source(), CPU)
    batch = made.next()
    assert batch.dtype == torch.float32
    expected = low + np.arange(256) / 255 * (high - low)
    np.testing.assert_allclose(batch.flatten().numpy(), expected, rtol=0, atol=1e-6 * (high - low))


def test_standardised_has_mean_0_and_deviation_1() -> None:
    pixels = torch.randint(0, 256, (50, 1, 8, 8), dtype=torch.uint8, generator=source())
    made = Batches(pixels, 50, RangeMap.of("standardised", pixels.numpy()), source(), source(), CPU)
    batch = made.next().double()
    assert batch.mean().item() == pytest.approx(0, abs=1e-5)
    assert batch.std(unbiased=False).item() == pytest.approx(1, abs=1e-4)


def test_flip_mirrors_about_half_of_the_images_whole() -> None:
    images = torch.randint(0, 256, (400, 3, 5, 6), dtype=torch.uint8, generator=source())
    out = augmented(images, ("flip",), source(1))
    same = (out == images).flatten(1).all(1)
    mirrored = (out == images.flip(3)).flatten(1).all(1)
    assert (same ^ mirrored).all()
    assert mirrored.float().mean().item() == pytest.approx(0.5, abs=0.125)
    assert out.dtype == torch.uint8


def test_crop_shifts_each_image_by_up_to_two_pixels_all_ways() -> None:
    images = torch.randint(1, 256, (600, 3, 7, 9), dtype=torch.uint8, generator=source())
    out = augmented(images, ("crop",), source(1))
    assert out.shape == images.shape
    padded = torch.nn.functional.pad(images, [2, 2, 2, 2])
    found = np.zeros((600, 5, 5), bool)
    for row in range(5):
        for column in range(5):
            window = padded[:, :, row : row + 7, column : column + 9]
            found[:, row, column] = (window == out).flatten(1).all(1).numpy()
    assert (found.sum(axis=(1, 2)) == 1).all()
    # Each of the 25 shifts about 24 times.
    assert found.sum(axis=0).min() >= 8


def test_augmentation_draws_from_its_source_and_leaves_the_images() -> None:
    images = torch.randint(0, 256, (9, 1, 8, 8), dtype=torch.uint8, generator=source())
    before = images.clone(), torch.get_rng_state()
    first, again = (augmented(images, ("crop", "flip"), source(3)) for _ in range(2))
    assert torch.equal(first, again)
    assert torch.equal(images, before[0])
    assert torch.equal(torch.get_rng_state(), before[1])
    assert torch.equal(augmented(images, (), source()), images)
