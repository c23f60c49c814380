"""The training loop against a plain one written out here, and its alarms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from tiny import state_of, tiny, tiny_images, trained, trainer
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from gan_core.engine import noise
from gan_core.engine.trainer import NonFinite, Trainer


class PlainLoop:
    """What the Trainer should do, done plainly: two generator forwards, two discriminator forwards, detach,
    zero_grad, torch's optimisers without fusing."""

    def __init__(self, start: Trainer) -> None:
        self.e, self.g, self.d = start.experiment, start.g, start.d
        self.batches, self.source = start.batches, start.noise
        self.optimiser_g = self.optimiser(self.g, self.e.lr_g)
        self.optimiser_d = self.optimiser(self.d, self.e.lr_d)

    def optimiser(self, network: torch.nn.Module, lr: float) -> torch.optim.Optimizer:
        plainly: dict[str, Any] = {"lr": lr, "fused": False, "foreach": False}
        if self.e.optimiser == "adam":
            return torch.optim.Adam(network.parameters(), betas=(self.e.beta1, self.e.beta2), **plainly)
        return torch.optim.SGD(network.parameters(), momentum=self.e.beta1, **plainly)

    def noise(self) -> Tensor:
        e = self.e
        return noise.draw(e.noise, e.noise_scale, e.batch_size, e.latent_dim, self.source)

    def loss_d(self, z: Tensor) -> Tensor:
        real, fake = self.d(self.batches.next()), self.d(self.g(z).detach())
        return binary_cross_entropy_with_logits(real, torch.ones_like(real)) + binary_cross_entropy_with_logits(
            fake, torch.zeros_like(fake)
        )

    def loss_g(self, z: Tensor) -> Tensor:
        logits = self.d(self.g(z))
        return binary_cross_entropy_with_logits(logits, torch.ones_like(logits))

    def update(self, optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    def alternating(self, n_dis: int, n_gen: int) -> None:
        z = None
        for _ in range(n_dis):
            z = self.noise()
            self.update(self.optimiser_d, self.loss_d(z))
        for update in range(n_gen):
            if update or z is None:
                z = self.noise()
            self.update(self.optimiser_g, self.loss_g(z))

    def simultaneous(self, n_dis: int, n_gen: int) -> None:
        z = self.noise()
        gradients_d = torch.autograd.grad(self.loss_d(z), list(self.d.parameters()))
        gradients_g = torch.autograd.grad(self.loss_g(z), list(self.g.parameters()))
        for network, gradients in ((self.d, gradients_d), (self.g, gradients_g)):
            for parameter, gradient in zip(network.parameters(), gradients, strict=True):
                parameter.grad = gradient
        self.optimiser_d.step()
        self.optimiser_g.step()
        self.alternating(n_dis - 1, n_gen - 1)


@pytest.mark.parametrize(
    "networks",
    [
        # Adam divides by the gradient's size, so a bias before BatchNorm, whose gradient is 0 but for
        # rounding, would be moved by the rounding.
        {"architecture": "mlp", "norm_g": "none"},
        {"architecture": "mlp", "norm_g": "none", "beta1": 0.5},
        {"architecture": "mlp-plain", "norm_g": "none"},
        {"architecture": "dcgan", "norm_g": "none"},
        {"architecture": "mlp", "optimiser": "sgd", "lr_g": 0.1, "lr_d": 0.1},
        {"architecture": "dcgan", "optimiser": "sgd", "lr_g": 0.1, "lr_d": 0.1, "norm_d": "batch"},
    ],
)
@pytest.mark.parametrize("update", ["alternating", "simultaneous"])
@pytest.mark.parametrize(("n_dis", "n_gen"), [(1, 1), (2, 1), (3, 2), (1, 2), (0, 1), (1, 0)])
def test_equals_a_plain_loop(networks: dict[str, Any], update: str, n_dis: int, n_gen: int) -> None:
    settings = {
        **networks, "update": update, "n_dis": n_dis, "n_gen": n_gen, "hidden_activation": "tanh", "penalty": "none",
    }  # fmt: skip
    ours, plain = trainer(**settings), PlainLoop(trainer(**settings))
    for _ in range(4):
        ours.train_step()
        if update == "simultaneous" and n_dis and n_gen:
            plain.simultaneous(n_dis, n_gen)
        else:
            plain.alternating(n_dis, n_gen)
    for name in ("g", "d"):
        mine, theirs = getattr(ours, name), getattr(plain, name)
        for (label, a), b in zip(mine.named_parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-3, atol=2e-5, msg=f"{name}.{label}")


def test_alternating_and_simultaneous_differ_only_in_whom_g_answers() -> None:
    """After one step D is the same under both; G is not, since it answered to another D."""
    one, other = (trained(1, update=update, lr_d=0.1) for update in ("alternating", "simultaneous"))
    for a, b in zip(one.d_parameters, other.d_parameters, strict=True):
        torch.testing.assert_close(a, b)
    assert any(not torch.equal(a, b) for a, b in zip(one.g_parameters, other.g_parameters, strict=True))


def test_losses_norms_and_ratios_are_those_of_the_step() -> None:
    made = trainer(measure_every=1, norm_g="none", n_gen=0)
    twin = PlainLoop(trainer(measure_every=1, norm_g="none", n_gen=0))
    before = [p.detach().clone() for p in made.d_parameters]
    expected = twin.loss_d(twin.noise()).item()
    made.train_step()
    row = made.measure()
    assert row["loss_d"] == pytest.approx(expected, rel=1e-5)
    assert "loss_g" not in row
    assert "grad_norm_g" not in row
    gradients = torch.cat([p.grad.flatten() for p in made.d_parameters if p.grad is not None])
    assert row["grad_norm_d"] == pytest.approx(gradients.norm().item(), rel=1e-5)
    moved = torch.cat([(now - then).flatten() for now, then in zip(made.d_parameters, before, strict=True)])
    whole = torch.cat([then.flatten() for then in before]).norm()
    assert row["update_ratio_d"] == pytest.approx((moved.norm() / whole).item(), rel=1e-5)


def test_penalty_has_its_weight() -> None:
    """SGD without momentum moves by lr times gradient: of the loss alone at weight 0, and linear in it."""

    def after(weight: float) -> Tensor:
        made = trained(
            1,
            penalty="r1",
            penalty_weight=weight,
            penalty_every=1,
            optimiser="sgd",
            beta1=0.0,
            lr_d=1.0,
            n_gen=0,
            norm_g="none",
        )
        return torch.cat([p.detach().flatten() for p in made.d_parameters]).double()

    none, one, three = after(0.0), after(1.0), after(3.0)
    assert (one - none).norm() > 1e-4
    torch.testing.assert_close(three - none, 3 * (one - none), rtol=1e-2, atol=1e-5)


def test_a_lazy_penalty_counts_as_often_as_it_is_left_out() -> None:
    """In the step that takes it, D moves as with a weight so many times as large; in the others as without it."""
    plain = {"optimiser": "sgd", "beta1": 0.0, "lr_d": 1.0, "n_gen": 0, "norm_g": "none"}

    def moves(**settings: object) -> list[Tensor]:
        made = trainer(**plain, **settings)
        moved = []
        for _ in range(3):
            before = torch.cat([p.detach().flatten() for p in made.d_parameters])
            made.train_step()
            moved.append(torch.cat([p.detach().flatten() for p in made.d_parameters]) - before)
        return moved

    without, lazy = moves(penalty="none"), moves(penalty="r1", penalty_weight=0.5, penalty_every=3)
    assert torch.equal(lazy[0], without[0]) and torch.equal(lazy[1], without[1])
    made = trainer(**plain, penalty="none")
    for _ in range(2):
        made.train_step()
    made.set({"penalty": "r1", "penalty_weight": 1.5, "penalty_every": 1})
    before = torch.cat([p.detach().flatten() for p in made.d_parameters])
    made.train_step()
    now = torch.cat([p.detach().flatten() for p in made.d_parameters])
    torch.testing.assert_close(lazy[2], now - before, rtol=1e-5, atol=1e-7)
    assert not torch.allclose(lazy[2], without[2], rtol=1e-3)


def test_a_lazy_penalty_is_told_as_it_was_last() -> None:
    made = trainer(penalty="r1", penalty_every=2, measure_every=1)
    told = []
    for _ in range(5):
        made.train_step()
        told.append(made.measure().get("penalty"))
    assert told[0] is None and told[1] == told[2] and told[3] == told[4] and told[1] != told[3]
    made.set({"penalty": "none"})
    made.train_step()
    assert "penalty" not in made.measure()


def test_an_average_that_begins_short_grows_to_its_length() -> None:
    made = trainer(ema=0.5, ema_warm_up=True)
    average: Tensor | None = None
    for step in range(12):
        made.train_step()
        now = made.g_parameters[0].detach().clone()
        decay = min(0.5, (1 + step) / (10 + step))
        average = now if average is None else decay * average + (1 - decay) * now
    assert made.average is not None and average is not None
    torch.testing.assert_close(next(made.average.module.parameters()).detach(), average, rtol=1e-5, atol=1e-6)


def test_clip_holds_all_of_d_and_nothing_of_g() -> None:
    made = trained(3, penalty="clip")
    assert max(p.abs().max().item() for p in made.d_parameters) <= 0.01 * 1.0001
    assert max(p.abs().max().item() for p in made.g_parameters) > 0.1


def test_average_is_the_exponential_mean_of_the_weights() -> None:
    made = trainer(ema=0.75, ema_warm_up=False, norm_g="batch")
    average: dict[str, Tensor] = {}
    for _ in range(5):
        made.train_step()
        now = {name: t.detach().clone() for name, t in made.g.state_dict().items() if t.is_floating_point()}
        average = {name: 0.75 * average[name] + 0.25 * t if average else t for name, t in now.items()}
    assert made.average is not None
    kept = made.average.module.state_dict()
    for name, expected in average.items():
        torch.testing.assert_close(kept[name], expected, rtol=1e-5, atol=1e-6)
    # And it is the average that draws the pictures.
    z = made.probe.z
    torch.testing.assert_close(made.look().fake, made.average.module.train()(z).detach())


def test_instance_noise_is_in_half_data_ranges() -> None:
    for data_range, deviation in (("[-1,1]", 0.5), ("raw", 0.5 * 127.5)):
        made = trainer(instance_noise=0.5, data_range=data_range)
        seen = made._seen(torch.zeros(200, 1, 8, 8))
        assert seen.std().item() == pytest.approx(deviation, rel=0.05)
        assert seen.mean().item() == pytest.approx(0, abs=0.05 * deviation)


def test_bfloat16_is_close_to_float32() -> None:
    row, exact = (trained(1, precision=p, measure_every=1).measure() for p in ("bfloat16", "float32"))
    assert row["loss_d"] == pytest.approx(exact["loss_d"], rel=0.02)
    assert row["loss_d"] != exact["loss_d"]
    weights = {p.dtype for p in trained(1, precision="bfloat16").g_parameters}
    assert weights == {torch.float32}


@pytest.mark.parametrize("architecture", ["mlp", "mlp-plain", "dcgan-light", "dcgan"])
@pytest.mark.parametrize("player", ["d", "g"])
def test_the_other_player_stays_frozen(player: str, architecture: str) -> None:
    made = trainer(architecture=architecture, n_dis=2, n_gen=2)
    frozen, moving = (made.g_parameters, made.d_parameters) if player == "d" else (made.d_parameters, made.g_parameters)
    before = [[p.detach().clone() for p in parameters] for parameters in (frozen, moving)]
    made.train_step(player)  # type: ignore[arg-type]
    assert all(p.grad is None for p in frozen)
    assert all(torch.equal(p, then) for p, then in zip(frozen, before[0], strict=True))
    assert any(not torch.equal(p, then) for p, then in zip(moving, before[1], strict=True))
    assert made.step == 1
    assert f"loss_{'g' if player == 'd' else 'd'}" not in made.last


def test_asking_for_one_player_moves_it_even_where_the_settings_rest_it() -> None:
    made = trainer(n_dis=0)
    before = [p.detach().clone() for p in made.d_parameters]
    made.train_step("d")
    assert any(not torch.equal(p, then) for p, then in zip(made.d_parameters, before, strict=True))


def test_its_own_images() -> None:
    """Outliers get into training, never into what real images are shown as."""
    images = tiny_images()
    made = Trainer(tiny(outliers=0.5), images)
    assert not np.array_equal(made.batches.pixels.numpy(), images.pixels)
    clean = Trainer(tiny(), images)
    assert torch.equal(made.probe.real, clean.probe.real)


# ------------------------------------------------------------------------------------------------ alarms


def test_explosion_is_raised_with_tensor_and_step() -> None:
    made = trainer(
        optimiser="sgd",
        lr_g=1.0,
        lr_d=1.0,
        data_range="raw",
        output_activation="linear",
        loss="least_squares",
    )
    with pytest.raises(NonFinite) as caught:  # noqa: PT012 - in which step is for the Trainer to say
        for _ in range(50):
            made.train_step()
    assert caught.value.step == made.step > 0
    assert caught.value.tensor in str(caught.value)
    assert f"step {made.step}" in str(caught.value)


@pytest.mark.parametrize(("owner", "quantity"), [("d", "loss_d"), ("g", "loss_d")])
@pytest.mark.parametrize("ema", [0.0, 0.995])
def test_planted_nan_is_found_in_the_same_step(owner: str, quantity: str, ema: float) -> None:
    made = trained(1, ema=ema)
    with torch.no_grad():
        getattr(made, f"{owner}_parameters")[-1].fill_(float("nan"))
    with pytest.raises(NonFinite) as caught:
        made.train_step()
    assert (caught.value.tensor, caught.value.step) == (quantity, 2)
    # The average, which draws the pictures, has not taken in what broke G.
    assert made.measure()["finite"] == float(owner == "g" and ema > 0)


def test_infinite_gradient_is_named_and_not_applied() -> None:
    made = trained(1)
    (name, parameter), *_ = list(made.d.named_parameters())
    parameter.register_hook(lambda gradient: gradient * float("inf"))
    before = state_of(made)
    with pytest.raises(NonFinite) as caught:
        made.train_step()
    assert caught.value.tensor == f"discriminator.{name}.grad"
    after = state_of(made)
    assert all(after[key] == before[key] for key in before if key.startswith("d."))


def test_weights_are_checked_at_every_measurement() -> None:
    made = trained(1, measure_every=2)
    made.optimiser_g.state[made.g_parameters[0]]["exp_avg"].fill_(float("nan"))
    with pytest.raises(NonFinite) as caught:
        made.train_step()
    assert caught.value.tensor == f"generator.{next(iter(made.g.named_parameters()))[0]}"


@pytest.mark.parametrize("dataset", ["digits", "fashion-mnist", "mnist"])
def test_every_data_set_trains(dataset: str, request: pytest.FixtureRequest) -> None:
    if dataset != "digits":
        request.getfixturevalue("stored_data")
    made = Trainer(tiny(dataset=dataset))
    made.train_step()
    assert made.images.pixels.shape[1:] == (1, 8, 8)
    assert made.measure()["finite"] == 1
    # Real pictures, not a blank: some ink, and not the same everywhere.
    assert made.probe.real.std() > 0.2
    assert made.probe.real.std(dim=0).max() > 0.2
