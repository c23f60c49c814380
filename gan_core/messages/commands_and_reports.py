"""The messages between the page's process and a worker; framing.py says how they travel.

Each says its `kind`, by which a reader tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import PlainSerializer

from gan_core.diagnosis.row import Row
from gan_core.messages.blob import Blob
from gan_core.messages.frame import Frame, Opening
from gan_core.messages.untrained_report import Contrast, Untrained
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.change import Change
from gan_core.settings.experiment import Experiment
from gan_core.settings.players import Players
from gan_core.settings.setting import Value

# A sentence for people. A file's name in it may be no UTF-8: what cannot be written becomes a question mark.
Words = Annotated[str, PlainSerializer(lambda words: words.encode(errors="replace").decode(), when_used="json")]


# Commands, from the page's process to the worker


@dataclass(frozen=True)
class Start:
    """Build a run and stand still, at step 0 or where a checkpoint of it stands."""

    experiment: Experiment
    checkpoint: str  # the file that its checkpoints are written to
    resume: str | None = None  # the checkpoint to go on from, brought to the live settings of `experiment`
    images: str = ""  # the digest of the images that another machine wants it trained on, see data/sent_images.py
    kind: Literal["start"] = field(default="start", kw_only=True)


@dataclass(frozen=True)
class Rewind:
    """Begin again at step 0 and stand still; the old run stays if that is refused."""

    experiment: Experiment
    images: str = ""  # as in Start
    kind: Literal["rewind"] = field(default="rewind", kw_only=True)


@dataclass(frozen=True)
class Go:
    """Train until a pause or the last step."""

    until: int | None = None  # only up to this step: a frame is taken there, none before, and the next Go awaited
    kind: Literal["go"] = field(default="go", kw_only=True)


@dataclass(frozen=True)
class Pause:
    """Stand still."""

    turn_over: bool = False  # only to let others train, so no checkpoint out of schedule is due
    kind: Literal["pause"] = field(default="pause", kw_only=True)


@dataclass(frozen=True)
class Step:
    """Stand still, then take one step."""

    players: Players
    kind: Literal["step"] = field(default="step", kw_only=True)


@dataclass(frozen=True)
class Set:
    """Change live settings before the next step."""

    changes: dict[str, Value]
    kind: Literal["set"] = field(default="set", kw_only=True)


@dataclass(frozen=True)
class Examine:
    """Look at the untrained generator of an experiment. The worker's own run stays as it is."""

    experiment: Experiment
    gain: float = 1.0  # multiplies the generator's weights
    inits: tuple[str, ...] = ()  # look instead at the contrasts that these initialisations give
    kind: Literal["examine"] = field(default="examine", kw_only=True)


@dataclass(frozen=True)
class Collect:
    """Give images of the run's fixed noise at its present step, as numbers. The run stays as it is."""

    count: int  # of images, the first ones
    kind: Literal["collect"] = field(default="collect", kw_only=True)


@dataclass(frozen=True)
class Remake:
    """Draw a saved picture again. The run stays as it is."""

    origin: str  # where the picture came from, as JSON: see outputs/provenance.py
    kind: Literal["remake"] = field(default="remake", kw_only=True)


@dataclass(frozen=True)
class Checkpoint:
    """Tell of a checkpoint of now; a broken run's is that of before."""

    kind: Literal["checkpoint"] = field(default="checkpoint", kw_only=True)


@dataclass(frozen=True)
class Stop:
    """Write a checkpoint and end; everything sent before is done first."""

    kind: Literal["stop"] = field(default="stop", kw_only=True)


Command = Start | Rewind | Go | Pause | Step | Set | Examine | Collect | Remake | Checkpoint | Stop

# Reports, from the worker to the page's process


@dataclass(frozen=True)
class Ready:
    """PyTorch is imported and warmed up: a start now reaches its first frame at once."""

    kind: Literal["ready"] = field(default="ready", kw_only=True)


@dataclass(frozen=True)
class Opened:
    """A run was built (start, resume or rewind) and stands at the step of `frame`, where its history goes on; what
    was later is void."""

    experiment: Experiment
    opening: Opening
    frame: Frame
    due: bool  # the frame's measurements are also the row of its step
    changes: tuple[Change, ...]  # of live settings, until that step
    kind: Literal["opened"] = field(default="opened", kw_only=True)


@dataclass(frozen=True)
class Measured:
    """A row of the run."""

    row: Row
    kind: Literal["measured"] = field(default="measured", kw_only=True)


@dataclass(frozen=True)
class Framed:
    """A frame of the run."""

    frame: Frame
    kind: Literal["framed"] = field(default="framed", kw_only=True)


@dataclass(frozen=True)
class Heartbeat:
    """The worker lives."""

    step: int
    steps_per_second: float  # over the last second of training; 0 while the run stands still
    kind: Literal["heartbeat"] = field(default="heartbeat", kw_only=True)


@dataclass(frozen=True)
class SettingsChanged:
    """Live settings were changed."""

    experiment: Experiment  # the run's from now on
    changes: tuple[Change, ...]  # all since its first step
    kind: Literal["settings_changed"] = field(default="settings_changed", kw_only=True)


@dataclass(frozen=True)
class Checkpointed:
    """A checkpoint was written; all the rows and frames until then were told before."""

    step: int
    asked: bool = False  # it answers a Checkpoint
    kind: Literal["checkpointed"] = field(default="checkpointed", kw_only=True)


@dataclass(frozen=True)
class Loading:
    """The run's images are being fetched, drawn or read."""

    words: Words  # how far, for people
    kind: Literal["loading"] = field(default="loading", kw_only=True)


@dataclass(frozen=True)
class Finished:
    """The last step is done."""

    kind: Literal["finished"] = field(default="finished", kw_only=True)


@dataclass(frozen=True)
class Broken:
    """A tensor became non-finite; the worker lives, and a rewind mends the run."""

    words: Words
    kind: Literal["broken"] = field(default="broken", kw_only=True)


@dataclass(frozen=True)
class Examined:
    """The answer to an Examine; they come in the order of the requests. Whichever was not asked for is empty."""

    untrained: Untrained | None
    contrasts: tuple[Contrast, ...]
    kind: Literal["examined"] = field(default="examined", kw_only=True)


@dataclass(frozen=True)
class Collected:
    """The answer to a Collect; samples.py makes it and takes it apart."""

    step: int
    experiment: Experiment
    count: int  # of images
    latent: Blob  # (count, latent_dim) as little-endian float32
    values: Blob  # (count, channels, image_size, image_size), the same
    range_map: RangeMap
    device_name: str
    kind: Literal["collected"] = field(default="collected", kw_only=True)


@dataclass(frozen=True)
class Remade:
    """The answer to a Remake."""

    png: Blob
    kind: Literal["remade"] = field(default="remade", kw_only=True)


@dataclass(frozen=True)
class Refused:
    """A command was not carried out, and why; everything else goes on."""

    command: str  # its kind
    words: Words
    kind: Literal["refused"] = field(default="refused", kw_only=True)


@dataclass(frozen=True)
class Crashed:
    """An error nobody foresaw; the worker ends after this message."""

    words: Words
    kind: Literal["crashed"] = field(default="crashed", kw_only=True)


Report = (
    Ready | Loading | Opened | Measured | Framed | Heartbeat | SettingsChanged | Checkpointed | Finished | Broken
    | Examined | Collected | Remade | Refused | Crashed
)  # fmt: skip
