"""How much memory there is, and how much a process takes of it; where the system does not tell, nothing is known."""

from __future__ import annotations

import re
from pathlib import Path

PROC = Path("/proc")


def available_mb() -> float | None:
    """Megabytes that may still be taken without swapping; None where that is not known (no /proc)."""
    return megabytes(PROC / "meminfo", "MemAvailable")


def own_mb(pid: int) -> float | None:
    """Megabytes that a process has to itself, shared ones counted in proportion; None where that is not known, as for
    one that has ended."""
    return megabytes(PROC / str(pid) / "smaps_rollup", "Pss")


def megabytes(path: Path, name: str) -> float | None:
    """What a file of /proc tells under a name, in megabytes; None where there is no such file or line."""
    try:
        found = re.search(rf"^{name}:\s+(\d+) kB", path.read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None
