"""Your own pictures, from a folder or a zip file, as squares of one size.

A zip comes from anywhere, so what is read is bounded before it is decoded, and nothing is extracted to disk.
"""

from __future__ import annotations

import io
from collections.abc import Hashable, Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from gan_core.data import allowed_folders, upload_cache
from gan_core.data.images import Images, Progress, check_layout
from gan_core.data.resize import to_square
from gan_core.data.source import Source
from gan_core.files import archives, folders, pictures
from gan_core.files.bounds import TRAINING_SET
from gan_core.files.errors import DataError

# What every sentence of an error begins with: the field that is wrong.
NAME = "folder: "
BOUNDS = TRAINING_SET


def load(
    folder: str, image_size: int, channels: int, progress: Progress | None = None, background: str = "black"
) -> Images:
    """The pictures of a folder or zip file, in the order of their names, cut to their centre squares.

    What is transparent is put on `background`, black or white. Files that are no pictures are left out. `source` says
    how many of both there are, and whether pictures of 16 bits use only the lowest of them.

    If every picture lies in one of several sub-folders, those are the classes.

    Raises DataError if there is no such folder or zip, if no picture is in it, or if it exceeds a bound. The bounds
    are 20,000 files, 50 megapixels a picture, and in a zip 60 MB a file and 2 GB together.
    """
    check_layout(image_size, channels)
    path = _existing(folder)
    names: list[PurePosixPath] = []
    squares: list[NDArray[np.uint8]] = []
    left_out = transparent = greatest = 0
    for number, (total, name, content) in enumerate(_files(path)):
        small = _decoded(content, f"{NAME}{path.name}/{name}", image_size, channels, background)
        if small is None:
            left_out += 1
        else:
            names.append(name)
            squares.append(to_square(small.image, image_size))
            transparent += small.transparent
            greatest = max(greatest, small.greatest)
        if progress is not None:
            progress((number + 1) / total, "reading pictures")
    if not squares:
        raise DataError(
            f"folder: {path} holds no picture that can be read ({left_out} other files): put pictures "
            f"such as PNG or JPEG in it."
        )
    labels, class_names = _classes(names)
    source = f"{path.name}: {len(squares)} pictures" + (f", {left_out} other files left out" if left_out else "")
    source += f", {transparent} with transparency, put on {background}" if transparent else ""
    if 0 < greatest < 2**15:
        source += f", of 16 bits that reach only {greatest} of 65535, so they are dark: scale them before"
    return Images(np.stack(squares), labels, class_names, source)


def stamp(folder: str) -> Hashable:
    """What the images depend on: the path, and its files' names, times and sizes; raises DataError."""
    path = _existing(folder)
    files = [path] if path.is_file() else [path / name for name in _names(path)]
    with folders.readable(path, NAME):
        states = [(str(file), file.stat()) for file in files]
    return str(path), hash(tuple((name, state.st_mtime_ns, state.st_size) for name, state in states))


def _existing(folder: str) -> Path:
    if not folder:
        raise DataError("folder is empty: give the path of a folder or zip file of pictures.")
    if upload_cache.is_upload(folder):
        return upload_cache.found(folder)
    if not allowed_folders.anywhere():
        return allowed_folders.allowed(folder)
    try:
        return Path(folder).expanduser().resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:
        # Not there, or no path at all: a zero byte, a home of nobody, links in a circle.
        raise DataError(
            f"folder: {folder!r} cannot be found: give the path of a folder or zip file of pictures."
        ) from error


def _names(path: Path) -> list[PurePosixPath]:
    """The files in a folder that may be read."""
    return [name for name in folders.listed(path, NAME, BOUNDS) if allowed_folders.inside(path / name, path)]


def _files(path: Path) -> Iterator[tuple[int, PurePosixPath, bytes | Path]]:
    """How many files there are, and each one's name and content, or where it lies."""
    if path.is_dir():
        names = _names(path)
        for name in names:
            yield len(names), name, path / name
        return
    with (
        folders.readable(path, NAME),
        path.open("rb") as file,
        archives.opened(file, f"{NAME}{path}", BOUNDS) as archive,
    ):
        members = archives.members(archive, f"{NAME}{path}", BOUNDS)
        for member in members:
            content = archives.content(archive, member, f"{NAME}{path}")
            yield len(members), PurePosixPath(member.filename), content


def _decoded(content: bytes | Path, name: str, size: int, channels: int, background: str) -> pictures.Small | None:
    """A picture that may be larger than `size`, or None if this is none or a damaged one."""
    try:
        if isinstance(content, bytes):
            return pictures.read_small(io.BytesIO(content), name, channels, size, background)
        with folders.readable(content, NAME), content.open("rb") as file:
            return pictures.read_small(file, name, channels, size, background)
    except pictures.NoPictureError:
        return None  # The caller counts them.


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


SOURCE = Source(
    label="Your own pictures",
    words="A folder or a zip file of your own pictures, cropped to squares.",
    load=lambda asked: load(asked.folder, asked.image_size, asked.channels, asked.progress, asked.background),
    stamp=lambda asked: (stamp(asked.folder), asked.background),
    own=True,
)
