"""The mistakes in a loop: each step of the engine against a loop written out in plain autograd with the same bug."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny import state_of, tiny_images, trained, trainer
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from gan_core.engine.checkpoint import load_checkpoint, save_checkpoint
from gan_core.engine.mistakes import adversarial_loss
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.mistakes import BUILT_IN, MISTAKES, NONE
from gan_core.settings.problems import SettingsError

# What a mistake needs to be one.
NEEDS: dict[str, dict[str, Any]] = {
    "d_in_eval": {"norm_d": "batch", "dropout_d": 0.3},
    "smoothing_sign": {"label_smoothing": 0.2},
}
ALL = [mistake for mistake in MISTAKES if mistake != NONE]
AT_ONCE = [mistake for mistake in ALL if mistake != BUILT_IN]


def settings(mistake: str) -> dict[str, Any]:
    return {"penalty": "none", "lr_g": 1e-3, "lr_d": 2e-3, **NEEDS.get(mistake, {})}


def test_every_mistake_of_the_table_is_told() -> None:
    assert SETTINGS["mistake"].choices == tuple(MISTAKES)
    assert SETTINGS["mistake"].choices[0] == SETTINGS["mistake"].default == NONE


class PlainLoop:
    """A loop as people write it, on copies of a trainer's networks and from its own random numbers."""

    def __init__(self, of: Trainer, mistake: str) -> None:
        self.of, self.mistake = of, mistake
        self.g, self.d = deepcopy(of.g), deepcopy(of.d)
        moved = [*self.g.parameters()]
        if mistake == "d_not_frozen":
            moved += [*self.d.parameters()]
        self.optimiser_g = torch.optim.SGD(moved, 0.05)
        self.optimiser_d = torch.optim.SGD(self.d.parameters(), 0.1)
        if mistake == "d_in_eval":
            self.d.eval()
        # Copies of what the trainer will draw from, so that both see the same images and the same noise.
        self.noise = torch.Generator()
        self.noise.set_state(of.noise.get_state())
        self.batches = deepcopy(of.batches)

    def z(self) -> Tensor:
        return torch.randn(8, 4, generator=self.noise)

    def step(self) -> tuple[float, float]:
        mistake = self.mistake
        real = self.batches.next()
        fake = self.g(torch.rand(8, 4, generator=self.noise) if mistake == "other_noise_for_d" else self.z())
        if mistake != "no_zero_grad":
            self.optimiser_d.zero_grad()
        for_real = 1 + 0.2 if mistake == "smoothing_sign" else 1.0
        for_fake = 0.0
        if mistake == "swapped_labels":
            for_real, for_fake = for_fake, for_real
        loss_d = self.loss(self.d(real), for_real) + self.loss(self.d(fake.detach()), for_fake)
        loss_d.backward()
        self.optimiser_d.step()
        if mistake == "other_noise_for_d":
            fake = self.g(self.z())
        if mistake != "no_zero_grad":
            self.optimiser_g.zero_grad()
        answers = self.d(fake.detach() if mistake == "detached_generator" else fake)
        loss_g = self.loss(answers, 0.0 if mistake == "fake_label_for_g" else 1.0)
        loss_g.backward()
        self.optimiser_g.step()
        return loss_d.item(), loss_g.item()

    def loss(self, logits: Tensor, label: float) -> Tensor:
        if self.mistake == "double_sigmoid":
            logits = logits.sigmoid()
        return bce(logits, torch.full_like(logits, label))


@pytest.mark.parametrize("mistake", [NONE, *ALL])
def test_a_step_is_that_of_a_plain_loop_with_the_same_bug(mistake: str) -> None:
    # Plain descent: Adam makes whole steps of the rounding of a gradient that is 0, as of a bias before BatchNorm.
    made = trainer(mistake=mistake, ema=0.0, **settings(mistake) | {"optimiser": "sgd", "lr_g": 0.05, "lr_d": 0.1})
    plain = PlainLoop(made, mistake)
    for _ in range(5):
        made.train_step()
        assert plain.step() == pytest.approx((made.last["loss_d"], made.last["loss_g"]), rel=1e-4)
    for ours, theirs in ((made.g, plain.g), (made.d, plain.d)):
        for (name, one), other in zip(ours.state_dict().items(), theirs.state_dict().values(), strict=True):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6, msg=lambda text, name=name: f"{name}: {text}")


@pytest.mark.parametrize("mistake", ALL)
def test_it_makes_a_difference(mistake: str) -> None:
    needed = settings(mistake)
    with_it, without = trained(3, mistake=mistake, **needed), trained(3, **needed)
    assert state_of(with_it) != state_of(without)
    assert with_it.measure()["finite"] == 1


