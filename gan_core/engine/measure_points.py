"""From networks on points to measurements, and to what is shown of the plane. Looking never touches: see measure.py."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gan_core.data.points import Points
from gan_core.engine import point_distances
from gan_core.engine.losses import LOSSES
from gan_core.engine.measure import MeasuredGAN, opinion_of, sampled, untouched
from gan_core.engine.mistakes import adversarial_loss
from gan_core.engine.network_parts import Dropout
from gan_core.messages.plane import SIDE, Plane
from gan_core.outputs.plane_picture import in_plane
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import LIMIT

LENGTH = 0.25  # of the longest arrow
FOLDS = 21  # lines of the folded noise in each direction
ALONG = 101  # places along a line of noise


@dataclass(frozen=True)
class PointProbe:
    """What every look is taken of."""

    COUNT: ClassVar[int] = 400
    MANY: ClassVar[int] = 2500  # for the modes (PacGAN's number)
    SOME: ClassVar[int] = 512  # for distances whose time grows with the square of their number
    FEW: ClassVar[int] = 256  # for the exact assignment, whose time grows with its cube
    z: Tensor  # (COUNT, latent_dim)
    real: Tensor  # (COUNT, 2), or (COUNT, 1) of the Dirac-GAN


@torch.no_grad()
def look_at_points(
    e: Experiment, g: nn.Module, d: nn.Module, average: nn.Module | None, probe: PointProbe, last: dict[str, float]
) -> MeasuredGAN:
    """Take a look at generator `g` (its running `average` where there is one) and discriminator `d`; what D says and
    what the last step computed (`last`) are measured as of images, see measure.py.

    - `diversity`: the standard deviation of the points, as a ratio to the real ones'
    - `theta`, `psi`: the two numbers of the Dirac-GAN
    """
    generator = g if average is None else average
    with untouched(generator, d):
        made = sampled(generator, probe.z, e.sample_mode)
        _ask_whole(e, d)
        judged = PointProbe.COUNT - PointProbe.COUNT % max(e.pack, 1)
        real_logits, fake_logits = d(probe.real[:judged]).float(), d(made[:judged]).float()
    values = {
        **_numbers(g, d),
        **opinion_of(e, real_logits, fake_logits),
        **last,
        "finite": float(all(bool(torch.isfinite(x).all()) for x in (made, real_logits, fake_logits))),
    }
    real_spread, spread_now = (points.double().std(dim=0, correction=0).mean().item() for points in (probe.real, made))
    if real_spread > 0:
        values["diversity"] = spread_now / real_spread
    return MeasuredGAN(made, {name: value for name, value in values.items() if math.isfinite(value)})


@torch.no_grad()
def spread(e: Experiment, generator: nn.Module, z: Tensor, data: Points) -> dict[str, float]:
    """How the points of noise `z` (MANY, latent_dim) lie beside the data's: modes where the data have any, distances,
    precision and recall. Nothing of numbers (Dirac), nor of points that are not finite."""
    with untouched(generator):
        made = sampled(generator, z, e.sample_mode).cpu()
    if data.dimensions < 2 or not torch.isfinite(made).all():
        return {}
    found: dict[str, float] = {}
    if len(data.centres):
        modes = point_distances.modes(made, torch.tensor(data.centres), data.mode_std)
        found = {
            "modes_covered": float(modes.covered),
            "high_quality": modes.high_quality,
            "reverse_kl": modes.reverse_kl,
        }
    made, real = made[: PointProbe.SOME], torch.tensor(data.probe(PointProbe.SOME))
    precision, recall = point_distances.precision_and_recall(real, made)
    return {
        **found,
        "energy_distance": point_distances.energy_distance(made, real),
        "sliced_wasserstein": point_distances.sliced_wasserstein(made, real),
        "wasserstein_2": point_distances.wasserstein_2(made[: PointProbe.FEW], real[: PointProbe.FEW]),
        "precision": precision,
        "recall": recall,
    }


@torch.no_grad()
def plane_of(e: Experiment, generator: nn.Module, d: nn.Module, made: Tensor) -> Plane:
    """What is shown of the plane: D's answers over it, the points `made` (N, 2), and a grid of noise as the generator
    folds it. An arrow from each point shows where the generator's loss moves it; the longest is LENGTH long."""
    with untouched(generator, d):
        _ask_whole(e, d)
        return Plane(
            answers=_answers(e, d, made.device),
            points=in_plane(_array(made)),
            arrows=in_plane(_array(_arrows(e, d, made))),
            folded=_folded(e, generator, made.device),
        )


def _ask_whole(e: Experiment, d: nn.Module) -> None:
    """Have D ready for its whole opinion."""
    d.train(e.mistake != "d_in_eval")
    for module in d.modules():
        if isinstance(module, Dropout):
            module.eval()


def _answers(e: Experiment, d: nn.Module, device: torch.device) -> NDArray[np.float32]:
    """(SIDE, SIDE): the probability of "real", or the logit where the loss has none; packs of the same point."""
    along = torch.linspace(-LIMIT, LIMIT, SIDE, device=device)
    if e.dataset == "dirac":
        logits = d(along[:, None]).float().flatten().expand(SIDE, SIDE)
    else:
        places = torch.cartesian_prod(along, along).flip(1)  # row by row, from below
        logits = d(places.repeat_interleave(max(e.pack, 1), dim=0)).float().reshape(SIDE, SIDE)
    answers = logits.sigmoid() if LOSSES[e.loss].probability else logits
    return np.nan_to_num(_array(answers), posinf=1e6, neginf=-1e6).clip(-1e6, 1e6)


def _arrows(e: Experiment, d: nn.Module, made: Tensor) -> Tensor:
    """Where each point would move to."""
    if e.mistake == "detached_generator":
        return made.clone()
    pack = max(e.pack, 1)
    used = made[: len(made) // pack * pack].detach().clone().requires_grad_(True)
    with torch.enable_grad():
        loss = adversarial_loss(e.loss, e.mistake).generator(d(used).float())
        (gradient,) = torch.autograd.grad(loss, used)
    length = gradient.norm(dim=1).max()
    moved = made.clone()
    if torch.isfinite(length) and length > 0:
        moved[: len(used)] -= LENGTH * gradient / length
    return moved


def _folded(e: Experiment, generator: nn.Module, device: torch.device) -> NDArray[np.float32]:
    """(FOLDS, FOLDS, 2), the first two random numbers varied and all others 0; (1, ALONG, 2) of a single one."""
    if e.dataset == "dirac" or e.noise == "constant":
        return np.zeros((0, 0, 2), np.float32)
    reach = e.noise_scale * (1.0 if e.noise in ("uniform", "bernoulli") else 2.0)
    if e.latent_dim == 1:
        z = torch.linspace(-reach, reach, ALONG, device=device)[:, None]
        return _array(sampled(generator, z, "eval")).reshape(1, ALONG, 2)
    side = torch.linspace(-reach, reach, FOLDS, device=device)
    z = torch.zeros(FOLDS * FOLDS, e.latent_dim, device=device)
    z[:, :2] = torch.cartesian_prod(side, side)
    return _array(sampled(generator, z, "eval")).reshape(FOLDS, FOLDS, 2)


def _array(values: Tensor) -> NDArray[np.float32]:
    return values.detach().float().cpu().numpy()


def _numbers(g: nn.Module, d: nn.Module) -> dict[str, float]:
    """The two numbers of a Dirac-GAN; nothing of other networks."""
    theta, psi = getattr(g, "theta", None), getattr(d, "psi", None)
    return {"theta": theta.item(), "psi": psi.item()} if theta is not None and psi is not None else {}
