"""What is known of one data set: all that a page, a script, a comparison and the command line ask of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from gan_core.data.images import Images, Progress
from gan_core.data.points import Points


@dataclass(frozen=True)
class Request:
    """What is asked of a source. Each reads the fields that concern it."""

    image_size: int  # pixels
    channels: int
    folder: str
    progress: Progress | None
    background: str = "black"  # of what is transparent
    mode_std: float = 0.05
    drawn: str = ""


@dataclass(frozen=True)
class Source:
    """One data set."""

    label: str
    words: str  # one sentence
    load: Callable[[Request], Images | Points]
    # What they depend on besides size and channels, such as the state of the files: those in memory serve
    # again while it stays the same.
    stamp: Callable[[Request], Hashable]
    in_script: str = ""  # what a script says of its images; empty for the label
    # A person's own pictures, by the setting `folder`: on this machine alone, of any number, not to be compared with.
    own: bool = False
    colours: bool = False  # with 3 channels it has every hue as often, else it is grey

    @property
    def named(self) -> str:
        """What the images are, in the middle of a sentence."""
        return self.in_script or self.label
