"""noise: neighbouring pixels have nothing to do with each other."""

from __future__ import annotations

from gan_core.diagnosis.conditions import OUT_OF_BALANCE, nothing_seen
from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import of_failure
from gan_core.diagnosis.remedies import NEEDED, usual_lr, usual_values
from gan_core.settings.experiment import Experiment


def _detector(e: Experiment) -> Detector | None:
    if e.architecture == "mlp":
        return None  # A sketch that is enlarged has no such grain.
    # All begin with static, whatever the images, and at a lower rate leave it later; see `patience`.
    half_way = round(NEEDED[e.architecture] / 2 * max(1.0, (usual_lr(e) / e.lr_g) ** 0.5))
    return Detector((Condition("neighbours", "<", 0.5, calm=0.65), *nothing_seen(e)), lasting=200, after=half_way)


FAILURE = Failure(
    name="noise",
    rank=99,
    place=55,
    title="Noise",
    looks="Static: each pixel is light or dark independently, and no shape emerges.",
    reason="A generator that draws each pixel separately has to learn that neighbours belong together. It never does "
    "if updates are wild, as with Adam's usual memory of past gradients (beta 1 of 0.9), or too small.",
    formula=r"\rho = 1 - \frac{\mathbb{E}\,(x_i - x_{i+1})^2}{2\,\mathrm{Var}\,x} \approx 0",
    tell="`neighbours`, how alike adjacent pixels are compared with real pictures, is below one half, and hardly "
    "anything is recognised.",
    reported="Common in first attempts with a fully connected GAN; tutorials on MNIST.",
    why="Neighbouring pixels are unrelated: the generator has not learned that they belong together.",
    detector=_detector,
    explained_by=OUT_OF_BALANCE | {"blank-grey", "exploding", "no-gradient-to-g", "out-of-range", "wrong-labels"},
    remedies=usual_values,
    recipe=of_failure(
        "noise",
        "Long memory of gradients: static",
        shared={"architecture": "mlp-plain", "steps": 700},
        broken={"beta1": 0.9},
        fixed={"beta1": 0.5},
    ),
)
