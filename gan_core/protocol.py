"""The messages between the page's process and a worker, and how they travel through a pipe as bytes.

One message is: 4 bytes (big-endian length of the header), the header (JSON: the type's name, the fields,
the places and sizes of the blobs), then the blobs raw. Pictures are blobs: nothing is encoded twice, and
nothing is ever unpickled.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, get_args

from pydantic import TypeAdapter, ValidationError

from gan_core.examination import Contrast, Untrained
from gan_core.frames import Frame, Opening
from gan_core.pixels import RangeMap
from gan_core.settings import Value

Players = Literal["both", "d", "g"]
WorkerState = Literal["paused", "running", "finished", "broken"]

MAX_HEADER = 4 * 2**20
MAX_BLOBS = 64 * 2**20
_LENGTH = struct.Struct(">I")


class ProtocolError(RuntimeError):
    """The bytes are not a message: cut short, too large, or garbled."""


class TruncatedError(ProtocolError):
    """The stream ended inside a message: its writer died while writing."""


# Commands, from the page's process to the worker


@dataclass(frozen=True)
class Start:
    """Build the run of this experiment (JSON), paused, and write its checkpoints to the file `checkpoint`;
    with `resume`, from the checkpoint in that file, its live settings brought to those of `experiment`."""

    experiment: str
    checkpoint: str
    resume: str | None = None


@dataclass(frozen=True)
class Rewind:
    """Begin again at step 0, paused, with this experiment (JSON); the old run stays if that is refused."""

    experiment: str


@dataclass(frozen=True)
class Go:
    """Train until a pause or the last step; with `until`, only up to that step, where a picture is taken (and none on
    the way) and the next Go is waited for."""

    until: int | None = None


@dataclass(frozen=True)
class Pause:
    """Stand still. `turn_over`: only to let others train, so no checkpoint out of schedule is due."""

    turn_over: bool = False


@dataclass(frozen=True)
class Step:
    """Stand still, then take one step of these players."""

    players: Players


@dataclass(frozen=True)
class Set:
    """Change live settings before the next step."""

    changes: dict[str, Value]


@dataclass(frozen=True)
class Examine:
    """Look at the untrained generator of this experiment (JSON), its weights multiplied by `gain`; with `inits`,
    at the contrasts that these initialisations give instead. The worker's own run stays as it is."""

    experiment: str
    gain: float = 1.0
    inits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Collect:
    """Give the first `count` images of the run's fixed noise at its present step, as numbers. The run stays as it
    is."""

    count: int


@dataclass(frozen=True)
class Remake:
    """Draw a saved picture again, whose origin (JSON, see `origin`) is this. The run stays as it is."""

    origin: str


@dataclass(frozen=True)
class Checkpoint:
    """Tell of a checkpoint of now; a broken run's is that of before."""


@dataclass(frozen=True)
class Stop:
    """Write a checkpoint and end; everything sent before is done first."""


Command = Start | Rewind | Go | Pause | Step | Set | Examine | Collect | Remake | Checkpoint | Stop

# Reports, from the worker to the page's process


@dataclass(frozen=True)
class Ready:
    """PyTorch is imported and warmed up: a start now reaches its first picture at once."""


@dataclass(frozen=True)
class Opened:
    """A run was built (start, resume or rewind) and stands at the step of `frame`, where its history goes on;
    what was later is void. `due`: the frame's measurements are also the row of that step."""

    experiment: str
    opening: Opening
    frame: Frame
    due: bool


@dataclass(frozen=True)
class Row:
    """Measurements at a step of the fixed rule."""

    step: int
    measurements: dict[str, float]


@dataclass(frozen=True)
class Framed:
    """A picture of the run."""

    frame: Frame


@dataclass(frozen=True)
class Beat:
    """The worker lives. `steps_per_second` is over the last second of training, 0 while it stands still."""

    step: int
    steps_per_second: float
    state: WorkerState


@dataclass(frozen=True)
class Changed:
    """Live settings were changed; `experiment` (JSON) is the run's from now on."""

    experiment: str


@dataclass(frozen=True)
class Checkpointed:
    """A checkpoint of this step was written; all its rows and pictures were told before. `asked`: this answers a
    Checkpoint."""

    step: int
    asked: bool = False


@dataclass(frozen=True)
class Loading:
    """The run's images are being fetched, drawn or read: how far, in words for people."""

    words: str


@dataclass(frozen=True)
class Finished:
    """The last step is done."""

    step: int


@dataclass(frozen=True)
class Broken:
    """A tensor became non-finite; the worker lives, and a rewind mends the run."""

    tensor: str
    step: int
    words: str


@dataclass(frozen=True)
class Examined:
    """The answer to an Examine; they come in the order of the questions. One of the two is empty: whichever was
    not asked for."""

    untrained: Untrained | None
    contrasts: tuple[Contrast, ...]


