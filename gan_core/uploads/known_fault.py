"""What is known of one fault that brought pictures may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gan_core.diagnosis.detector import Condition
from gan_core.uploads.as_pictures import BroughtPictures

# Failures that say that the values do not fill their range rightly: much else follows from them.
RANGE = frozenset({
    "wrong-range-map", "shifted-range", "half-range", "normalised-twice", "clipped-dark", "low-bit-depth",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class KnownFault:
    """One fault that pictures may have when they are brought."""

    kind: str  # the failure's name; where one failure has several, a colon and which
    shown_by: Literal["all", "floats", "bytes"] = "all"  # values in which it is looked for
    conditions: tuple[Condition, ...]  # which must all hold
    needs_range: bool = False  # whether nothing can be told where the range of the values is not known
    explained_by: frozenset[str] = frozenset()  # failures beside which it says nothing new
    why: str  # one sentence
    repair: Callable[[BroughtPictures], list[str]]  # the lines of code that mend it
    fix: Mapping[str, Any] = field(default_factory=dict)  # settings that mend it, where training is at fault

    @property
    def failure(self) -> str:
        """The failure's name."""
        return self.kind.partition(":")[0]
