"""Files that people upload: kept once each, under the hash of their content, where a worker can read them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from gan_core.files.atomic_write import write_whole
from gan_core.files.cache_folder import cache_folder


def keep(content: bytes, suffix: str) -> Path:
    """The path of a file with this content; the same content has the same path. Raises OSError."""
    path = cache_folder() / "uploads" / (hashlib.sha256(content).hexdigest()[:24] + suffix)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    return path
