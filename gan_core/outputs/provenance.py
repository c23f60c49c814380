"""Where a saved picture comes from: all that is needed to make it again, as the JSON beside it and inside it."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gan_core.messages.samples import MOST, GeneratedSamples
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.earlier_versions import brought_up
from gan_core.settings.experiment import Experiment
from gan_core.settings.mistakes import normalises_batches
from gan_core.settings.problems import SettingsError

FORMAT = "gan-playground-picture-1"

Vector = list[Annotated[float, Field(allow_inf_nan=False)]]


class OriginError(ValueError):
    """The JSON does not say where a picture comes from; one sentence."""


class Batch(BaseModel):
    """The batch that the picture's images were drawn in."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    count: int = Field(ge=1, le=4096)  # of its images
    first: int = Field(ge=0)  # number of the picture's first image in it
    others: list[Vector] | None = None  # the other latents, in order, where BatchNorm took its statistics from all


class Grid(BaseModel):
    """The picture shows several images, row by row."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    columns: int = Field(ge=1, le=4096)


class FormatChange(BaseModel):
    """What the file's format changed, in levels of 0 to 255."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    mean: float
    greatest: int


class Origin(BaseModel):
    """Where a picture comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: Literal["gan-playground-picture-1"]
    step: int = Field(ge=0)
    experiment: dict[str, Any]
    experiment_hash: str
    latent: Vector | list[Vector]  # the noise of its one image, or with `grid` a list of them, float32
    batch: Batch
    grid: Grid | None = None  # None for a single image
    range_map: RangeMap
    batchnorm_mode: Literal["train", "eval"]
    device: str
    versions: dict[str, str]  # of Python and the libraries
    time: str | None = None  # when it was drawn (ISO, UTC); None where the same experiment shall give the same bytes
    loss: FormatChange | None = None  # of a format that loses something
    crossed: list[int] | None = None  # the images that were crossed out, since they hold NaN or infinity

    def json_text(self) -> str:
        """ASCII JSON; every float32 in it is exact."""
        return json.dumps(self.model_dump(mode="json", exclude_none=True))

    @property
    def settings(self) -> Experiment:
        """The experiment as such. Raises OriginError where this version knows no such settings."""
        try:
            return Experiment(**brought_up(self.experiment))
        except SettingsError as error:
            raise OriginError(f"its experiment does not fit this version: {error}") from None

    @property
    def latents(self) -> NDArray[np.float32]:
        """(N, latent_dim) of the images in the picture."""
        return np.array(self.latent, np.float32).reshape(-1, self.settings.latent_dim)

    def batch_latents(self) -> NDArray[np.float32]:
        """(batch.count, latent_dim): all latents drawn together, each in its place.

        Where the others do not matter they are zero: a row of a product depends on where it stands, in the last bit,
        but not on the other rows.
        """
        own = self.latents
        batch = np.zeros((self.batch.count, own.shape[1]), np.float32)
        at = slice(self.batch.first, self.batch.first + len(own))
        batch[at] = own
        if self.batch.others is not None:
            elsewhere = np.ones(len(batch), bool)
            elsewhere[at] = False
            batch[elsewhere] = np.array(self.batch.others, np.float32).reshape(-1, own.shape[1])
        return batch


def origin_of(samples: GeneratedSamples, first: int, count: int, columns: int | None, drawn: datetime | None) -> Origin:
    """The origin of `count` of the samples from number `first` on: of a grid of so many `columns`, or of one image
    where that is None. Raises ValueError unless the samples are a whole batch."""
    if len(samples.latent) != MOST:
        raise ValueError(f"{len(samples.latent)} samples are not a whole batch: collect all {MOST}.")
    e = samples.experiment
    latents = samples.latent.astype(np.float64).tolist()
    shown = latents[first : first + count]
    together = e.sample_mode == "train" and normalises_batches(e.norm_g, e.mistake)
    return Origin(
        format=FORMAT,
        step=samples.step,
        experiment=e.model_dump(mode="json"),
        experiment_hash=e.digest,
        latent=shown[0] if columns is None else shown,
        batch=Batch(
            count=len(latents), first=first, others=latents[:first] + latents[first + count :] if together else None
        ),
        grid=None if columns is None else Grid(columns=columns),
        range_map=samples.range_map,
        batchnorm_mode=e.sample_mode,
        device=samples.device_name,
        versions=versions(),
        time=None if drawn is None else drawn.astimezone(UTC).isoformat(timespec="seconds"),
        crossed=_broken(samples.values[first : first + count]) or None,
    )


def parse(text: str | bytes, name: str) -> Origin:
    """An origin from its JSON. Raises OriginError, its sentence beginning with `name`, for anything else."""
    try:
        found = Origin.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the whole"
        raise OriginError(
            f"{name} does not say where a picture comes from ({field}: {first['msg']}): take the JSON that was saved "
            "with it."
        ) from None
    _check_sizes(found, name)
    return found


@cache
def versions() -> dict[str, str]:
    """Of the libraries that the pixels depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in ("torch", "numpy", "pillow")}}


def _broken(values: NDArray[np.float32]) -> list[int]:
    return [number for number, image in enumerate(values) if not np.isfinite(image).all()]


def _check_sizes(found: Origin, name: str) -> None:
    """The numbers of a JSON that somebody may have changed must fit each other."""
    line = found.range_map
    if not all(map(math.isfinite, (line.mean, line.std))) or line.std <= 0:
        raise OriginError(
            f"{name} has a range_map with mean {line.mean} and std {line.std}: they must be finite, std > 0."
        )
    try:
        wide = found.settings.latent_dim
    except OriginError as error:
        raise OriginError(f"{name} cannot be used, {error}") from None
    own: Sequence[Any] = found.latent if found.grid else [found.latent]
    others = found.batch.others or []
    lists = all(isinstance(vector, list) and len(vector) == wide for vector in [*own, *others])
    whole = found.batch.others is None or len(own) + len(others) == found.batch.count
    if not (own and lists and whole and found.batch.first + len(own) <= found.batch.count):
        raise OriginError(
            f"{name} has latents that fit neither latent_dim {wide} nor its batch of {found.batch.count}: take the "
            "JSON that was saved with the picture."
        )
