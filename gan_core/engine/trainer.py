"""Trainer: one GAN and its training loop, to be read from top to bottom.

A step is one round of the game: n_dis updates of the discriminator, then n_gen updates of the generator.
Every random number comes from one of the run's own generators, so that the same Experiment gives the same
bytes.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_core.data.images import Images
from gan_core.data.outliers import with_outliers
from gan_core.data.points import Points
from gan_core.engine import noise
from gan_core.engine.batches import Batches
from gan_core.engine.device import name, precision, resolve
from gan_core.engine.gradients import culprit, norm_of
from gan_core.engine.layers import multiply_by
from gan_core.engine.measure import MeasuredGAN, look
from gan_core.engine.measure_points import PointProbe, look_at_points
from gan_core.engine.mistakes import adversarial_loss
from gan_core.engine.mode_turnover import ModeTurnover, shares_of_modes
from gan_core.engine.network_parts import Dropout
from gan_core.engine.networks import build, memory_layout
from gan_core.engine.optimisers import AveragedGenerator, advance, optimiser_of, optimiser_settings
from gan_core.engine.penalties import clip, penalty_of
from gan_core.engine.probing import classes_of, modes_of, probe_of
from gan_core.engine.products import Library, library_for
from gan_core.engine.random_sources import AUGMENT, CHANCE, NOISE, ORDER, source
from gan_core.engine.training_data import images_of, load_data, shared_tensor
from gan_core.messages.frame import Classes
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.change import Change, changed, needing_new_run
from gan_core.settings.experiment import Experiment
from gan_core.settings.players import Players
from gan_core.settings.problems import Problem, SettingsError
from gan_core.settings.setting import Value


class NonFinite(ArithmeticError):
    """A number of the training became infinite or NaN: which `tensor`, in which `step`."""

    def __init__(self, tensor: str, step: int) -> None:
        self.tensor, self.step = tensor, step
        super().__init__(f"{tensor} became infinite or NaN in step {step}; training stopped there.")


class Trainer:
    """One GAN in training. `step` counts the steps done; `experiment` holds the settings as they are now.

    Its matrices are multiplied by `library`, or by the one that suits it here. Raises `DataError` where the data
    cannot be had and `DeviceError` where the device cannot.
    """

    def __init__(
        self, experiment: Experiment, data: Images | Points | None = None, library: Library | None = None
    ) -> None:
        e = self.experiment = experiment
        self.device = resolve(e.device)
        self.device_name = name(self.device)
        self.step = 0
        self.changes: tuple[Change, ...] = ()  # of live settings since the first step
        self.last: dict[str, float] = {}

        # Random numbers: a source for each purpose, so that drawing more of one leaves the others alone.
        order, augmenting = source(e.seed, ORDER), source(e.seed, AUGMENT)
        self.noise, self.chance = (source(e.seed, purpose, device=self.device) for purpose in (NOISE, CHANCE))

        # Real images, or points, which are numbers in [-1, 1] or near it as they are.
        self.data = data if data is not None else load_data(e)
        if isinstance(self.data, Points):
            self.range_map, values = RangeMap.of("[-1,1]"), shared_tensor(self.data.values)
        else:
            used = with_outliers(self.data, e.outliers, e.seed)
            self.range_map, values = RangeMap.of(e.data_range, used.pixels), shared_tensor(used.pixels)
        self.batches = Batches(values, e.batch_size, self.range_map, order, augmenting, self.device)

        # Networks, and the average of the generator that may draw the pictures.
        self.product_library = library or library_for(e)
        self.g, self.d = (
            network.to(self.device, memory_format=memory_layout(e))  # type: ignore[call-overload]
            for network in build(e)
        )
        for network in (self.g, self.d):
            multiply_by(self.product_library, network)
        self.average = AveragedGenerator(e, self.g) if e.ema else None
        self.dropouts = [module for module in self.d.modules() if isinstance(module, Dropout)]
        for dropout in self.dropouts:
            dropout.generator = self.chance

        # Where no layer of D mixes the images of a batch, real and generated ones may share one: an eighth
        # faster.
        self.d_judges_alone = e.norm_d != "batch" and not e.minibatch_std

        # Optimisers.
        self.g_parameters, self.d_parameters = list(self.g.parameters()), list(self.d.parameters())
        self.optimiser_g = optimiser_of(e, self.g_parameters, e.lr_g)
        self.optimiser_d = optimiser_of(e, self.d_parameters, e.lr_d)
        self._begin_mistake()

        # What every picture and measurement is taken of: the same noise and the same real images throughout.
        self.probe = probe_of(self.experiment, self.data, self.batches, self.range_map)
        self._looked: MeasuredGAN | None = None
        self.mode_turnover = ModeTurnover()
        self._follow_modes()

    @property
    def drawing(self) -> nn.Module:
        """What makes the pictures: the average of G's weights where there is one."""
        return self.g if self.average is None else self.average

    @property
    def images(self) -> Images:
        """The real images. Raises `DataError` where it trains on points."""
        return images_of(self.experiment, self.data)

    # ------------------------------------------------------------------------------------------ training

    def train_step(self, players: Players = "both") -> None:
        """One step; with players 'd' or 'g' only that network is updated. Raises `NonFinite`."""
        e = self.experiment
        n_dis = 0 if players == "g" else max(e.n_dis, players == "d")
        n_gen = 0 if players == "d" else max(e.n_gen, players == "g")
        self.step += 1
        self._looked = None
        self._measured = self.due()
        # A penalty that is not taken in each step is told as it was last.
        lazy = e.penalty_every > 1 and e.penalty not in ("none", "clip")
        self.last = {name: value for name, value in self.last.items() if name == "penalty" and lazy}
        if e.update == "simultaneous" and n_dis and n_gen:
            self._simultaneous(n_dis, n_gen)
        else:
            self._alternating(n_dis, n_gen)
        if self._measured:
            self._check_weights()
            self._follow_modes()

    def _alternating(self, n_dis: int, n_gen: int) -> None:
        """D first, then G against the D just updated."""
        fake = None
        for update in range(n_dis):
            # G has not moved when its own turn comes, so D's last images serve both: one forward less.
            shared = update == n_dis - 1 and n_gen > 0 and self.experiment.mistake != "other_noise_for_d"
            with torch.set_grad_enabled(shared), self._precision():
                fake = self.g(self._noise_for_d())
            loss = self._loss_d(self._real(), fake.detach())
            self._update(self.d, self.d_parameters, self.optimiser_d, loss, "d")
            fake = fake if shared else None
        for update in range(n_gen):
            if update > 0 or fake is None:
                with self._precision():
                    fake = self.g(self._noise())
            assert fake is not None
            self._update(self.g, self.g_parameters, self.optimiser_g, self._loss_g(fake), "g")

    def _simultaneous(self, n_dis: int, n_gen: int) -> None:
        """Both losses from the same weights and the same images, then both updates; updates beyond the first
        of each network alternate as usual."""
        with self._precision():
            fake = self.g(self._noise_for_d())
        loss_d = self._loss_d(self._real(), fake.detach())
        if self.experiment.mistake == "other_noise_for_d":
            with self._precision():
                fake = self.g(self._noise())
        loss_g = self._loss_g(fake)
        self._backward(self.d, self.d_parameters, loss_d, "d")
        self._backward(self.g, self.g_parameters, loss_g, "g")
        self._apply(self.d_parameters, self.optimiser_d, "d")
        self._apply(self.g_parameters, self.optimiser_g, "g")
        self._alternating(n_dis - 1, n_gen - 1)

    def _loss_d(self, real: Tensor, fake: Tensor) -> Tensor:
        """The discriminator's loss with its penalty; `last` gets both, apart."""
        e = self.experiment
        real, fake = self._seen(real), self._seen(fake)
        with self._precision():
            if self.d_judges_alone:
                real_logits, fake_logits = self.d(torch.cat([real, fake])).float().chunk(2)
            else:
                real_logits, fake_logits = self.d(real).float(), self.d(fake).float()
        loss = adversarial_loss(e.loss, e.mistake).discriminator(real_logits, fake_logits, e.label_smoothing)
        self._finite("loss_d", loss.item())
        if self.step % e.penalty_every:
            return loss
        penalty = penalty_of(e.penalty, self.d, real.float(), fake.float(), self.chance)
        if penalty is None:
            return loss
        self._finite("penalty", penalty.item())
        # Lazily, as often as it is left out (Karras 2020, appendix B).
        return loss + e.penalty_weight * e.penalty_every * penalty

    def _loss_g(self, fake: Tensor) -> Tensor:
        e = self.experiment
        if e.mistake == "detached_generator":
            fake = fake.detach()
        with self._precision():
            logits = self.d(self._seen(fake)).float()
        loss = adversarial_loss(e.loss, e.mistake).generator(logits)
        self._finite("loss_g", loss.item())
        return loss

    def _update(
        self, network: nn.Module, parameters: list[nn.Parameter], optimiser: Optimizer, loss: Tensor, player: str
    ) -> None:
        self._backward(network, parameters, loss, player)
        self._apply(parameters, optimiser, player)

    def _backward(self, network: nn.Module, parameters: list[nn.Parameter], loss: Tensor, player: str) -> None:
        """Gradients of the one network alone: the other is frozen, and none of its gradients are computed. There are
        two mistakes in which G's loss leaves gradients in D."""
        mistake, reached = self.experiment.mistake, parameters
        if player == "g" and mistake in ("no_zero_grad", "d_not_frozen"):
            reached = [*parameters, *self.d_parameters]
        if mistake != "no_zero_grad":
            for parameter in reached:
                parameter.grad = None
        loss.backward(inputs=reached)
        norm = norm_of([p.grad for p in parameters if p.grad is not None])
        if not np.isfinite(norm):
            raise NonFinite(culprit(network, player, gradients=True), self.step)
        self.last[f"grad_norm_{player}"] = norm

    def _apply(self, parameters: list[nn.Parameter], optimiser: Optimizer, player: str) -> None:
        e = self.experiment
        before = [parameter.detach().clone() for parameter in parameters] if self._measured else []
        advance(optimiser)
        if player == "d" and e.penalty == "clip":
            clip(parameters, e.penalty_weight)
        if player == "g" and self.optimiser_d_by_g is not None:
            advance(self.optimiser_d_by_g)
        if player == "g" and self.average is not None:
            self.average.follow()
        if before:
            moved = norm_of([now.detach() - then for now, then in zip(parameters, before, strict=True)])
            weight = norm_of(before)
            if weight > 0:
                self.last[f"update_ratio_{player}"] = moved / weight

    def _noise(self) -> Tensor:
        e = self.experiment
        return noise.draw(e.noise, e.noise_scale, e.batch_size, e.latent_dim, self.noise)

    def _noise_for_d(self) -> Tensor:
        """What G gets in D's step: the same, but for the mistake of writing rand there."""
        e = self.experiment
        if e.mistake != "other_noise_for_d":
            return self._noise()
        return torch.rand(e.batch_size, e.latent_dim, generator=self.noise, device=self.device) * e.noise_scale

    def _real(self) -> Tensor:
        return self.batches.next(() if isinstance(self.data, Points) else self.experiment.augment)

    def _seen(self, images: Tensor) -> Tensor:
        """What D sees of images: with instance noise (Arjovsky & Bottou 2017, section 3), or as they are."""
        deviation = self.experiment.instance_noise * (self.range_map.high - self.range_map.low) / 2
        if not deviation:
            return images
        return images + deviation * torch.randn(images.shape, generator=self.chance, device=self.device)

    def _precision(self) -> AbstractContextManager[object]:
        return precision(self.experiment, self.device)

    # ------------------------------------------------------------------------------------------ alarms

    def _finite(self, quantity: str, value: float) -> None:
        if not np.isfinite(value):
            raise NonFinite(quantity, self.step)
        self.last[quantity] = value

    def _check_weights(self) -> None:
        for network, parameters, player in ((self.d, self.d_parameters, "d"), (self.g, self.g_parameters, "g")):
            if not np.isfinite(norm_of([parameter.detach() for parameter in parameters])):
                raise NonFinite(culprit(network, player, gradients=False), self.step)

    # ------------------------------------------------------------------------------------------ looking

    def _follow_modes(self) -> None:
        """Note at each row which modes the points are at, whoever looks at it or not."""
        with self._precision():
            shares = shares_of_modes(self.experiment, self.drawing, self.probe, self.data)
        self.last |= self.mode_turnover.follow(self.experiment, self.step, shares)

    def due(self) -> bool:
        """Whether this step has a row of measurements: the first, every measure_every-th, the last."""
        e = self.experiment
        return self.step % e.measure_every == 0 or self.step == e.steps

    def look(self) -> MeasuredGAN:
        """Pictures and measurements of this step; changes nothing that training uses."""
        if self._looked is None:
            with self._precision():
                look_at = look_at_points if isinstance(self.probe, PointProbe) else look
                self._looked = look_at(self.experiment, self.g, self.d, self.average, self.probe, self.last)  # type: ignore[arg-type]
            if self.due():
                modes = modes_of(
                    self.experiment, self.drawing, self.data, self.device, self.range_map, self._precision()
                )
                self._looked.measurements.update(modes)
        return self._looked

    def classes(self) -> Classes | None:
        """The classes of the data whose shares are measured; None where there are none to tell apart."""
        return classes_of(self.data)

    def measure(self) -> dict[str, float]:
        """The measurements of this step, by name; those that have no meaning at it are missing."""
        return self.look().measurements

    # ------------------------------------------------------------------------------------------ settings

    def _begin_mistake(self) -> None:
        """What the mistake in the loop, if any, finds when it begins; without one D trains in train mode, and is moved
        by its own optimiser alone."""
        e = self.experiment
        self.d.train(e.mistake != "d_in_eval")
        # An optimiser over both networks moves each weight as one over G and one over D do.
        self.optimiser_d_by_g = optimiser_of(e, self.d_parameters, e.lr_g) if e.mistake == "d_not_frozen" else None
        if e.mistake == "no_zero_grad":
            for parameter in (*self.g_parameters, *self.d_parameters):
                parameter.grad = None

    def set(self, changes: dict[str, Value]) -> None:
        """Change live settings between two steps; raises `SettingsError` for others and for wrong values."""
        before = self.experiment
        fixed = needing_new_run(before, changes)
        if fixed:
            raise SettingsError(
                [Problem(field, changes[field], "cannot change while running; reset the run") for field in fixed]
            )
        e = self.experiment = before.replace(**changes)
        if self.step:
            self.changes = changed(self.changes, self.step, before, e)
        if e.mistake != before.mistake:
            self._begin_mistake()
        for optimiser, lr in (
            (self.optimiser_g, e.lr_g), (self.optimiser_d, e.lr_d), (self.optimiser_d_by_g, e.lr_g)
        ):  # fmt: skip
            for group in optimiser.param_groups if optimiser else ():
                group.update(optimiser_settings(e, lr))
        for dropout in self.dropouts:
            dropout.rate = e.dropout_d
        self.probe = probe_of(self.experiment, self.data, self.batches, self.range_map)
        self._looked = None
