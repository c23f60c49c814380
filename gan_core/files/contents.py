"""What somebody brings, read by what it is: arrays, tensors, weights, pictures, a zip or folder of them, or a log."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from gan_core.files import (
    archives,
    event_files,
    folders,
    logs,
    npy,
    other_formats,
    pictures,
    safetensors_files,
    tensors,
)
from gan_core.files.bounds import ALL_PIXELS, BROUGHT, COLUMNS, FILE_BYTES, MEGA, ROWS, VALUES, WEIGHTS
from gan_core.files.errors import DataError, shown
from gan_core.files.npy import Array
from gan_core.files.pictures import Picture
from gan_core.files.weights_files import WeightsFile, is_weights

# How names end -> what is in such a file.
KINDS: dict[str, tuple[str, ...]] = {
    "an array": (".npy",),
    "tensors": (".pt", ".pth", ".ckpt", ".bin", ".losses", ".pkl", ".pickle"),
    "a safetensors file": (safetensors_files.ENDING,),
    "a picture": pictures.ENDINGS,
    "a zip file": (".zip", ".npz"),
    "a training log": (".csv", ".tsv", ".jsonl", ".json", ".txt", ".log", ".out", ".ipynb"),
}
ENDINGS = tuple(ending for endings in KINDS.values() for ending in endings)
# How files may end that say something together only.
TOGETHER_ENDINGS = (KINDS["tensors"] + KINDS["a safetensors file"], KINDS["a picture"])
# How several files are called that were brought together.
TOGETHER = "What was brought"


@dataclass
class Contents:
    """What was found: mostly one kind alone. Of arrays that are no pictures, the rows are what was brought."""

    arrays: list[Array] = field(default_factory=list)  # without weights
    checkpoints: list[WeightsFile] = field(default_factory=list)  # in the order in which they were brought
    pictures: list[tuple[str, Picture]] = field(default_factory=list)  # each with its file's name
    rows: list[logs.LogRow] = field(default_factory=list)  # of a log
    left_out: int = 0  # how many other files a folder or zip holds


def read(name: str, content: bytes) -> Contents:
    """One file. Raises DataError, in one sentence, for whatever cannot be read, or only at a risk."""
    said = shown(Path(name).name)
    _check_size(len(content), said)
    kind = next((kind for kind, endings in KINDS.items() if name.lower().endswith(endings)), None)
    found = _kind(content)
    if (found is None or (kind is None and found == "a zip file")) and (other := other_formats.told(name, content)):
        raise DataError(f"{said} is {other.what}, which is not read here: {other.remedy}.")
    if kind is None:
        return _by_content(content, said, found)
    if found is not None and found != kind and not (found == "a zip file" and kind == "tensors"):
        raise DataError(f"{said} holds {found}, but its name says {kind}: rename it to end in {KINDS[found][0]}.")
    match kind:
        case "an array":
            return _with_series(Contents(arrays=[npy.read(content, said)]), said)
        case "tensors":
            return _tensors(content, said)
        case "a safetensors file":
            return Contents(checkpoints=[_of_safetensors(said, said, content)])
        case "a picture":
            return _several(said, [(Path(name).name, content)])
        case "a zip file":
            return _zip(content, said)
        case _:
            return Contents(rows=logs.read(content, said))


def _by_content(content: bytes, said: str, found: str | None) -> Contents:
    """A file whose name says nothing, by what is in it: a picture, an array, what torch.save wrote, or a log."""
    unknown = DataError(
        f"{said} cannot be read, its name does not end in any of {', '.join(ENDINGS)}: rename or convert it."
    )
    if found == "a zip file":
        with archives.opened(io.BytesIO(content), said, BROUGHT) as archive:
            if not tensors.is_tensors(archive):
                raise unknown
        return _tensors(content, said)
    if tensors.is_legacy(content):
        return _tensors(content, said)
    if event_files.is_named_so(said):
        return Contents(rows=event_files.read(content, said))
    if found in ("a picture", "an array"):
        return _several(said, [(said, content)])
    if found is not None and found != "a training log":
        raise unknown
    try:
        return Contents(rows=logs.read(content, said))
    except DataError as error:
        raise (error if found else unknown) from None


def read_several(files: Sequence[tuple[str, bytes]]) -> Contents:
    """Several files as what is in one folder, the first of `Contents.checkpoints` being the first brought. Raises
    DataError as `read` does."""
    if len(files) == 1:
        return read(*files[0])
    if sum(len(content) for _, content in files) > BROUGHT.together:
        raise _too_many()
    for name, content in files:
        _check_size(len(content), shown(Path(name).name))
    return _several(TOGETHER, [(Path(name).name, content) for name, content in files])


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


def read_paths(paths: Sequence[Path]) -> Contents:
    """Several files as `read_several` does."""
    several, together = [], 0
    for path in paths:
        with folders.readable(path, ""):
            together += path.stat().st_size
            if not path.is_file():
                raise DataError(f"{shown(str(path))} is not a file: name files alone, or one folder.")
            if together > BROUGHT.together:
                raise _too_many()
            several.append((path.name, path.read_bytes()))
    return read_several(several)


def _too_many() -> DataError:
    return DataError(f"These files have more than {BROUGHT.together // MEGA} MB: bring fewer of them.")


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


def _is_tensors(name: str, content: bytes, said: str) -> bool:
    """Whether a file's name says so, or, where it says nothing, what is in it."""
    if name.lower().endswith(ENDINGS) or not archives.is_zip(content[:4]):
        return name.lower().endswith(KINDS["tensors"]) or tensors.is_legacy(content)
    with archives.opened(io.BytesIO(content), said, BROUGHT) as archive:
        return tensors.is_tensors(archive)


