"""batchnorm-mismatch: the running statistics used for sampling are not those of the batches."""

from __future__ import annotations

from collections.abc import Iterator

from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import of_failure
from gan_core.diagnosis.remedies import Change
from gan_core.settings.experiment import Experiment


def _detector(e: Experiment) -> Detector | None:
    if e.norm_g != "batch" or e.sample_mode != "eval":
        return None
    # The running statistics of a fresh network need tens of steps even at PyTorch's own momentum.
    # A convolutional one is more restless: healthy ones reached 0.5, fully connected ones 0.32.
    gap = 0.55 if "dcgan" in e.architecture else 0.45
    return Detector((Condition("mode_gap", ">", gap, calm=gap - 0.12),), after=100)


def _remedies(e: Experiment) -> Iterator[Change]:
    if not 0.05 <= e.bn_momentum <= 0.5:
        yield {"bn_momentum": 0.1}
    yield {"sample_mode": "train"}


FAILURE = Failure(
    name="batchnorm-mismatch",
    rank=45,
    place=120,
    title="BatchNorm: eval mode differs",
    looks="Washed-out tiles, although training goes well.",
    reason="In eval mode, BatchNorm uses running averages instead of the batch's own statistics. If those lag behind, "
    "the pictures come from a different generator than the one that was trained.",
    formula=r"\hat\mu \leftarrow (1 - m)\,\hat\mu + m\,\mu_{\text{batch}}",
    tell="`mode_gap`: how far apart train-mode and eval-mode pictures of the same noise are.",
    reported="CycleGAN and pix2pix #1329, #555 and #285; FastGAN #4. Keras defines momentum the other way round.",
    claims=("002-03", "004-18", "004-17"),
    why="BatchNorm's running statistics, used for sampling, differ from those of the batches.",
    spoils=False,
    detector=_detector,
    remedies=_remedies,
    recipe=of_failure(
        "batchnorm-mismatch",
        "Running statistics lag: washed-out pictures",
        shared={"sample_mode": "eval", "steps": 300},
        broken={"bn_momentum": 0.0001},
        fixed={"bn_momentum": 0.1},
    ),
)
