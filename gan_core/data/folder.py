"""Your own pictures, from a folder or a zip file, as squares of one size.

A zip comes from anywhere, so what is read is bounded before it is decoded, and nothing is extracted to disk.
"""

from __future__ import annotations

import io
import os
import struct
import warnings
import zipfile
import zlib
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from gan_core.data.images import DataError, Images, Progress, check_layout
from gan_core.data.resize import to_square

MAX_FILES = 20_000
MAX_PICTURE = 50_000_000  # pixels
MAX_MEMBER = 60_000_000  # bytes, unpacked
MAX_ARCHIVE = 2_000_000_000  # bytes, unpacked

# Named one by one: Pillow would also start Ghostscript for an EPS file. JPEG includes the MPO of cameras.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")


def load(folder: str, image_size: int, channels: int, progress: Progress | None = None) -> Images:
    """The pictures of a folder or zip file, in the order of their names, cut to their centre squares.

    Files that are no pictures are left out, and `source` says how many. If every picture lies in one of
    several sub-folders, those are the classes. Raises DataError if there is no such folder or zip, if no
    picture is in it, or if it exceeds a bound: 20,000 files, 50 megapixels a picture, and in a zip 60 MB a
    file and 2 GB together.
    """
    check_layout(image_size, channels)
    path = _existing(folder)
    names: list[PurePosixPath] = []
    pictures: list[NDArray[np.uint8]] = []
    left_out = 0
    for number, (total, name, content) in enumerate(_files(path)):
        pixels = _decoded(content, f"{path.name}/{name}", image_size, channels)
        if pixels is None:
            left_out += 1
        else:
            names.append(name)
            pictures.append(pixels)
        if progress is not None:
            progress((number + 1) / total, "reading pictures")
    if not pictures:
        raise DataError(
            f"folder: {path} holds no picture that can be read ({left_out} other files): put pictures "
            f"such as PNG or JPEG in it."
        )
    labels, class_names = _classes(names)
    source = f"{path.name}: {len(pictures)} pictures" + (f", {left_out} other files left out" if left_out else "")
    return Images(np.stack(pictures), labels, class_names, source)


def stamp(folder: str) -> Hashable:
    """What the images depend on: the path, and its files' names, times and sizes; raises DataError."""
    path = _existing(folder)
    files = [path] if path.is_file() else [path / name for name in _listed(path)]
    with _readable(path):
        states = [(str(file), file.stat()) for file in files]
    return str(path), hash(tuple((name, state.st_mtime_ns, state.st_size) for name, state in states))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(
            f"folder: {error.filename or path} cannot be read ({error.strerror}): check that it is there and "
            f"its permissions."
        ) from error


def _existing(folder: str) -> Path:
    if not folder:
        raise DataError("folder is empty: give the path of a folder or zip file of pictures.")
    try:
        return Path(folder).expanduser().resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:
        # Not there, or no path at all: a zero byte, a home of nobody, links in a circle.
        raise DataError(
            f"folder: {folder!r} cannot be found: give the path of a folder or zip file of pictures."
        ) from error


def _files(path: Path) -> Iterator[tuple[int, PurePosixPath, bytes | Path]]:
    """How many files there are, and each one's name and content, or where it lies."""
    if path.is_dir():
        names = _listed(path)
        for name in names:
            yield len(names), name, path / name
        return
    try:
        with _readable(path), zipfile.ZipFile(path) as archive:
            members = _members(archive, path)
            for member in members:
                # zipfile never unpacks more than a member declares, and checks that it is all there.
                yield len(members), PurePosixPath(member.filename), archive.read(member)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
        raise DataError(f"folder: {path} is not a zip file that can be read ({error}): pack it again.") from error


def _listed(root: Path) -> list[PurePosixPath]:
    """The ordinary, visible files below a folder, sorted."""
    names: list[PurePosixPath] = []

    def refuse(error: OSError) -> None:
        raise error  # os.walk would pass over a folder that it may not read.

    with _readable(root):
        for place, folders, files in os.walk(root, onerror=refuse):
            folders[:] = [name for name in folders if _visible(name)]
            # A pipe or a device would block whoever opens it.
            inside = [Path(place, name) for name in files if _visible(name)]
            names += [PurePosixPath(file.relative_to(root).as_posix()) for file in inside if file.is_file()]
            _check_number(root, len(names))
    return sorted(names)