def _kind(content: bytes) -> str | None:
    """What a file is by how it begins; None for what has no such mark: text, and what is damaged."""
    beginning = content[:16]
    if beginning.startswith(npy.MAGIC):
        return "an array"
    if archives.is_zip(beginning):
        return "a zip file"
    if event_files.is_events(content):
        return "a training log"
    if safetensors_files.is_safetensors(content):
        return "a safetensors file"
    return "a picture" if pictures.is_picture(beginning) else None


def _tensors(content: bytes, said: str) -> Contents:
    return _of_tensors(tensors.read_all(content, said), said)


def _of_tensors(saved: tensors.Saved, said: str) -> Contents:
    """Tensors, or lists of numbers, which are a log; both where a checkpoint keeps its losses."""
    rows = logs.of_series(saved.series)
    if is_weights(saved.arrays):
        return Contents(checkpoints=[WeightsFile(said, saved.arrays, saved.counts)], rows=rows)
    return Contents(arrays=saved.arrays, rows=rows)


def _of_safetensors(name: str, said: str, content: bytes) -> WeightsFile:
    arrays = safetensors_files.read(content, said)
    if not is_weights(arrays):
        raise DataError(f"{said} holds no weights of a network: bring samples as .npy or .pt.")
    return WeightsFile(name, arrays)


def _zip(content: bytes, said: str) -> Contents:
    with archives.opened(io.BytesIO(content), said, BROUGHT) as archive:
        if tensors.is_tensors(archive):
            raise DataError(f"{said} was written by torch.save: rename it to end in .pt.")
        inside = archives.members(archive, said, BROUGHT)
        several = _several(said, ((entry.filename, archives.content(archive, entry, said)) for entry in inside))
        return _with_series(several, said)


def _with_series(contents: Contents, said: str) -> Contents:
    """Arrays that are but lists of numbers, such as losses, as the log that they are."""
    arrays = contents.arrays
    if contents.pictures or not arrays or any(array.values.ndim != 1 for array in arrays):
        return contents
    if not all(np.issubdtype(array.values.dtype, np.number) for array in arrays):
        return contents
    columns = {array.name or said.removesuffix(".npy"): array.values.astype(np.float64).tolist() for array in arrays}
    return replace(contents, arrays=[], rows=logs.of_series(dict(list(columns.items())[:COLUMNS])))


def _several(said: str, files: Iterable[tuple[str, bytes]]) -> Contents:
    """The pictures and arrays among files; what is neither, or damaged, is left out. Raises DataError if nothing
    is left, for a zip in a zip, and for too much of it."""
    contents = Contents()
    brought_logs: list[list[logs.LogRow]] = []
    pixels = values = 0
    reason = "no picture or array is in it"
    for name, content in files:
        within = shown(name) if said in (name, TOGETHER) else f"{shown(name)} in {said}"
        match _kind(content):
            case "a zip file" | None if _is_tensors(name, content, within):
                found = _of_tensors(tensors.read_all(content, within), name)
                named = [replace(array, name=f"{name} {array.name}".strip(), member=name) for array in found.arrays]
                contents.arrays += named
                contents.checkpoints += found.checkpoints
                values += sum(array.values.size for array in named)
                brought_logs += [found.rows] if found.rows else []
            case "a safetensors file" if name.lower().endswith(KINDS["a safetensors file"]):
                contents.checkpoints.append(_of_safetensors(name, within, content))
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
            case _ if name.lower().endswith(KINDS["a training log"]) or event_files.is_named_so(name):
                try:
                    brought_logs.append(logs.read(content, within))
                except DataError:
                    contents.left_out += 1
            case _:
                contents.left_out += 1
        if pixels > ALL_PIXELS or values > VALUES:
            raise DataError(
                f"{said} holds more than {ALL_PIXELS // MEGA} megapixels or {VALUES // MEGA} million numbers: "
                f"keep a sample of the files in it."
            )
        if sum(checkpoint.size for checkpoint in contents.checkpoints) > WEIGHTS:
            raise DataError(f"{said} holds more than {WEIGHTS // MEGA} million weights: bring two checkpoints alone.")
    if contents.arrays or contents.pictures:
        contents.left_out += len(brought_logs)
    else:
        contents.rows = _beside(brought_logs)
    if not (contents.arrays or contents.pictures or contents.rows or contents.checkpoints):
        raise DataError(f"{said} holds no picture that can be read ({reason}): save it again, as PNG or .npy.")
    return contents


def _beside(several: list[list[logs.LogRow]]) -> list[logs.LogRow]:
    """The rows of several logs, such as TensorBoard's CSV files, one for each scalar: those of equal steps as one."""
    if len(several) < 2:
        return several[0] if several else []
    together: dict[float, logs.LogRow] = {}
    for rows in several:
        for number, row in enumerate(rows):
            step = next((value for column, value in row.items() if column.lower() == "step"), float(number))
            together.setdefault(step, {}).update(row)
    return [{"step": step} | together[step] for step in sorted(together)][:ROWS]
