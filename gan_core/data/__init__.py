"""Training images and points: where they come from, one file for each data set, and the registry of all."""

from gan_core.data.images import Images, Progress
from gan_core.data.points import Points
from gan_core.data.registry import SOURCES, load, load_for
from gan_core.data.source import Request, Source
from gan_core.files.errors import DataError

__all__ = ["SOURCES", "DataError", "Images", "Points", "Progress", "Request", "Source", "load", "load_for"]