def _members(archive: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    """The visible files of a zip, sorted, none of them too large."""
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir() and all(_visible(part) for part in PurePosixPath(member.filename).parts)
    ]
    _check_number(path, len(members))
    for member in members:
        if member.flag_bits & 1:
            raise DataError(f"folder: {path} is protected by a password: pack it again without one.")
        if member.file_size > MAX_MEMBER:
            raise DataError(
                f"folder: {member.filename} in {path} takes {member.file_size / 1e6:.0f} MB unpacked, but "
                f"{MAX_MEMBER / 1e6:.0f} MB are allowed: take it out."
            )
    if (together := sum(member.file_size for member in members)) > MAX_ARCHIVE:
        raise DataError(
            f"folder: {path} takes {together / 1e9:.1f} GB unpacked, but {MAX_ARCHIVE / 1e9:.0f} GB are "
            f"allowed: take some pictures out."
        )
    return sorted(members, key=lambda member: PurePosixPath(member.filename))


def _visible(name: str) -> bool:
    return not name.startswith(".") and name != "__MACOSX"


def _check_number(path: Path, files: int) -> None:
    if files > MAX_FILES:
        raise DataError(f"folder: {path} holds more than {MAX_FILES:,} files: keep at most that many in it.")


def _decoded(content: bytes | Path, name: str, size: int, channels: int) -> NDArray[np.uint8] | None:
    """(channels, size, size), or None if this is no picture or a damaged one."""
    too_large = DataError(
        f"folder: {name} has more than {MAX_PICTURE // 10**6} megapixels: make it smaller or take it out."
    )
    with _opened(content) as file:
        try:
            with warnings.catch_warnings():
                # Pillow's own bound warns above ours.
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                picture = Image.open(file, formats=FORMATS)
            if picture.width * picture.height > MAX_PICTURE:
                raise too_large
            # A JPEG can be decoded at a half, a quarter or an eighth of its size, which is much faster.
            picture.draft(None, (2 * size, 2 * size))
            return to_square(_eight_bit(ImageOps.exif_transpose(picture), channels), size)
        except Image.DecompressionBombError:
            raise too_large from None
        except DataError:
            raise
        except (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error):
            # What Pillow raises for files that are no pictures, and for damaged ones; the caller counts them.
            return None


def _opened(content: bytes | Path) -> IO[bytes]:
    if isinstance(content, bytes):
        return io.BytesIO(content)
    with _readable(content):
        return content.open("rb")


def _eight_bit(picture: Image.Image, channels: int) -> Image.Image:
    """A picture of any mode as L or RGB, eight bits a value."""
    if picture.mode.startswith("I"):
        # Pillow would clip 16-bit grey at 255 instead of scaling it.
        deep = np.asarray(picture).astype(np.float64)
        picture = Image.fromarray(np.rint(deep / 257).clip(0, 255).astype(np.uint8))
    elif picture.mode == "F":
        raise ValueError("a picture of floats has no known range")
    if picture.has_transparency_data:
        # On black, the background of the other data sets: the colours stored under transparent pixels are
        # arbitrary, and a network would learn them.
        layer = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layer.size, (0, 0, 0, 255)), layer)
    if picture.mode not in ("1", "L"):
        picture = picture.convert("RGB")
    return picture.convert("L" if channels == 1 else "RGB")


def _classes(names: list[PurePosixPath]) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Labels and class names by sub-folder; folders that hold everything say nothing and are passed over."""
    folders = [name.parts[:-1] for name in names]
    shared = 0
    while all(len(parts) > shared for parts in folders) and len({parts[shared] for parts in folders}) == 1:
        shared += 1
    if any(len(parts) <= shared for parts in folders):
        return None, ()
    class_names = tuple(sorted({parts[shared] for parts in folders}))
    numbers = {name: number for number, name in enumerate(class_names)}
    return np.array([numbers[parts[shared]] for parts in folders], np.int64), class_names
