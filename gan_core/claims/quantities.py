"""What the measured figures are, in which unit: by how their names begin."""

from __future__ import annotations

from typing import NamedTuple


class Quantity(NamedTuple):
    """A kind of figure."""

    start: str  # of the names of such figures
    meaning: str  # what is measured, with its unit
    document: str = ""  # in whose claims the name has this meaning; empty for all


_LEVELS = "standard deviation within a picture, in levels of 255; below 10 it looks even"
_OF_REAL = "standard deviation within a picture, as a share of that in real ones (1: the same)"
_FAR = "Fréchet distance to the real images, in a classifier's features (0: none)"
_SLOPE = "derivative of the loss by D's logit on a generated image (0: nothing to learn from)"

# Of several that fit, the longest counts.
QUANTITIES = (
    Quantity("answers_from_one_half", "mean distance of D's probabilities from 0.5"),
    Quantity("averaged_by", "what the average comes to for a constant gradient of −2"),
    Quantity("byte_of", "byte, 0 to 255"),
    Quantity("bytes_", "size of the file, in bytes"),
    Quantity("called_real", "share of the images that D calls real"),
    Quantity("change_of_answer", "change of D's logit when the rest of the batch changes"),
    Quantity("changed_after", "number of values that change"),
    Quantity("classes", "number of digits, out of ten, that appear"),
    Quantity("colour_example", "mean distance of a pixel's red, green and blue, in levels of 255"),
    Quantity("contrast", _OF_REAL, "001"),
    Quantity("contrast", _LEVELS, "002"),
    Quantity("contrast_to_real", _OF_REAL),
    Quantity("correlation", "correlation of pixels that far apart (0: noise, 1: equal)"),
    Quantity("d_accuracy", "share of images that D gets right (0.5: guessing)"),
    Quantity("distance", _FAR),
    Quantity("diversity", "standard deviation across pictures, as a share of that of real ones"),
    Quantity("from_equilibrium", "distance from the equilibrium of the game x · y"),
    Quantity("game_from_equilibrium", "distance from the equilibrium of the game x · y after 1,000 steps"),
    Quantity("grad_norm_g", "norm of the generator's gradient"),
    Quantity("gradient_before_cast", "mean absolute gradient without the cast"),
    Quantity("greatest_error_levels", "greatest error of a pixel, in levels of 255"),
    Quantity("greatest_in_stds", "greatest weight, in standard deviations"),
    Quantity("greatest_weight", "greatest absolute weight"),
    Quantity("height", "height, in pixels"),
    Quantity("its_weights_from", "greatest difference of a weight"),
    Quantity("latents_exact", "1 if the latents read back exactly, 0 if not"),
    Quantity("level_of_zero", "level of 255 that a value of 0 becomes"),
    Quantity("levels_", "number of the 256 levels"),
    Quantity("log10_distance", "common logarithm of the energy distance to the data"),
    Quantity("losses_off_balance", "mean distance of both losses from those of a guessing D, added up"),
    Quantity("mean_change", "mean change of a pixel, in levels of 255"),
    Quantity("mean_error", "mean error of a pixel, in levels of 255"),
    Quantity("mean_level", "mean brightness, in levels of 255 (127.5: mid-grey)"),
    Quantity("mistakes_of_this_project", "number of known mistakes at this stage"),
    Quantity("mode_gap", "mean distance of pictures in train and in eval mode, as a share of their diversity"),
    Quantity("one_outran_the_other", "share of the seeds at which one network outran the other"),
    Quantity("penalty_of", "gradient penalty"),
    Quantity("png_bytes_over_jpeg_bytes", "size of the PNG ÷ size of the JPEG"),
    Quantity("right_penalty", "gradient penalty that would be right"),
    Quantity("room_for_crop", "pixels left over by the crop (negative: it does not fit)"),
    Quantity("running_mean", "running mean after one batch"),
    Quantity("share_", "share, 0 to 1"),
    Quantity("sigmoid_", "share, 0 to 1"),
    Quantity("tanh_", "share, 0 to 1"),
    Quantity("slope", _SLOPE),
    Quantity("std_", "standard deviation of the weights or values"),
    Quantity("stopped", "share of the seeds at which the discriminator stopped the generator"),
    Quantity("sum_of_slopes", "sum of both losses' derivatives (0: one gains what the other loses)"),
    Quantity("weights_changed", "greatest difference of a weight"),
    Quantity("width", "width, in pixels"),
)


def meaning(claim_id: str, name: str) -> str:
    """What a claim's figure is, with its unit; empty where its name says it all, as of an exception or a count."""
    document = claim_id.partition("-")[0]
    fitting = [one for one in QUANTITIES if name.startswith(one.start) and one.document in ("", document)]
    return max(fitting, key=lambda one: len(one.start)).meaning if fitting else ""
