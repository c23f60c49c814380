"""What is wrong with a set of settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One wrong setting."""

    field: str
    value: object  # what was given
    allowed: str  # what would be right, in words

    def __str__(self) -> str:
        return f"{self.field}={self.value!r}: {self.allowed}"


class SettingsError(ValueError):
    """Everything that is wrong with a set of settings, one `Problem` for each field."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))