@pytest.mark.parametrize("mistake", ALL)
def test_resumed_equals_uninterrupted(mistake: str, tmp_path: Path) -> None:
    made = trained(3, mistake=mistake, **settings(mistake))
    save_checkpoint(made, tmp_path / "run.safetensors")
    again = load_checkpoint(tmp_path / "run.safetensors", tiny_images())
    for one in (made, again):
        one.train_step()
        one.train_step()
    assert state_of(again) == state_of(made)


@pytest.mark.parametrize("mistake", AT_ONCE)
def test_it_comes_and_goes_while_running(mistake: str) -> None:
    needed = settings(mistake)
    made, base = trained(2, **needed), trained(2, **needed)
    made.set({"mistake": mistake})
    for one in (made, base):  # the first gradients that are not cleared are those of the first step
        one.train_step()
        one.train_step()
    assert state_of(made) != state_of(base)
    made.set({"mistake": NONE})
    made.train_step()
    assert made.d.training
    assert made.optimiser_d_by_g is None
    assert made.last["grad_norm_g"] > 0


def test_a_layer_neither_comes_nor_goes_while_running() -> None:
    for before, after in ((NONE, BUILT_IN), (BUILT_IN, NONE), (BUILT_IN, "swapped_labels")):
        made = trainer(mistake=before)
        with pytest.raises(SettingsError, match="cannot change while running"):
            made.set({"mistake": after})
        assert made.experiment.mistake == before
        made.set({"mistake": before})


def test_the_detached_generator_never_moves() -> None:
    made = trainer(mistake="detached_generator")
    before = [p.detach().clone() for p in made.g_parameters]
    for _ in range(3):
        made.train_step()
    assert all(torch.equal(p, then) for p, then in zip(made.g_parameters, before, strict=True))
    assert made.last["grad_norm_g"] == 0


@pytest.mark.parametrize("loss", SETTINGS["loss"].choices)
def test_the_wrong_label_turns_every_loss(loss: str) -> None:
    """G's gradient then points where D's own does on its images: towards being recognised."""
    answers = torch.tensor([[-1.0], [0.3], [2.0]])
    slopes = []
    for mistake in (NONE, "fake_label_for_g"):
        logits = answers.clone().requires_grad_()
        adversarial_loss(loss, mistake).generator(logits).backward()
        slopes.append(logits.grad)
    ours = answers.clone().requires_grad_()
    adversarial_loss(loss, NONE).discriminator(torch.zeros(3, 1), ours, 0.0).backward()
    right, wrong = slopes
    assert right is not None and wrong is not None and ours.grad is not None
    inside = answers > -1  # hinge has no slope below
    if loss != "least_squares":  # whose targets are not one beyond the other
        assert (right < 0).all() and (wrong > 0).all()
    else:
        torch.testing.assert_close(wrong, ours.grad)
    assert ((wrong * ours.grad)[inside] > 0).all()


@pytest.mark.parametrize("loss", SETTINGS["loss"].choices)
def test_exchanged_labels_exchange_the_images(loss: str) -> None:
    real, fake = torch.tensor([[0.4], [1.5]]), torch.tensor([[-0.7], [0.1]])
    swapped = adversarial_loss(loss, "swapped_labels").discriminator(real, fake, 0.1)
    assert swapped.item() == pytest.approx(adversarial_loss(loss, NONE).discriminator(fake, real, 0.1).item())


def test_the_penalty_is_of_the_logits_still() -> None:
    """The second sigmoid is in the loss alone."""
    made = trained(1, mistake="double_sigmoid", penalty="r1", penalty_every=1)
    base = trained(1, penalty="r1", penalty_every=1)
    assert made.last["penalty"] == base.last["penalty"]


def test_batch_norm_in_the_last_layer_evens_each_batch() -> None:
    for architecture in ("mlp", "mlp-plain", "dcgan", "dcgan-light"):
        made = trainer(architecture=architecture, mistake=BUILT_IN, output_activation="linear")
        fake = made.g(made.probe.z).detach()
        assert fake.mean().item() == pytest.approx(0, abs=1e-4)
        assert fake.std().item() == pytest.approx(1, abs=0.05)


def test_points_have_them_too() -> None:
    for mistake in ALL:
        if mistake in NEEDS:
            continue
        made = Trainer(Experiment(dataset="ring", mistake=mistake, steps=4, batch_size=16, device="cpu"))
        for _ in range(2):
            made.train_step()
        assert made.measure()["finite"] == 1
