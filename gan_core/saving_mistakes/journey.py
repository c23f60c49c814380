"""One image on its way from a tensor to a file: what each stage makes of it, right or wrong, and where it breaks.

Nothing is simulated: numpy and Pillow do what the chosen lines say, and what they raise is kept as it is.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan_core.pixels.range_map import Pixels, RangeMap
from gan_core.saving_mistakes.stage_choices import STAGES, StageChoice, Subject, stage_choices

Array = NDArray[Any]
BYTES = (0.0, 255.0)


@dataclass(frozen=True)
class Choices:
    """What is chosen at each stage, by its name in `stage_choices`. The defaults are right."""

    map: str = "right"
    clip: str = "clip"
    cast: str = "round"
    order: str = "right"
    pil: str = "plain"
    file: str = "png"
    quality: int = 75  # JPEG's, 1 to 95


@dataclass(frozen=True)
class Numbers:
    """An array in a few numbers. Those of its finite values are NaN where there are none."""

    dtype: str
    shape: tuple[int, ...]
    low: float  # the least finite value
    high: float  # the greatest finite value
    mean: float  # of the finite values
    outside: float  # share of all values that are outside the legal range or not finite, 0 to 1


@dataclass(frozen=True, eq=False)
class Stage:
    """Where the image is after one stage."""

    name: str  # a key of STAGES, or "tensor" for the start
    choice: StageChoice | None  # None for the start
    array: Array | None  # what came out, None where nothing did
    legal: tuple[float, float]  # the least and the greatest value that a pixel may have here
    mode: str = ""  # Pillow's
    error: str = ""  # what was raised here, as Python prints it; empty also where the journey had ended before
    warning: str = ""  # what numpy warned of

    @property
    def code(self) -> str:
        """The expression that was taken; empty where nothing was done."""
        return self.choice.code if self.choice else ""

    @property
    def numbers(self) -> Numbers | None:
        """Of its array, where there is one."""
        if self.array is None:
            return None
        values = self.array.astype(np.float64)
        finite = values[np.isfinite(values)]
        inside = np.count_nonzero((finite >= self.legal[0]) & (finite <= self.legal[1]))
        least, most, mean = (finite.min(), finite.max(), finite.mean()) if finite.size else (np.nan,) * 3
        outside = 1 - inside / max(values.size, 1)
        shape = tuple(self.array.shape)
        return Numbers(str(self.array.dtype), shape, float(least), float(most), float(mean), float(outside))

    @property
    def picture(self) -> Pixels | None:
        """The array as it would look: (H, W) or (H, W, 3), the legal range as 0 to 255, what is beyond clipped.

        None where it is no picture: an odd shape, a value that is not finite."""
        if self.array is None or not np.isfinite(self.array.astype(np.float64)).all():
            return None
        channels_first = self.name in ("tensor", "map", "clip", "cast")
        shown = self.array.transpose(1, 2, 0) if channels_first else self.array
        if shown.ndim == 3 and shown.shape[2] == 1:
            shown = shown[..., 0]
        if shown.ndim != 2 and not (shown.ndim == 3 and shown.shape[2] == 3):
            return None
        low, high = self.legal
        return np.rint(((shown.astype(np.float64) - low) / (high - low) * 255).clip(0, 255)).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class Journey:
    """One image's way through all stages."""

    stages: tuple[Stage, ...]  # in the order in which they were reached
    file: bytes  # empty where none was written
    code: str  # Python that does exactly this

    def __getitem__(self, name: str) -> Stage:
        return next(stage for stage in self.stages if stage.name == name)

    @property
    def seen(self) -> Array | None:
        """The pixels as read back from the file: (H, W) or (H, W, 3); None where none was written."""
        return self["file"].array

    @property
    def broke(self) -> Stage | None:
        """The stage that raised, where one did."""
        return next((stage for stage in self.stages if stage.error), None)


