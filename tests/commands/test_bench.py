"""The benchmark runs, measures what it promises, and compares like with like. No time is asserted: a busy machine
proves nothing. `pytest -s` shows the table."""

from __future__ import annotations

import math
import sys
from types import ModuleType
from typing import Any

import pytest
import torch
from tiny import global_randomness_unchanged, state_of, tiny_images
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy

from gan_core.commands.plain_loop import ImageDataset, plain_loop, plain_networks
from gan_core.commands.recognisable import LOOK_EVERY, looked_at, recognisable_after
from gan_core.commands.speed import DEFAULT, DOCUMENT_MLP, SMALL_DCGAN, measure
from gan_core.engine.class_coverage import classifier_of
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment

PROMISED = [
    "default, batch 64: engine, float32",
    "default, batch 64: engine, bfloat16",
    "documents' MLP, batch 128: engine, float32",
    "documents' MLP, batch 128: engine, bfloat16",
    "DCGAN 32x32, batch 64: engine, float32",
    "DCGAN 32x32, batch 64: engine, bfloat16",
    "default MLP: with measurements and pictures",
    "default MLP: in the app's worker process",
]
BOTH = pytest.mark.parametrize("e", [DEFAULT, DOCUMENT_MLP, SMALL_DCGAN], ids=["default", "mlp", "dcgan"])


def test_every_promised_row_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    # A process that is spawned runs the main module first, which is a page where tests of pages went before.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    ratios = []
    for ratio in measure(rounds=1, seconds=0.2):
        print(ratio.line())
        ratios.append(ratio)
    assert [ratio.what for ratio in ratios] == PROMISED
    for ratio in ratios:
        for number in (ratio.speed, ratio.lowest, ratio.highest, ratio.steps_per_second):
            assert math.isfinite(number)
            assert number > 0
        assert ratio.lowest <= ratio.speed <= ratio.highest
        assert ratio.what in ratio.line()


def test_recognisable_is_found_at_the_step_where_it_is_and_only_then() -> None:
    """A trainer whose generator draws real digits from its third look on."""
    e = Experiment(steps=1_000_000, image_size=12, batch_size=8, measure_every=10_000, ema=0.0)
    made = Trainer(e)
    step, pixels = made.train_step, torch.tensor(made.images.probe(64).pixels)

    class Painter(nn.Module):
        def forward(self, z: Tensor) -> Tensor:
            return made.batches.encode(pixels)[torch.arange(len(z)) % len(pixels)]

    def stepping() -> None:
        step()
        if made.step == 3 * LOOK_EVERY:
            made.g = Painter()

    made.train_step = stepping  # type: ignore[method-assign,assignment]
    found = recognisable_after("digits", made, most_s=1000)
    assert found.steps == 3 * LOOK_EVERY
    assert found.seconds is not None and found.share > 0.9 and found.classes >= 8
    assert "after" in found.line()


def test_a_run_that_is_never_recognisable_ends_in_time() -> None:
    made = Trainer(Experiment(steps=1_000_000, image_size=12, n_gen=0, architecture="mlp", ema=0.0))
    found = recognisable_after("digits", made, most_s=0.01)
    assert found.seconds is None and found.share < 0.1 and found.steps == LOOK_EVERY
    assert "not in time" in found.line()


def test_looking_changes_nothing() -> None:
    made = Trainer(Experiment(image_size=12, architecture="mlp"))
    made.train_step()
    before, classifier = state_of(made), classifier_of(made.images)
    assert classifier is not None
    with global_randomness_unchanged():
        looked_at(made, classifier)
    assert state_of(made) == before


def in_our_order(e: Experiment, tensor: Tensor) -> Tensor:
    """Where maps are made from a vector and back, tutorials count map by map, the engine pixel by pixel."""
    maps, area = round(64 * e.width), (e.image_size // 4) ** 2
    for dim, size in enumerate(tensor.shape):
        if size == maps * area:
            return tensor.unflatten(dim, (maps, area)).transpose(dim, dim + 1).flatten(dim, dim + 1)
    return tensor


def both_networks(e: Experiment) -> tuple[Any, Trainer]:
    """A tutorial's networks and a trainer whose networks have the same weights."""
    made = Trainer(e.replace(device="cpu"), tiny_images(e.image_size, count=e.batch_size))
    plain = plain_networks(e)
    for mine, theirs in ((made.g, plain[0]), (made.d, plain[1])):
        with torch.no_grad():
            for ours, first in zip(mine.parameters(), theirs.parameters(), strict=True):
                assert ours.shape == first.shape
                ours.copy_(in_our_order(e, first))
    return plain, made


@pytest.mark.parametrize(
    "e",
    [DEFAULT, DEFAULT.replace(width=0.5), DEFAULT.replace(width=4.0), DOCUMENT_MLP, SMALL_DCGAN],
    ids=["default", "narrow", "wide", "mlp", "dcgan"],
)
def test_plain_networks_are_the_engines(e: Experiment) -> None:
    """The same images from the same noise, the same verdict on them: also where the engine goes faster ways."""
    (generator, discriminator), made = both_networks(e)
    z = torch.randn(e.batch_size, e.latent_dim, generator=torch.Generator().manual_seed(3))
    fake = made.g(z)
    torch.testing.assert_close(fake, generator(z), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(made.d(fake).sigmoid(), discriminator(fake), rtol=1e-4, atol=1e-5)


@BOTH
def test_first_losses_and_gradients_are_the_engines(e: Experiment) -> None:
    """In float64: in float32 a sum that is 0 but for rounding may fall to either side of a leaky ReLU's bend."""
    (generator, discriminator), made = both_networks(e)
    for network in (generator, discriminator, made.g, made.d):
        network.double()
    z, real = made._noise().double(), made._real().double()
    ones, zeros = (made(e.batch_size, 1, dtype=torch.float64) for made in (torch.ones, torch.zeros))

    fake = generator(z)
    loss_d = binary_cross_entropy(discriminator(real), ones)
    loss_d = loss_d + binary_cross_entropy(discriminator(fake.detach()), zeros)
    loss_g = binary_cross_entropy(discriminator(fake), ones)
    our_fake = made.g(z)
    made.step = 1  # whose loss has no lazy penalty
    our_loss_d, our_loss_g = made._loss_d(real, our_fake.detach()), made._loss_g(our_fake)

    for plain, ours, theirs, mine in (
        (loss_d, our_loss_d, discriminator, made.d_parameters),
        (loss_g, our_loss_g, generator, made.g_parameters),
    ):
        assert ours.item() == pytest.approx(plain.item(), rel=1e-6)
        gradients = torch.autograd.grad(plain, list(theirs.parameters()))
        for a, b in zip(torch.autograd.grad(ours, mine), gradients, strict=True):
            torch.testing.assert_close(a, in_our_order(e, b), rtol=1e-4, atol=1e-7)


@BOTH
def test_plain_loop_trains(e: Experiment) -> None:
    with global_randomness_unchanged():
        loop = plain_loop(e, tiny_images(e.image_size, count=e.batch_size))
        losses = [next(loop) for _ in range(4)]
    assert all(math.isfinite(loss) for pair in losses for loss in pair)
    assert len(set(losses)) == 4


@pytest.mark.parametrize("channels", [1, 3])
def test_plain_images_are_the_engines(channels: int) -> None:
    images = tiny_images(channels=channels)
    made = Trainer(Experiment(image_size=8, channels=channels, device="cpu"), images)
    plain = torch.stack([ImageDataset(images)[i][0] for i in range(len(images))])
    torch.testing.assert_close(plain, made.batches.encode(torch.tensor(images.pixels)))
