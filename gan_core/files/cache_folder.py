"""Where on disk is kept what can be made or fetched again."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path


def cache_folder() -> Path:
    """The folder `GAN_CACHE` names, else this platform's usual place for caches; it need not exist yet."""
    given = os.environ.get("GAN_CACHE")
    return Path(given) if given else user_cache_path("gan-playground")
