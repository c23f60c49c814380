"""What people bring (arrays, tensors, pictures, training logs), diagnosed: numpy and Pillow only, no torch."""

from gan_core.uploads.examine import examine, examine_path
from gan_core.uploads.reference_set import AGAINST
from gan_core.uploads.report import Mended, Report, Seems

__all__ = ["AGAINST", "Mended", "Report", "Seems", "examine", "examine_path"]
