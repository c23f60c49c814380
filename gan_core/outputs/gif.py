"""The pictures kept of a run, one after the other as a GIF."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from PIL import Image

from gan_core.messages.frame import Frame
from gan_core.outputs.provenance import versions
from gan_core.outputs.saved_pictures import SavedPicture, folder_name
from gan_core.pixels.picture_files import FormatLoss
from gan_core.pixels.range_map import Pixels
from gan_core.settings.experiment import Experiment

FRAME_MS = 400  # under three pictures a second, so that nothing flashes
LAST_MS = 2000  # the last one stays for a while


def saved_animation(frames: Sequence[Frame], e: Experiment, drawn: datetime) -> SavedPicture:
    """The frames of a run (at least one, in order) as an endless GIF, with the JSON of what it shows.

    Grey frames keep every pixel. A frame of colours gets the 256 that fit it best, and the JSON tells the `loss`, in
    levels of 0 to 255. The noise is that of `experiment` by its seed, so no latents are in it. The name holds the
    first and the last step.
    """
    pictures = [_decoded(frame) for frame in frames]
    told = {
        "steps": [frame.step for frame in frames],
        "frame_ms": FRAME_MS,
        "last_ms": LAST_MS,
        "experiment": e.model_dump(mode="json"),
        "experiment_hash": e.digest,
        "versions": versions(),
        "time": drawn.astimezone(UTC).isoformat(timespec="seconds"),
    }
    loss = _loss(pictures)
    if pictures[0].ndim == 3:
        told["loss"] = {"mean": round(loss.mean, 4), "greatest": loss.greatest}
    text = json.dumps(told)
    name = folder_name(e, 0).parent / f"steps-{frames[0].step:06d}-{frames[-1].step:06d}.gif"
    return SavedPicture(name, gif_bytes(pictures, text), text, loss)


def gif_bytes(pictures: Sequence[Pixels], text: str) -> bytes:
    """Pictures of one shape, (H, W) or (H, W, 3), as a GIF with `text` (ASCII) as its comment."""
    images = [_palette(picture) for picture in pictures]
    file = io.BytesIO()
    images[0].save(
        file, "GIF", save_all=True, append_images=images[1:], loop=0, comment=text.encode("ascii"),
        duration=[FRAME_MS] * (len(images) - 1) + [LAST_MS],
    )  # fmt: skip
    return file.getvalue()


def _decoded(frame: Frame) -> Pixels:
    return np.array(Image.open(io.BytesIO(frame.fake_png)))


def _palette(picture: Pixels) -> Image.Image:
    image = Image.fromarray(picture)
    if image.mode == "L":
        return image
    return image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def _loss(pictures: Sequence[Pixels]) -> FormatLoss:
    """Of each picture against what the palette made of it: the mean of the means, the greatest of all."""
    changes = [
        FormatLoss.between(picture, np.array(_palette(picture).convert("L" if picture.ndim == 2 else "RGB")))
        for picture in pictures
    ]
    return FormatLoss(sum(change.mean for change in changes) / len(changes), max(change.greatest for change in changes))
