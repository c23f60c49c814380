"""The adversarial losses, each a pair of functions on logits.

Logits, because sigmoid followed by a logarithm loses its gradient: torch's BCELoss gives a gradient of 0 for
a confidently judged image (logit -90), where these give exactly 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import relu, softplus

from gan_core.settings.loss_balance import BALANCE


@dataclass(frozen=True)
class AdversarialLoss:
    """Both losses of a GAN, each a scalar tensor: the mean over the batch."""

    discriminator: Callable[[Tensor, Tensor, float], Tensor]  # of (real_logits, fake_logits, smoothing)
    generator: Callable[[Tensor], Tensor]  # of fake_logits
    balance: tuple[float, float]  # (loss_d, loss_g) where D cannot tell real from generated
    threshold: float | None  # the logit above which D says "real"; None for a critic, which has no such point
    probability: bool  # whether sigmoid(logit) is D's probability of "real"


def _cross_entropy_d(real: Tensor, fake: Tensor, smoothing: float) -> Tensor:
    """-log D(x) - log(1 - D(G(z))); a real image's target is 1 - smoothing (Salimans 2016, section 3.4)."""
    return (softplus(-real) + smoothing * real).mean() + softplus(fake).mean()


def _non_saturating_g(fake: Tensor) -> Tensor:
    """-log D(G(z)) (Goodfellow 2014, section 3, last paragraph)."""
    return softplus(-fake).mean()


def _minimax_g(fake: Tensor) -> Tensor:
    """log(1 - D(G(z))) (Goodfellow 2014, equation 1): its gradient vanishes where D is sure."""
    return -softplus(fake).mean()


def _wasserstein_d(real: Tensor, fake: Tensor, _smoothing: float) -> Tensor:
    """Arjovsky 2017, algorithm 1."""
    return fake.mean() - real.mean()


def _negative_mean_g(fake: Tensor) -> Tensor:
    return -fake.mean()


def _hinge_d(real: Tensor, fake: Tensor, _smoothing: float) -> Tensor:
    """Miyato 2018, equation 16."""
    return relu(1 - real).mean() + relu(1 + fake).mean()


def _least_squares_d(real: Tensor, fake: Tensor, smoothing: float) -> Tensor:
    """Mao 2017, equation 9 (targets 0 and 1)."""
    return 0.5 * ((real - (1 - smoothing)).square().mean() + fake.square().mean())


def _least_squares_g(fake: Tensor) -> Tensor:
    return 0.5 * (fake - 1).square().mean()


LOSSES: dict[str, AdversarialLoss] = {
    "non_saturating": AdversarialLoss(_cross_entropy_d, _non_saturating_g, BALANCE["non_saturating"], 0.0, True),
    "minimax": AdversarialLoss(_cross_entropy_d, _minimax_g, BALANCE["minimax"], 0.0, True),
    "wasserstein": AdversarialLoss(_wasserstein_d, _negative_mean_g, BALANCE["wasserstein"], None, False),
    "hinge": AdversarialLoss(_hinge_d, _negative_mean_g, BALANCE["hinge"], 0.0, False),
    "least_squares": AdversarialLoss(_least_squares_d, _least_squares_g, BALANCE["least_squares"], 0.5, False),
}
