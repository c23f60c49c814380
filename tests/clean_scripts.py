"""What ruff says of exported scripts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def assert_clean(folder: Path) -> None:
    """Each script in a folder is as a linter and a formatter would have it."""
    (folder / "ruff.toml").write_text(
        'line-length = 120\n[lint]\nselect = ["E", "F", "W", "I", "B", "UP", "SIM", "C4"]'
    )
    for call in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *call, "--no-cache", "."], cwd=folder, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
