"""What this program wrote where somebody said: its own file may be replaced by a newer one, nobody else's.

The record keeps a digest for each place. A file that was changed since then is somebody else's.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from gan_core.files.cache_folder import cache_folder


def is_ours(path: Path) -> bool:
    """Whether a file is the one that was last written there. A link is not."""
    try:
        return path.is_file() and not path.is_symlink() and _record(path).read_text() == _digest(path.read_bytes())
    except OSError:
        return False


def remember(path: Path, content: bytes) -> None:
    """Note that this content was written there. Without a cache to note it in, the file counts as somebody else's."""
    record = _record(path)
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(_digest(content))
    except OSError:
        return


def _record(path: Path) -> Path:
    return cache_folder() / "written" / _digest(os.path.realpath(path).encode(errors="surrogateescape"))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
