"""The measurements that the detectors need, against their definitions."""

from __future__ import annotations

import math

import pytest
import torch
from measuring import measured, pictures
from tiny import trainer

from gan_core.engine.measure import Probe


def test_excess_is_the_mean_distance_from_the_range_in_its_own_units() -> None:
    fake = pictures(2)
    assert measured(fake)["excess"] == 0
    fake[0, 0, 0, 0], fake[1, 0, 0, 0] = 3.0, -2.0
    # 2 above and 1 below a range 2 wide.
    assert measured(fake)["excess"] == pytest.approx((1.0 + 0.5) / fake.numel())


@pytest.mark.parametrize(("value", "mean"), [(-1.0, 0.0), (0.0, 0.5), (1.0, 1.0), (5.0, 1.0), (-5.0, 0.0)])
def test_pixel_mean_is_the_place_in_the_range_as_shown(value: float, mean: float) -> None:
    assert measured(torch.full((Probe.COUNT, 1, 8, 8), value))["pixel_mean"] == pytest.approx(mean)


def test_duplicates_is_the_share_with_another_almost_the_same() -> None:
    fake = pictures(2)
    assert measured(fake)["duplicates"] == 0
    fake[10:14] = fake[0]
    fake[12] += 1e-3
    assert measured(fake)["duplicates"] == pytest.approx(5 / Probe.COUNT)
    assert measured(fake[:1].expand(Probe.COUNT, -1, -1, -1))["duplicates"] == 1


@pytest.mark.parametrize("size", [8, 9])
@pytest.mark.parametrize("channels", [1, 3])
def test_nyquist_is_the_share_of_power_in_the_spectrums_last_row_and_column(size: int, channels: int) -> None:
    fake = torch.rand(Probe.COUNT, channels, size, size, generator=torch.Generator().manual_seed(5)) * 2 - 1
    even = fake[..., : size // 2 * 2, : size // 2 * 2]
    power = torch.fft.fft2(even).abs().square()
    power[..., 0, 0] = 0
    half = size // 2
    edge = power[..., half, :].sum() + power[..., :, half].sum() - power[..., half, half].sum()
    real = torch.rand(Probe.COUNT, channels, size, size, generator=torch.Generator().manual_seed(6))
    row = measured(fake, real, image_size=size, channels=channels)
    assert row["nyquist"] == pytest.approx((edge / power.sum()).item(), rel=1e-4)


def test_a_checkerboard_is_all_nyquist_and_a_flat_picture_has_none() -> None:
    board = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).repeat(4, 4).expand(Probe.COUNT, 1, 8, 8)
    assert measured(board)["nyquist"] == pytest.approx(1)
    assert "nyquist" not in measured(torch.zeros(Probe.COUNT, 1, 8, 8))


@pytest.mark.parametrize(("output", "share"), [("tanh", 0.0), ("linear", 0.0), ("sigmoid", 0.5), ("relu", 0.5)])
def test_unreachable_is_the_share_of_real_values_out_of_reach(output: str, share: float) -> None:
    real = torch.tensor([-1.0, 1.0]).repeat(32).reshape(1, 1, 8, 8).expand(Probe.COUNT, 1, 8, 8)
    assert measured(pictures(2), real, output_activation=output)["unreachable"] == pytest.approx(share)


def test_logit_gap_is_how_far_apart_d_sets_them() -> None:
    real, fake = torch.full((Probe.COUNT, 1, 8, 8), 0.75), torch.full((Probe.COUNT, 1, 8, 8), -0.5)
    assert measured(fake, real)["logit_gap"] == pytest.approx(1.25)


def test_a_real_run_has_them_all_from_step_0() -> None:
    row = trainer().measure()
    for name in ("excess", "pixel_mean", "duplicates", "nyquist", "unreachable", "logit_gap"):
        assert math.isfinite(row[name])
