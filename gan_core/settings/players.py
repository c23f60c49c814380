"""Who trains in a step."""

from __future__ import annotations

from typing import Literal

Players = Literal["both", "d", "g"]
