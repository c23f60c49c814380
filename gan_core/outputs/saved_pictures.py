"""Saving generated images: their files, each with the JSON of its origin beside it and inside it, named and whole."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from gan_core.files.atomic_write import write_together
from gan_core.files.bounds import FILE_BYTES
from gan_core.messages.samples import GeneratedSamples
from gan_core.outputs import provenance
from gan_core.outputs.plane_picture import points_picture
from gan_core.outputs.provenance import FormatChange, Origin, OriginError
from gan_core.pixels import picture_files
from gan_core.pixels.picture_files import FORMATS, NO_LOSS, FormatLoss, PictureError
from gan_core.pixels.range_map import Pixels, channels_last, grid
from gan_core.pixels.tiles import COLUMNS, ROWS, tiles
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import POINT_SETS


@dataclass(frozen=True)
class SavedPicture:
    """One picture as files."""

    name: PurePosixPath  # of the picture's file
    picture: bytes
    text: str  # JSON, to stand beside it under the same name with .json
    loss: FormatLoss = NO_LOSS  # what the format changed

    def files(self) -> dict[PurePosixPath, bytes]:
        """Both files, by name."""
        return {self.name: self.picture, self.name.with_suffix(".json"): self.text.encode()}


def folder_name(e: Experiment, step: int) -> PurePosixPath:
    """Where the pictures of a step belong: run-<hash of the experiment>/step-000500; names sort by step."""
    return PurePosixPath(f"run-{e.digest}", f"step-{step:06d}")


def saved_singles(samples: GeneratedSamples, format: str, drawn: datetime | None) -> list[SavedPicture]:
    """Each of a whole batch of samples as a picture of its own, sample-00 to sample-63, in the folder of its step.

    `drawn` is the time that the JSON tells; without one, the same samples always give the same bytes.
    """
    folder = folder_name(samples.experiment, samples.step)
    if samples.experiment.dataset in POINT_SETS:
        made = [points_picture(samples.values[number : number + 1]) for number in range(len(samples.values))]
    else:
        made = list(channels_last(tiles(samples.values, samples.range_map)))
    return [
        _saved(folder / f"sample-{number:02d}", picture, provenance.origin_of(samples, number, 1, None, drawn), format)
        for number, picture in enumerate(made)
    ]


def saved_grid(
    samples: GeneratedSamples, format: str, drawn: datetime | None, name: PurePosixPath | None = None
) -> SavedPicture:
    """The first of a whole batch of samples as the page shows them: one picture of ROWS times COLUMNS images, or of as
    many points.

    `name` (without ending) is that of the file, `grid` in the folder of its step unless given.
    """
    count = ROWS * COLUMNS
    if samples.experiment.dataset in POINT_SETS:
        picture = points_picture(samples.values[:count])
    else:
        picture = grid(tiles(samples.values[:count], samples.range_map), COLUMNS)
    name = name or folder_name(samples.experiment, samples.step) / "grid"
    return _saved(name, picture, provenance.origin_of(samples, 0, count, COLUMNS, drawn), format)


def write(pictures: Iterable[SavedPicture], folder: Path) -> None:
    """Write pictures below a folder, all of them or, where that fails, none. Raises NotWritten."""
    write_together({folder / name: content for picture in pictures for name, content in picture.files().items()})


def zipped(pictures: Iterable[SavedPicture], others: Mapping[PurePosixPath, bytes]) -> bytes:
    """The pictures' files, and others by their names, as a zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in others.items():
            archive.writestr(str(name), content)
        for picture in pictures:
            for name, content in picture.files().items():
                archive.writestr(str(name), content)
    return file.getvalue()


def read_saved(path: Path) -> tuple[Origin, Pixels | None]:
    """What a saved picture tells of its origin, and its pixels, (H, W) or (H, W, 3).

    `path` is the picture, whose JSON is then taken from inside it, or the JSON beside it; the pixels are None where
    there is no picture beside that. Raises PictureError or OriginError in one sentence.
    """
    content = _content(path)
    if path.suffix != ".json":
        return read_bytes(content, path.name)
    found = provenance.parse(content, path.name)
    for format in FORMATS.values():
        picture = path.with_suffix(format.ending)
        if picture.exists():
            return found, picture_files.read(_content(picture), picture.name, _is_grey(found))[0]
    return found, None


def read_bytes(content: bytes, name: str) -> tuple[Origin, Pixels]:
    """The same of a picture's file in memory, called `name` in the sentence of an error."""
    pixels, text = picture_files.read(content, name)
    if not text:
        raise OriginError(f"{name} has no JSON inside that says where it comes from: give the JSON beside it.")
    found = provenance.parse(text, name)
    return found, pixels[..., 0] if _is_grey(found) and pixels.ndim == 3 else pixels


@dataclass(frozen=True)
class Difference:
    """Between a saved picture and the same made again."""

    greatest: int  # in levels of 0 to 255, over all values
    mean: float  # in levels of 0 to 255, over all values
    differ: int  # how many pixels differ
    all: int  # how many pixels there are
    first: tuple[int, int] | None  # row and column of the first that differs, counted from 0; None for none

    @property
    def words(self) -> str:
        """Which pixels differ; empty for none."""
        if self.first is None:
            return ""
        return (
            f"{self.differ:,} of {self.all:,} pixels differ, by up to {self.greatest} of 255 levels, the first in row "
            f"{self.first[0]}, column {self.first[1]}"
        )


def difference(saved: Pixels, again: Pixels, told: Origin) -> Difference:
    """How far a picture made again is from the saved one of the same shape. Where the saved one is a JPEG, it is
    compared with what JPEG makes of the other."""
    if told.loss is not None:
        content = picture_files.encode(again, "jpeg")
        again = picture_files.read(content, "the picture", again.ndim == 2)[0]
    loss = FormatLoss.between(saved, again)
    apart = (saved != again).reshape(*saved.shape[:2], -1).any(axis=2)
    first = (int(apart.argmax()) // apart.shape[1], int(apart.argmax()) % apart.shape[1]) if apart.any() else None
    return Difference(loss.greatest, loss.mean, int(apart.sum()), apart.size, first)


def _saved(name: PurePosixPath, picture: Pixels, told: Origin, format: str) -> SavedPicture:
    loss = picture_files.loss(picture, format)
    if not FORMATS[format].lossless:
        told = told.model_copy(update={"loss": FormatChange(mean=round(loss.mean, 4), greatest=loss.greatest)})
    text = told.json_text()
    file = name.with_name(name.name + FORMATS[format].ending)
    return SavedPicture(file, picture_files.encode(picture, format, text), text, loss)


def _is_grey(found: Origin) -> bool:
    return found.settings.channels == 1 and found.settings.dataset not in POINT_SETS


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > FILE_BYTES:
            raise PictureError(f"{path} has more than {FILE_BYTES:,} bytes: no picture saved here is so large.")
        return path.read_bytes()
    except OSError as error:
        raise PictureError(f"{path} cannot be read ({error.strerror}): check the path.") from None
