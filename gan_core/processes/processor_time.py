"""How much of a processor a process has taken, where the system tells (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")


def processor_s(pid: int) -> float | None:
    """Seconds of a core that a process has taken so far; None where that is not known, as for one that has ended."""
    try:
        # The name, in brackets, may hold blanks; user and system time are the 12th and 13th field after it.
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
