"""Each measurement against its definition, on pictures and judgements made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from measuring import Judge, measured, pictures
from tiny import trainer

from gan_core.engine.measure import Probe


def test_perfect_generator() -> None:
    real = pictures(1)
    row = measured(real.clone(), real)
    assert row["out_of_range"] == row["histogram_distance"] == row["mode_gap"] == 0
    assert row["contrast"] == row["diversity"] == pytest.approx(1)
    assert row["finite"] == 1
    assert row["d_real"] == row["d_fake"]


def test_extremes_are_in_the_datas_own_units() -> None:
    fake = pictures(2)
    fake[3, 0, 2, 1], fake[5, 0, 0, 0] = 7.5, -3.25
    row = measured(fake)
    assert (row["pixel_min"], row["pixel_max"]) == (-3.25, 7.5)


@pytest.mark.parametrize(("data_range", "low", "high"), [("[-1,1]", -1, 1), ("[0,1]", 0, 1), ("raw", 0, 255)])
def test_out_of_range_and_saturated_are_shares_of_values(data_range: str, low: float, high: float) -> None:
    level = (high - low) / 255
    values = torch.full((Probe.COUNT, 1, 8, 8), (low + high) / 2)
    flat = values.view(-1)
    flat[:100] = high + level  # beyond white
    flat[100:150] = low - level  # beyond black
    flat[150:200] = high  # white itself, which rounding must not call out of range
    flat[200:230] = low + 0.4 * level  # rounds to black
    flat[230:300] = high - 0.6 * level  # rounds to the grey below white
    row = measured(values, data_range=data_range)
    assert row["out_of_range"] == pytest.approx(150 / 4096)
    assert row["saturated"] == pytest.approx(230 / 4096)


def test_contrast_and_diversity_by_numpy() -> None:
    fake, real = pictures(2) * torch.linspace(0, 2, Probe.COUNT)[:, None, None, None] + 0.3, pictures(1)
    row = measured(fake, real)
    f, r = fake.double().numpy(), real.double().numpy()
    assert row["contrast"] == pytest.approx(f.std(axis=(1, 2, 3)).mean() / r.std(axis=(1, 2, 3)).mean(), rel=1e-5)
    assert row["diversity"] == pytest.approx(f.std(axis=0).mean() / r.std(axis=0).mean(), rel=1e-5)


def test_flat_grey_has_no_contrast_and_one_picture_no_diversity() -> None:
    grey = torch.linspace(-1, 1, Probe.COUNT)[:, None, None, None].expand(Probe.COUNT, 1, 8, 8)
    row = measured(grey)
    assert row["contrast"] == pytest.approx(0, abs=1e-6)
    assert row["diversity"] > 0.5
    row = measured(pictures(3)[:1].expand(Probe.COUNT, 1, 8, 8))
    assert row["diversity"] == pytest.approx(0, abs=1e-6)
    assert row["contrast"] == pytest.approx(1, abs=0.2)
    # Nothing to compare with: no ratio.
    assert {"contrast", "diversity"}.isdisjoint(measured(pictures(1), torch.zeros(Probe.COUNT, 1, 8, 8)))


def wasserstein_1(a: np.ndarray, b: np.ndarray) -> float:
    """The area between the two cumulative distributions."""
    everything = np.sort(np.concatenate([a, b]))
    cumulative = [np.searchsorted(np.sort(x), everything[:-1], side="right") / len(x) for x in (a, b)]
    return float((np.abs(cumulative[0] - cumulative[1]) * np.diff(everything)).sum())


@pytest.mark.parametrize(("data_range", "span"), [("[-1,1]", 2), ("[0,1]", 1), ("raw", 255)])
def test_histogram_distance_is_wasserstein_1_in_data_ranges(data_range: str, span: float) -> None:
    fake, real = pictures(2).abs() * span, pictures(1) * span
    row = measured(fake, real, data_range=data_range)
    expected = wasserstein_1(fake.double().numpy().ravel(), real.double().numpy().ravel()) / span
    assert row["histogram_distance"] == pytest.approx(expected, rel=1e-4)
    shifted = measured(real + 0.25 * span, real, data_range=data_range)
    assert shifted["histogram_distance"] == pytest.approx(0.25, rel=1e-4)


def test_exploded_pictures_are_still_measured() -> None:
    row = measured(pictures(2).sign() * 2e38)
    assert row["histogram_distance"] == pytest.approx(1e38, rel=1e-4)
    assert (row["out_of_range"], row["saturated"], row["finite"]) == (1, 1, 1)


def test_opinion_of_a_discriminator_with_probabilities() -> None:
    fake, real = pictures(2), pictures(1)
    row = measured(fake, real, Judge(3.0))
    logits = [3.0 * images[:, 0, 0, 0].double().numpy() for images in (real, fake)]
    right = ((logits[0] > 0).mean(), (logits[1] <= 0).mean())
    assert row["d_real"] == pytest.approx((1 / (1 + np.exp(-logits[0]))).mean(), rel=1e-5)
    assert row["d_fake"] == pytest.approx((1 / (1 + np.exp(-logits[1]))).mean(), rel=1e-5)
    assert (row["d_accuracy_real"], row["d_accuracy_fake"]) == pytest.approx(right)
    assert row["d_accuracy"] == pytest.approx(sum(right) / 2)
    assert row["logit_max"] == pytest.approx(np.abs(logits).max())


def test_what_a_loss_cannot_say_is_missing() -> None:
    both, accuracy = {"d_real", "d_fake"}, {"d_accuracy", "d_accuracy_real", "d_accuracy_fake"}
    for loss, has in (
        ("non_saturating", both | accuracy), ("minimax", both | accuracy), ("hinge", accuracy),
        ("least_squares", accuracy), ("wasserstein", set()),
    ):  # fmt: skip
        assert set(measured(pictures(2), loss=loss)) & (both | accuracy) == has, loss


def test_least_squares_decides_at_one_half() -> None:
    real, fake = torch.full((Probe.COUNT, 1, 8, 8), 0.6), torch.full((Probe.COUNT, 1, 8, 8), 0.4)
    assert measured(fake, real, loss="least_squares")["d_accuracy"] == 1
    assert measured(fake, real, loss="hinge")["d_accuracy"] == 0.5


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_non_finite_pictures(wrong: float) -> None:
    fake = pictures(2)
    fake[0, 0, 0, 0] = wrong
    row = measured(fake)
    assert row["finite"] == 0
    assert all(math.isfinite(value) for value in row.values())
    assert {"pixel_max", "contrast", "diversity", "histogram_distance", "d_real", "d_accuracy"}.isdisjoint(row)
    assert row["out_of_range"] == pytest.approx(1 / 4096)


def test_non_finite_judgements() -> None:
    row = measured(pictures(2), d=Judge(math.nan))
    assert row["finite"] == 0
    assert {"d_real", "d_fake", "d_accuracy", "logit_max"}.isdisjoint(row)
    assert row["contrast"] > 0


@pytest.mark.parametrize("pack", [3, 5, 8])
def test_packs_that_do_not_divide_the_probe(pack: int) -> None:
    made = trainer(pack=pack, batch_size=2 * pack)
    made.train_step()
    assert made.measure()["finite"] == 1


def test_mode_gap_is_the_distance_of_the_two_modes_in_spreads() -> None:
    for ema in (0.0, 0.9):
        made = trainer(bn_momentum=0.3, ema=ema)
        for _ in range(3):
            made.train_step()
        row = made.measure()
        drawing = made.g if made.average is None else made.average.module
        with torch.no_grad():
            evaluated = drawing.eval()(made.probe.z).double().numpy()
            train = drawing.train()(made.probe.z).double().numpy()
        expected = np.abs(train - evaluated).mean() / train.std(axis=0).mean()
        assert row["mode_gap"] == pytest.approx(expected, rel=1e-4)
    for norm in ("none", "layer"):
        assert trainer(norm_g=norm).measure()["mode_gap"] == 0


def test_dropout_does_not_blur_the_opinion() -> None:
    """The same networks with and without dropout are measured the same."""
    plain, dropping = trainer(), trainer(dropout_d=0.9)
    assert plain.measure() == dropping.measure()


def test_values_are_plain_numbers() -> None:
    made = trainer(penalty="r1", penalty_every=1)
    made.train_step()
    made.train_step()
    row = made.measure()
    assert all(type(value) is float for value in row.values())
    assert {
        "pixel_min", "pixel_max", "out_of_range", "saturated", "contrast", "diversity", "histogram_distance",
        "d_real", "d_fake", "d_accuracy", "loss_d", "loss_g", "grad_norm_g", "grad_norm_d", "update_ratio_g",
        "update_ratio_d", "mode_gap", "finite", "penalty",
    } <= set(row)  # fmt: skip
