"""One alternating step in the forms that tests/gpu_check.py compares with the loop of a tutorial.

All forms do the same work on the same experiment: an update of D, then one of G, R1 and the average of the generator
where the experiment has them. `AlternatingStep` draws its batches on the device, as the engine does. Unlike the
tutorial's loop and the engine it never asks for a loss as a number, so the processor need not wait for the device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from gan_core.data.images import Images
from gan_core.engine import noise
from gan_core.engine.batches import Batches
from gan_core.engine.losses import LOSSES
from gan_core.engine.networks import build, memory_layout
from gan_core.engine.random_sources import AUGMENT, NOISE, ORDER, source
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.experiment import Experiment

WARM_UP = 3  # steps before a capture, as PyTorch's documentation has it
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")  # of BatchNorm


def pictures(e: Experiment, count: int = 4096) -> Images:
    """Noise of the right size: what pictures show changes no time, and nothing has to be downloaded."""
    shape = (count, e.channels, e.image_size, e.image_size)
    return Images(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8), None, (), "noise")


# ---------------------------------------------------------------------------------------------- one step


@dataclass(frozen=True)
class Player:
    """One network, or several of a kind stacked, and what of it training changes."""

    forward: Callable[[Tensor], Tensor]
    parameters: list[Tensor]
    statistics: list[Tensor]  # of BatchNorm, without their counts


def alone(network: nn.Module) -> Player:
    """A network as it is."""
    statistics = [buffer for name, buffer in network.named_buffers() if _averaged(name)]
    return Player(network, list(network.parameters()), statistics)


def side_by_side(networks: Sequence[nn.Module]) -> Player:
    """Several networks of one shape as one, whose inputs, outputs and parameters have a first dimension more: the run.

    BatchNorm writes its running statistics in place, which vmap allows where they are stacked as well. Buffers that
    nothing changes are left to the first network, which all share.
    """
    parameters, buffers = stack_module_state(list(networks))
    written = {name: buffer for name, buffer in buffers.items() if name.rpartition(".")[2] in STATISTICS}

    def of_one(parameters: dict[str, Tensor], buffers: dict[str, Tensor], x: Tensor) -> Any:
        return functional_call(networks[0], (parameters, buffers), (x,))

    statistics = [buffer for name, buffer in written.items() if _averaged(name)]
    return Player(partial(vmap(of_one), parameters, written), list(parameters.values()), statistics)


def _averaged(name: str) -> bool:
    return name.rpartition(".")[2] in STATISTICS[:2]


class AlternatingStep:
    """The engine's step on buffers that stay where they are: `real` and `z`, which `fill` fills anew.

    With `runs` it is that of so many experiments at once, of one seed after the other. Their losses are summed, so
    that each one's gradients are its own. The gradients are taken through the vmapped networks, not vmapped
    themselves: the numbers are the same, and one forward of G serves both updates, as in the engine.
    """

    def __init__(
        self, e: Experiment, device: torch.device, runs: int | None = None, dtype: torch.dtype = torch.float32
    ) -> None:
        self.e, self.device, self.runs = e, device, runs or 1
        self.steps = 0
        pairs = [build(e.replace(seed=e.seed + run)) for run in range(self.runs)]
        players = []
        for networks in zip(*pairs, strict=True):
            moved = [network.to(device, dtype, memory_format=memory_layout(e)) for network in networks]
            players.append(alone(moved[0]) if runs is None else side_by_side(moved))
        self.g, self.d = players
        lead = () if runs is None else (runs,)
        self.real = torch.zeros(*lead, e.batch_size, e.channels, e.image_size, e.image_size, device=device, dtype=dtype)
        self.z = torch.zeros(*lead, e.batch_size, e.latent_dim, device=device, dtype=dtype)
        self.optimisers = tuple(
            torch.optim.Adam(
                player.parameters, lr, (e.beta1, e.beta2), fused=True, capturable=device.type == "cuda"
            )
            for player, lr in ((self.g, e.lr_g), (self.d, e.lr_d))
        )  # fmt: skip
        self.followed = [number.detach() for number in (*self.g.parameters, *self.g.statistics)] if e.ema else []
        self.averages = [number.clone() for number in self.followed]
        # What `compile` and `capture` put others in the place of.
        self.generate: Callable[[Tensor], Tensor] = self.g.forward
        self.loss_d: Callable[[Tensor, Tensor], Tensor] = self._loss_d
        self.loss_g: Callable[[Tensor], Tensor] = self._loss_g
        self.take: Callable[[bool], None] = self.step

    def step(self, penalised: bool) -> None:
        """One update of D by what is in the buffers, then one of G."""
        fake = self.generate(self.z)
        loss = self.loss_d(self.real, fake.detach())
        if penalised:
            loss = loss + self.penalty(self.real)
        self._update(self.d, self.optimisers[1], loss)
        self._update(self.g, self.optimisers[0], self.loss_g(fake))
        if self.averages:
            with torch.no_grad():
                torch._foreach_lerp_(self.averages, self.followed, 1 - self.e.ema)

    def _loss_d(self, real: Tensor, fake: Tensor) -> Tensor:
        if self.e.norm_d == "batch":  # which mixes the images of a batch
            of_real, of_fake = self.d.forward(real), self.d.forward(fake)
        else:
            of_real, of_fake = self.d.forward(torch.cat([real, fake], -4)).chunk(2, -2)
        return self.runs * LOSSES[self.e.loss].discriminator(of_real, of_fake, self.e.label_smoothing)

    def _loss_g(self, fake: Tensor) -> Tensor:
        return self.runs * LOSSES[self.e.loss].generator(self.d.forward(fake))

    def penalty(self, real: Tensor) -> Tensor:
        """R1 with its weight, as often as it is left out; see gan_core/engine/penalties.py."""
        real = real.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(self.d.forward(real).sum(), real, create_graph=True)
        squared = gradient.flatten(-3).square().sum(-1)
        return self.runs * self.e.penalty_weight * self.e.penalty_every * squared.mean() / 2

    def _update(self, player: Player, optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
        # Not torch.autograd.grad: the fused Adam expects a gradient laid out in memory as its parameter is, and only
        # backward sees to that.
        for parameter in player.parameters:
            parameter.grad = None
        loss.backward(inputs=player.parameters)
        optimiser.step()

    # ------------------------------------------------------------------------------------------ forms of it

    def compile(self, backend: str) -> None:
        """Have torch.compile fuse the forward and the losses, each with its gradient.

        The penalty stays as it is, since compiled functions cannot be differentiated twice; so does Adam, which is one
        kernel already.
        """
        self.generate, self.loss_d, self.loss_g = (
            torch.compile(part, backend=backend, dynamic=False) for part in (self.generate, self.loss_d, self.loss_g)
        )

    def capture(self) -> None:
        """Record the step as a CUDA graph, and that with the penalty as another; from now on `take` replays them."""
        kinds = (False, True) if self.e.penalty == "r1" else (False,)
        self.warm_up()
        graphs = {}
        for penalised in kinds:
            graphs[penalised] = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graphs[penalised]):
                self.step(penalised)
        self.take = lambda penalised: graphs[penalised].replay()

    def warm_up(self) -> None:
        """The steps before a capture, on a stream of their own as a capture needs it; on a CPU simply done."""
        beside = torch.cuda.Stream() if self.device.type == "cuda" else None
        if beside is not None:
            beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            for _ in range(WARM_UP):
                self.step(False)
                if self.e.penalty == "r1":
                    self.step(True)
        if beside is not None:
            torch.cuda.current_stream().wait_stream(beside)

    # ------------------------------------------------------------------------------------------ what it learns from

    def loop(self, images: Images) -> Iterator[None]:
        """Train without end; each item taken is one step of all runs."""
        e, device = self.e, self.device
        images_range = RangeMap.of(e.data_range, images.pixels)
        order, augmenting = source(e.seed, ORDER), source(e.seed, AUGMENT)
        count = e.batch_size * self.runs
        batches = Batches(torch.tensor(images.pixels), count, images_range, order, augmenting, device)
        draws = source(e.seed, NOISE, device=device)
        while True:
            self.fill(batches.next(), noise.draw(e.noise, e.noise_scale, count, e.latent_dim, draws))
            yield

    def fill(self, real: Tensor, z: Tensor) -> None:
        """The next step, by these images and this noise for all runs."""
        self.steps += 1
        self.real.copy_(real.view_as(self.real))
        self.z.copy_(z.view_as(self.z))
        self.take(self.e.penalty == "r1" and self.steps % self.e.penalty_every == 0)

    def drawn(self, *purpose: int) -> tuple[Tensor, Tensor]:
        """Some images within [-1, 1] and some noise for `fill`, the same on every device."""
        draws = source(self.e.seed, *purpose)
        real = torch.rand(self.real.shape, generator=draws) * 2 - 1
        return real, torch.randn(self.z.shape, generator=draws)


# ---------------------------------------------------------------------------------------------- do they agree?


def backend_for(device: torch.device) -> str:
    """What torch.compile makes of a step: kernels on a GPU; on a CPU they would take a C++ compiler and minutes."""
    return "inductor" if device.type == "cuda" else "aot_eager"


Form = Literal["side by side", "captured", "compiled"]


def farthest(e: Experiment, device: torch.device, form: Form, steps: int = 9) -> float:
    """How far a form's weights, statistics and averages are from those of the plain step, the greatest difference of
    all after some steps.

    In double precision: a bias before BatchNorm has no gradient but rounding, which Adam would make a whole update.
    """
    runs = 2 if form == "side by side" else None
    other = AlternatingStep(e, device, runs, torch.float64)
    plain = [AlternatingStep(e.replace(seed=e.seed + run), device, None, torch.float64) for run in range(runs or 1)]
    if form == "captured":
        plain[0].warm_up()
        other.capture()
    elif form == "compiled":
        other.compile(backend_for(device))
    for step in range(steps):
        real, z = other.drawn(step)
        other.fill(real, z)
        for single, own_real, own_z in zip(plain, _by_run(real, runs), _by_run(z, runs), strict=True):
            single.fill(own_real, own_z)
    farthest = 0.0
    for numbers, *own in zip(_state(other), *(_state(single) for single in plain), strict=True):
        for of_other, of_plain in zip(_by_run(numbers, runs), own, strict=True):
            farthest = max(farthest, (of_other - of_plain).abs().max().item())
    return farthest


def _by_run(tensor: Tensor, runs: int | None) -> Sequence[Tensor]:
    return [tensor] if runs is None else tensor.unbind()


def _state(step: AlternatingStep) -> list[Tensor]:
    players = (step.g, step.d)
    return [*(t.detach() for p in players for t in (*p.parameters, *p.statistics)), *step.averages]
