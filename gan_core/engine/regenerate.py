"""Making a saved picture again from its latents and the run's weights, and comparing pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from gan_core.engine.checkpoint import load_generator
from gan_core.engine.device import precision, resolve
from gan_core.engine.measure import untouched
from gan_core.engine.trainer import Trainer
from gan_core.outputs.plane_picture import points_picture
from gan_core.outputs.provenance import Origin
from gan_core.outputs.saved_pictures import Difference, difference, read_saved
from gan_core.pixels import picture_files
from gan_core.pixels.picture_files import FORMATS
from gan_core.pixels.range_map import Pixels, channels_last, grid
from gan_core.pixels.tiles import tiles
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.points import POINT_SETS


class RegenerateError(ValueError):
    """The picture cannot be made again from these weights, or not compared; one sentence."""


@dataclass(frozen=True, eq=False)
class RemadePicture:
    """A picture made again, beside the saved one."""

    picture: Pixels  # (H, W) or (H, W, 3), as made now
    origin: Origin  # of the saved one
    difference: Difference  # between the two

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "same": self.difference.differ == 0,
            "greatest_difference": self.difference.greatest,
            "mean_difference": self.difference.mean,
            "differing_pixels": self.difference.differ,
            "first_difference": self.difference.first,
            "step": self.origin.step,
            "experiment_hash": self.origin.experiment_hash,
        }

    def png(self) -> bytes:
        """What was made, as a PNG that holds its origin like the saved one."""
        text = self.origin.model_copy(update={"loss": None}).json_text()
        return picture_files.encode(self.picture, "png", text)


def regenerate(saved: Path, checkpoint: Path) -> RemadePicture:
    """Make the picture `saved` (or the one beside that JSON) again from a checkpoint of its run at its step.

    Raises RegenerateError for a checkpoint of another step or experiment, and where there is no picture to compare
    with. Raises PictureError, OriginError or CheckpointError for a file that is damaged or no such file, DeviceError
    where this machine lacks the device.
    """
    origin, pixels = read_saved(saved)
    if pixels is None:
        endings = ", ".join(format.ending for format in FORMATS.values())
        raise RegenerateError(f"{saved.name} has no picture of its name beside it ({endings}) to compare with.")
    step, e, generator = load_generator(checkpoint)
    torch.set_num_threads(e.threads)
    picture = remade(origin, step, e, generator)
    if picture.shape != pixels.shape:
        raise RegenerateError(f"{saved.name} is {pixels.shape}, but its origin makes {picture.shape}: it was changed.")
    return RemadePicture(picture, origin, difference(pixels, picture, origin))


def remade_by(trainer: Trainer, origin: Origin) -> Pixels:
    """The picture of an origin, drawn by a trainer that stands at its step; changes nothing that training uses.
    Raises RegenerateError for another step or experiment."""
    return remade(origin, trainer.step, trainer.experiment, trainer.drawing)


@torch.no_grad()
def remade(origin: Origin, step: int, e: Experiment, generator: nn.Module) -> Pixels:
    """The picture, (H, W) or (H, W, 3), that `generator` draws of the latents; it is that of `step` of experiment `e`.
    Raises RegenerateError where the picture is of another step or experiment."""
    if origin.step != step:
        raise RegenerateError(
            f"The picture is of step {origin.step}, but the weights are of step {step}: train the same experiment with "
            f"--steps {origin.step} and use its checkpoint."
        )
    # How long the run was to go on changes no pixel of this step.
    if changed := diff(origin.settings.replace(steps=e.steps), e):
        name, (then, now) = next(iter(changed.items()))
        raise RegenerateError(
            f"The picture is of another experiment than the weights ({name} was {then}, here it is {now}): use the "
            "checkpoint of its own run."
        )
    device = resolve(e.device)
    z = torch.from_numpy(origin.batch_latents()).to(device)
    with untouched(generator), precision(e, device):
        generator.train(origin.batchnorm_mode == "train")
        values = generator(z).float().cpu().numpy()
    first, count = origin.batch.first, len(origin.latents)
    if e.dataset in POINT_SETS:
        return points_picture(values[first : first + count])
    images = tiles(values[first : first + count], origin.range_map)
    return channels_last(images)[0] if origin.grid is None else grid(images, origin.grid.columns)
