"""The losses of a GAN whose loop has one of the common mistakes; settings/mistakes.py says which there are.

Those that are in no loss are in trainer.py: which noise D's step draws, what of G's images is detached, which gradients
are cleared, and whose weights an optimiser moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from torch import Tensor
from torch.nn.functional import softplus

from gan_core.engine.losses import LOSSES, AdversarialLoss

# G's loss with the label of generated images, 0, in place of 1; of losses without labels, with the sign of the fakes.
_FAKE_LABEL: dict[str, Callable[[Tensor], Tensor]] = {
    "non_saturating": lambda fake: softplus(fake).mean(),
    "minimax": lambda fake: softplus(fake).mean(),
    "wasserstein": lambda fake: fake.mean(),
    "hinge": lambda fake: fake.mean(),
    "least_squares": lambda fake: 0.5 * fake.square().mean(),
}


@cache
def adversarial_loss(loss: str, mistake: str) -> AdversarialLoss:
    """Both losses of a GAN as its loop computes them; those of LOSSES where no mistake is in them."""
    right = LOSSES[loss]
    if mistake == "swapped_labels":
        return replace(right, discriminator=lambda real, fake, smoothing: right.discriminator(fake, real, smoothing))
    if mistake == "smoothing_sign":
        return replace(right, discriminator=lambda real, fake, smoothing: right.discriminator(real, fake, -smoothing))
    if mistake == "fake_label_for_g":
        return replace(right, generator=_FAKE_LABEL[loss])
    if mistake == "double_sigmoid":
        return replace(
            right,
            discriminator=lambda real, fake, smoothing: right.discriminator(real.sigmoid(), fake.sigmoid(), smoothing),
            generator=lambda fake: right.generator(fake.sigmoid()),
        )
    return right