def subject(image: Array, range_map: RangeMap, choices: Choices) -> Subject:
    """What the lines depend on, of an image (C, H, W). Raises ValueError for another shape, or other than float32."""
    if image.ndim != 3 or image.shape[0] not in (1, 3) or 0 in image.shape or image.dtype != np.float32:
        raise ValueError(
            f"image must be float32 of shape (1 or 3, H, W), not empty, but is {image.dtype} {image.shape}."
        )
    if not 1 <= choices.quality <= 95:
        raise ValueError(f"quality must be a whole number from 1 to 95, but is {choices.quality}.")
    channels, height, width = image.shape
    return Subject(channels, height, width, range_map, choices.quality)


def travel(image: NDArray[np.float32], range_map: RangeMap, choices: Choices, index: int = 0) -> Journey:
    """Take an image (C, H, W), its numbers in the range of `range_map`, through all stages as chosen.

    `index` is the image's place in its batch; it matters to the code alone. Raises ValueError as `subject` does, and
    for a choice that is not offered for such an image.
    """
    about = subject(image, range_map, choices)
    chosen = {stage: _choice(stage, getattr(choices, stage), about) for stage in _sequence(choices)}
    stages = [Stage("tensor", None, image, (range_map.low, range_map.high))]
    x: Any = image
    for name, choice in chosen.items():
        if stages[-1].array is None:
            stages.append(Stage(name, choice, None, BYTES))
            continue
        # Until the range map, a pixel's legal values are the tensor's: a cast before it is judged by these.
        mapped = name == "map" or any(stage.name == "map" for stage in stages)
        stage, x = _take(name, choice, x, BYTES if mapped else stages[0].legal)
        stages.append(stage)
    return Journey(tuple(stages), x if isinstance(x, bytes) else b"", _code(chosen, range_map, index))


def _sequence(choices: Choices) -> list[str]:
    names = list(STAGES)
    if choices.cast == "early":
        names.remove("cast")
        names.insert(0, "cast")
    return names


def _choice(stage: str, name: str, about: Subject) -> StageChoice:
    offered = stage_choices(stage, about)
    if name not in offered:
        kind = "grey" if about.channels == 1 else "colour"
        raise ValueError(
            f"{stage} {name!r} is not offered for {kind} images in {about.range_map.name}: choose one of "
            f"{', '.join(offered)}."
        )
    return offered[name]


def _take(name: str, choice: StageChoice, x: Any, legal: tuple[float, float]) -> tuple[Stage, Any]:
    """One stage: what it came to, and what goes on from here."""
    warned: list[str] = []
    stage = Stage(name, choice, None, legal)
    try:
        # Not warnings.catch_warnings, which would catch those of other visitors' threads too.
        with np.errstate(divide="call", over="call", invalid="call", call=lambda kind, _: warned.append(kind)):
            x = choice.do(x)
        if isinstance(x, bytes):
            with Image.open(io.BytesIO(x)) as read:
                stage = replace(stage, array=np.asarray(read), mode=read.mode)
        elif isinstance(x, Image.Image):
            stage = replace(stage, array=np.asarray(x), mode=x.mode)
        else:
            stage = replace(stage, array=x)
    except (TypeError, ValueError, OSError) as error:
        return replace(stage, error=f"{type(error).__name__}: {error}"), None
    if warned:
        where = " in cast" if name == "cast" else ""
        stage = replace(stage, warning=f"RuntimeWarning: {warned[0]} encountered{where}")
    return stage, x


def _code(chosen: dict[str, StageChoice], range_map: RangeMap, index: int) -> str:
    lines = []
    for name, choice in chosen.items():
        target = "" if name == "file" else "x = "
        comment = f"# {STAGES[name][0]}: {choice.words}"
        lines.append(f"{target + choice.code:<44}  {comment}" if choice.code else comment)
    head = (
        "import numpy as np\nfrom PIL import Image\n\n"
        f"# (N, C, H, W) in {range_map.name}; of your own: generator(z).detach().cpu().numpy()\n"
        f'x = np.load("tensor.npy")[{index}]\n\n'
    )
    return head + "\n".join(lines) + "\n"
