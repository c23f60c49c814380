"""Training images: where they come from, one file per source, and the registry of all sources."""

from gan_core.data.images import Images, Progress
from gan_core.data.registry import SOURCES, Request, Source, load
from gan_core.files.errors import DataError

__all__ = ["SOURCES", "DataError", "Images", "Progress", "Request", "Source", "load"]
