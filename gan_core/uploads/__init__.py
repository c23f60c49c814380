"""What people bring (arrays, tensors, pictures, training logs), diagnosed: numpy and Pillow only, no torch."""

from gan_core.uploads.examine import examine, examine_path, examine_paths, examine_several, own_set, own_set_at
from gan_core.uploads.log_columns import MEANINGS
from gan_core.uploads.reference_set import AGAINST, Own
from gan_core.uploads.report import Mended, NotJudged, Report, Seems, SeenWeights
from gan_core.uploads.training_log import NoColumnError
from gan_core.uploads.weight_measures import TensorChange

__all__ = [
    "AGAINST", "MEANINGS", "Mended", "NoColumnError", "NotJudged", "Own", "Report", "Seems", "SeenWeights",
    "TensorChange", "examine", "examine_path", "examine_paths", "examine_several", "own_set", "own_set_at",
]  # fmt: skip
