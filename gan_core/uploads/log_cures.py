"""What mends a failure that a log shows, by what the log proves: never a loss or a rate that is in use already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from gan_core.diagnosis.row import Row

# Losses at which frameworks stop: -ln of the least probability that they let through -> whose it is. The loss is flat
# there, and its gradient 0.
_CLIPS = {16.118: "Keras' 1e-7", 15.942: "1e-7 in single precision", 27.631: "1e-12", 100.0: "PyTorch's BCELoss"}
# The rates that are proposed where none is known, and what is a short step.
_RATE, _SHORT = 1e-3, 2e-4


@dataclass(frozen=True)
class Cure:
    """What mends it."""

    fix: dict[str, Any] = field(default_factory=dict)  # settings
    code: str = ""
    why: str = ""  # a sentence that goes on from the failure's own


@dataclass(frozen=True)
class Known:
    """What a log proves of the loop that wrote it."""

    non_saturating: bool  # G's loss is not log(1 - D(G(z))): where D is sure it is large, beyond 2
    penalty: bool  # a penalty is in use
    clip: str  # whose bound G's loss stands at, "" for none
    lr_d: float | None


def known(rows: Sequence[Row], rates: Mapping[str, float]) -> Known:
    """What the last quarter of a log proves, and its learning rates."""
    late = rows[-max(3, len(rows) // 4) :]
    losses = [row.measurements["loss_g"] for row in late if "loss_g" in row.measurements]
    middle = median(losses) if losses else 0.0
    clip = next((whose for bound, whose in _CLIPS.items() if abs(middle - bound) < 2e-3 * bound), "")
    penalty = any("penalty" in row.measurements for row in rows)
    return Known(middle > 2.0, penalty, clip, rates.get("lr_d"))


def cure(failure: str, of: Known) -> Cure:
    """The cure of a failure in a loop of which that is known."""
    match failure:
        case "discriminator-too-strong":
            return _too_strong(of)
        case "discriminator-too-weak" | "exploding":
            return _rate_of_d(failure, of)
        case _:
            return _CURES.get(failure, Cure())


def _too_strong(of: Known) -> Cure:
    if not of.non_saturating:
        return Cure(
            {"loss": "non_saturating"},
            "from torch.nn.functional import softplus\n\n"
            "# A loss whose gradient stays when D is sure, in place of log(1 - D):\n"
            "def loss_g(logits_fake):\n"
            "    return softplus(-logits_fake).mean()",
        )
    if of.clip:
        return Cure(
            {"lr_d": _less(of)},
            "from torch.nn.functional import softplus\n\n"
            "# Take the sigmoid off D's end, start anew, and compute both losses on logits, which nothing clips:\n"
            "def loss_d(logits_real, logits_fake):\n"
            "    return softplus(-logits_real).mean() + softplus(logits_fake).mean()\n\n"
            "def loss_g(logits_fake):\n"
            "    return softplus(-logits_fake).mean()",
            f"G's loss stands at the bound of {of.clip}, where it is flat: its gradient is exactly 0, so this "
            f"run cannot "
            "come back.",
        )
    if of.penalty:
        return Cure({"lr_d": _less(of)}, _optimiser(_less(of)), "A penalty alone does not hold it back here.")
    return Cure(
        {"penalty": "r1", "penalty_weight": 10.0},
        "import torch\n\n"
        "# G's loss is a right one already. Start anew and hold D back: add this to its loss.\n"
        "def r1(discriminator, real, weight=10.0):\n"
        "    real = real.detach().requires_grad_(True)\n"
        "    (gradient,) = torch.autograd.grad(discriminator(real).sum(), real, create_graph=True)\n"
        "    return weight / 2 * gradient.flatten(1).pow(2).sum(1).mean()",
    )


def _rate_of_d(failure: str, of: Known) -> Cure:
    if failure == "exploding":
        rate = _RATE if of.lr_d is None else _less(of)
        return Cure({"lr_d": rate}, f"# Shorter steps for the discriminator:\n{_optimiser(rate)}")
    if of.lr_d is not None and of.lr_d >= _RATE:
        return Cure({"n_dis": 2}, "# Its steps are long already: give D two updates for each of G.\nn_dis = 2")
    return Cure({"lr_d": _RATE}, f"# Longer steps for the discriminator:\n{_optimiser(_RATE)}")


def _less(of: Known) -> float:
    return _SHORT if of.lr_d is None else min(of.lr_d / 4, _SHORT)


def _optimiser(rate: float) -> str:
    return (
        "from torch.optim import Adam\n\n"
        "def optimiser_d(discriminator):\n"
        f"    return Adam(discriminator.parameters(), lr={rate:g}, betas=(0.5, 0.999))"
    )


_CURES = {
    "non-finite": Cure(
        {"lr_d": 1e-3, "lr_g": 1e-3},
        "from torch.nn.functional import softplus\n\n"
        "# Find the first broken number, and train on logits: no log of a probability of 0.\n"
        "def loss_d(logits_real, logits_fake):\n"
        "    return softplus(-logits_real).mean() + softplus(logits_fake).mean()",
    ),
    "out-of-range": Cure({"output_activation": "tanh"}),
    "identical-samples": Cure({"noise_scale": 1.0}),
    "mode-collapse": Cure({"beta1": 0.5}),
    "double-sigmoid": Cure(
        code="from torch.nn.functional import binary_cross_entropy_with_logits as bce\n\n"
        "# Take the sigmoid off D's end, and keep this loss; or keep the sigmoid, with BCELoss.\n"
        "def loss_d(logits_real, logits_fake):\n"
        "    return bce(logits_real, logits_real * 0 + 1) + bce(logits_fake, logits_fake * 0)"
    ),
    "wrong-labels": Cure(
        code="from torch.nn.functional import binary_cross_entropy_with_logits as bce\n\n"
        "# D: real 1, generated 0. G: its images with the label of real ones, 1.\n"
        "def loss_d(logits_real, logits_fake):\n"
        "    return bce(logits_real, logits_real * 0 + 1) + bce(logits_fake, logits_fake * 0)\n\n"
        "def loss_g(logits_fake):\n"
        "    return bce(logits_fake, logits_fake * 0 + 1)"
    ),
    "constant-discriminator": Cure(
        code="# Before the loop: does D learn at all? Both must be True after one update.\n"
        "def learns(discriminator, optimiser_d, loss):\n"
        "    before = [p.detach().clone() for p in discriminator.parameters()]\n"
        "    optimiser_d.zero_grad()\n"
        "    loss.backward()\n"
        "    reached = any(p.grad is not None and bool(p.grad.any()) for p in discriminator.parameters())\n"
        "    optimiser_d.step()\n"
        "    return reached, any(bool((a != b).any()) for a, b in zip(before, discriminator.parameters()))\n"
        "# If they are: start D anew, without a sigmoid at its end, on inputs in [-1, 1]."
    ),
    "no-gradient-to-g": Cure(
        code="# G's step: no detach, no no_grad, and an optimiser that holds G's weights.\n"
        "def step_g(generator, discriminator, optimiser_g, loss_g, z):\n"
        "    optimiser_g.zero_grad()\n"
        "    loss_g(discriminator(generator(z))).backward()\n"
        "    assert any(p.grad is not None and bool(p.grad.any()) for p in generator.parameters())\n"
        "    optimiser_g.step()"
    ),
    "accumulated-gradients": Cure(
        code="# Before each backward, of D and of G:\n"
        "def step(optimiser, loss):\n"
        "    optimiser.zero_grad()\n"
        "    loss.backward()\n"
        "    optimiser.step()"
    ),
    "penalty-not-acting": Cure(
        code="import torch\n\n"
        "# Of images that require a gradient, with create_graph, and added to D's loss before its backward:\n"
        "def penalty(discriminator, real, fake, weight=10.0):\n"
        "    share = torch.rand(len(real), *[1] * (real.dim() - 1), device=real.device)\n"
        "    between = (share * real + (1 - share) * fake).detach().requires_grad_(True)\n"
        "    (gradient,) = torch.autograd.grad(discriminator(between).sum(), between, create_graph=True)\n"
        "    return weight * (gradient.flatten(1).norm(dim=1) - 1).pow(2).mean()"
    ),
}
