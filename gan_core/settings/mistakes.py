"""The common mistakes in a GAN's loop, each as a setting: what it is in words, and what it needs."""

from __future__ import annotations

NONE = "none"

# The mistake -> what the loop does, in one sentence.
MISTAKES = {
    NONE: "The loop is as it should be.",
    "detached_generator": "G's own step detaches the images too, so that no gradient reaches G.",
    "no_zero_grad": "No gradient is ever set to zero: each step adds its own, those of G's loss in D too.",
    "double_sigmoid": "A sigmoid is applied before a loss that applies one itself, as BCEWithLogitsLoss does.",
    "swapped_labels": "In D's step real images are labelled 0 and generated ones 1.",
    "fake_label_for_g": "In G's step the generated images are labelled 0: G learns to be recognised as fake.",
    "d_not_frozen": "G's optimiser holds D's weights too: each step of G also teaches D to call its images real.",
    "other_noise_for_d": "In D's step the noise is torch.rand, from 0 to 1; G trains on that of the setting Noise.",
    "d_in_eval": "D was put into eval mode and never back: it trains without dropout, and by stale statistics.",
    "batchnorm_before_tanh": "BatchNorm is the generator's last layer before its output activation.",
    "smoothing_sign": "The label of real images becomes 1 plus the smoothing, where minus was meant.",
}

# Whose updates a mistake is in: without any it is none.
IN_STEP_OF_D = frozenset({"swapped_labels", "other_noise_for_d", "d_in_eval", "smoothing_sign"})
IN_STEP_OF_G = frozenset({"detached_generator", "fake_label_for_g", "d_not_frozen"})
# The one that is built into a network, and so cannot come or go while a run trains.
BUILT_IN = "batchnorm_before_tanh"


def normalises_batches(norm_g: str, mistake: str) -> bool:
    """Whether a generator has BatchNorm, in its hidden layers or as its last one."""
    return norm_g == "batch" or mistake == BUILT_IN
