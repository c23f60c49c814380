"""The messages between the page's process and a worker; framing.py says how they travel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gan_core.messages.frame import Frame, Opening
from gan_core.messages.untrained_report import Contrast, Untrained
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.row import Value

Players = Literal["both", "d", "g"]
WorkerState = Literal["paused", "running", "finished", "broken"]


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
