"""What somebody brings, read by what it is: arrays, tensors, pictures, a zip or folder of them, or a training log."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from gan_core.files import archives, folders, logs, npy, pictures, tensors
from gan_core.files.bounds import ALL_PIXELS, BROUGHT, FILE_BYTES, MEGA, VALUES
from gan_core.files.errors import DataError, shown
from gan_core.files.npy import Array
from gan_core.files.pictures import Picture

# How names end -> what is in such a file.
KINDS: dict[str, tuple[str, ...]] = {
    "an array": (".npy",),
    "tensors": (".pt", ".pth"),
    "a picture": pictures.ENDINGS,
    "a zip file": (".zip", ".npz"),
    "a training log": (".csv", ".tsv", ".jsonl"),
}
ENDINGS = tuple(ending for endings in KINDS.values() for ending in endings)


@dataclass
class Contents:
    """What was found: mostly one kind alone."""

    arrays: list[Array] = field(default_factory=list)
    pictures: list[tuple[str, Picture]] = field(default_factory=list)  # each with its file's name
    rows: list[logs.LogRow] = field(default_factory=list)  # of a log
    left_out: int = 0  # how many other files a folder or zip holds


def read(name: str, content: bytes) -> Contents:
    """One file. Raises DataError, in one sentence, for whatever cannot be read, or only at a risk."""
    said = shown(Path(name).name)
    _check_size(len(content), said)
    kind = next((kind for kind, endings in KINDS.items() if name.lower().endswith(endings)), None)
    if kind is None:
        raise DataError(f"{said} cannot be read, its name ends in none of {', '.join(ENDINGS)}: rename or convert it.")
    found = _kind(content)
    if found is not None and found != kind and not (found == "a zip file" and kind == "tensors"):
        raise DataError(f"{said} holds {found}, but its name says {kind}: rename it to end in {KINDS[found][0]}.")
    match kind:
        case "an array":
            return Contents(arrays=[npy.read(content, said)])
        case "tensors":
            return Contents(arrays=_tensors(content, said))
        case "a picture":
            return _several(said, [(Path(name).name, content)])
        case "a zip file":
            return _zip(content, said)
        case _:
            return Contents(rows=logs.read(content, said))


def read_path(path: Path) -> Contents:
    """A file, or the pictures and arrays below a folder. Raises DataError as `read` does."""
    with folders.readable(path, ""):
        if not path.is_dir():
            size = path.stat().st_size
            if not path.is_file():
                raise DataError(f"{shown(str(path))} is neither a file nor a folder: name one of the two.")
            _check_size(size, shown(path.name))
            return read(path.name, path.read_bytes())
        return _several(shown(path.name), _below(path))


def _below(root: Path) -> Iterator[tuple[str, bytes]]:
    together = 0
    for name in folders.listed(root, "", BROUGHT):
        together += (root / name).stat().st_size
        if together > BROUGHT.together:
            raise DataError(
                f"{shown(root.name)} holds more than {BROUGHT.together // MEGA} MB: keep a sample of the files in it."
            )
        yield str(name), (root / name).read_bytes()


def _check_size(size: int, said: str) -> None:
    if size == 0:
        raise DataError(f"{said} is empty, 0 bytes: save or upload it again.")
    if size > FILE_BYTES:
        raise DataError(
            f"{said} has {size / 1e6:.0f} MB, but {FILE_BYTES // MEGA} MB are allowed: bring fewer pictures."
        )


def _kind(content: bytes) -> str | None:
    """What a file is by how it begins; None for what has no such mark: text, and what is damaged."""
    beginning = content[:16]
    if beginning.startswith(npy.MAGIC):
        return "an array"
    if archives.is_zip(beginning):
        return "a zip file"
    return "a picture" if pictures.is_picture(beginning) else None


def _tensors(content: bytes, said: str) -> list[Array]:
    if content.startswith(tensors.LEGACY):
        raise DataError(
            f"{said} has the old format of torch.save, which is never unpickled here: load it and save it again."
        )
    if not archives.is_zip(content[:4]):
        raise DataError(f"{said} is no file of torch.save: save a tensor with torch.save(tensor, 'samples.pt').")
    return tensors.read(content, said)


def _zip(content: bytes, said: str) -> Contents:
    with archives.opened(io.BytesIO(content), said, BROUGHT) as archive:
        if tensors.is_tensors(archive):
            raise DataError(f"{said} was written by torch.save: rename it to end in .pt.")
        inside = archives.members(archive, said, BROUGHT)
        return _several(said, ((entry.filename, archives.content(archive, entry, said)) for entry in inside))


def _several(said: str, files: Iterable[tuple[str, bytes]]) -> Contents:
    """The pictures and arrays among files; what is neither, or damaged, is left out. Raises DataError if nothing
    is left, for a zip in a zip, and for too much of it."""
    contents = Contents()
    pixels = values = 0
    reason = "no picture or array is in it"
    for name, content in files:
        within = said if name == said else f"{shown(name)} in {said}"
        match _kind(content):
            case "a zip file" if name.lower().endswith(KINDS["tensors"]):
                found = tensors.read(content, within)
                contents.arrays += [replace(array, name=f"{name} {array.name}".strip(), member=name) for array in found]
                values += sum(array.values.size for array in found)
            case "a zip file":
                raise DataError(f"{within} is a zip file again: unpack it and bring what is inside.")
            case "an array":
                array = replace(npy.read(content, within), name=name.removesuffix(".npy"), member=name)
                contents.arrays.append(array)
                values += array.values.size
            case "a picture":
                try:
                    picture = pictures.read(io.BytesIO(content), within)
                except pictures.NoPictureError as error:
                    contents.left_out += 1
                    reason = f"{shown(name)}: {error}"
                    continue
                contents.pictures.append((name, picture))
                pixels += picture.values.shape[0] * picture.values.shape[1]
            case _:
                contents.left_out += 1
        if pixels > ALL_PIXELS or values > VALUES:
            raise DataError(
                f"{said} holds more than {ALL_PIXELS // MEGA} megapixels or {VALUES // MEGA} million numbers: "
                f"keep a sample of the files in it."
            )
    if not contents.arrays and not contents.pictures:
        raise DataError(f"{said} holds no picture that can be read ({reason}): save it again, as PNG or .npy.")
    return contents