@dataclass(frozen=True)
class Collected:
    """The answer to a Collect: `latent` (count, latent_dim) and `values` (count, C, H, W) as little-endian float32, the
    sizes being those of `experiment` (JSON); see `samples`."""

    step: int
    experiment: str
    count: int
    latent: bytes
    values: bytes
    range_map: RangeMap
    device_name: str


@dataclass(frozen=True)
class Remade:
    """The answer to a Remake: the picture, as PNG."""

    png: bytes


@dataclass(frozen=True)
class Refused:
    """A command was not carried out, and why; everything else goes on."""

    command: str
    words: str


@dataclass(frozen=True)
class Crashed:
    """An error nobody foresaw; the worker ends after this message."""

    words: str


Report = (
    Ready | Loading | Opened | Row | Framed | Beat | Changed | Checkpointed | Finished | Broken
    | Examined | Collected | Remade | Refused | Crashed
)  # fmt: skip

_COMMANDS: dict[str, type] = {kind.__name__: kind for kind in get_args(Command)}
_REPORTS: dict[str, type] = {kind.__name__: kind for kind in get_args(Report)}


def encode(message: Command | Report) -> bytes:
    """The message as bytes; raises ProtocolError where it is larger than a reader accepts."""
    fields = dataclasses.asdict(message)
    blobs: list[bytes] = []
    places: list[tuple[list[str], int]] = []
    for place, blob in list(_blobs(fields, [])):
        _parent(fields, place)[place[-1]] = None
        blobs.append(blob)
        places.append((place, len(blob)))
    header = json.dumps({"type": type(message).__name__, "fields": fields, "blobs": places}).encode()
    _check_sizes(len(header), [len(blob) for blob in blobs])
    return b"".join([_LENGTH.pack(len(header)), header, *blobs])


def write(stream: BinaryIO, message: Command | Report) -> None:
    """Send one message; raises ProtocolError as `encode` does, OSError where the other side is gone."""
    stream.write(encode(message))
    stream.flush()


def read_command(stream: BinaryIO) -> Command | None:
    """The next command, or None at the end of the stream; raises ProtocolError for anything else."""
    return _read(stream, _COMMANDS)


def read_report(stream: BinaryIO) -> Report | None:
    """The next report, or None at the end of the stream; raises ProtocolError for anything else."""
    return _read(stream, _REPORTS)


def _read(stream: BinaryIO, kinds: dict[str, type]) -> Any:
    start = stream.read(1)
    if not start:
        return None
    (length,) = _LENGTH.unpack(start + _exactly(stream, _LENGTH.size - 1))
    _check_sizes(length, [])
    kind, fields, places = _parse_header(_exactly(stream, length), kinds)
    for place, size in places:
        blob = _exactly(stream, size)
        try:
            _parent(fields, place)[place[-1]] = blob
        except (KeyError, TypeError):
            raise ProtocolError(f"The message {kind.__name__} has no field {'.'.join(place)}.") from None
    try:
        return _adapter(kind).validate_python(fields)
    except ValidationError as error:
        raise ProtocolError(f"The message {kind.__name__} has wrong fields: {error}") from None


def _parse_header(header: bytes, kinds: dict[str, type]) -> tuple[type, dict[str, Any], list[tuple[list[str], int]]]:
    try:
        parsed = _adapter(_Header).validate_json(header)
    except ValidationError:
        raise ProtocolError(f"The stream holds something else than messages: {header[:40]!r}") from None
    if parsed.type not in kinds:
        raise ProtocolError(f"There is no message {parsed.type!r} in this direction.")
    _check_sizes(len(header), [size for _, size in parsed.blobs])
    if not all(place for place, _ in parsed.blobs) or any(size < 0 for _, size in parsed.blobs):
        raise ProtocolError(f"The message {parsed.type} does not say where its blobs belong.")
    return kinds[parsed.type], parsed.fields, parsed.blobs


@dataclass(frozen=True)
class _Header:
    type: str
    fields: dict[str, Any]
    blobs: list[tuple[list[str], int]]


@functools.cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise TruncatedError(f"The stream ended inside a message: {len(data)} of {size} bytes came.")
    return data


def _check_sizes(header: int, blobs: list[int]) -> None:
    if header > MAX_HEADER or sum(blobs) > MAX_BLOBS:
        raise ProtocolError(
            f"A message of {header} bytes and {sum(blobs)} bytes of blobs is too large "
            f"(at most {MAX_HEADER} and {MAX_BLOBS})."
        )


def _blobs(fields: dict[str, Any], above: list[str]) -> Iterator[tuple[list[str], bytes]]:
    for name, value in fields.items():
        if isinstance(value, bytes):
            yield [*above, name], value
        elif isinstance(value, dict):
            yield from _blobs(value, [*above, name])


def _parent(fields: dict[str, Any], place: list[str]) -> dict[str, Any]:
    return functools.reduce(lambda level, name: level[name], place[:-1], fields)
