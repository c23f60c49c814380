"""What a person changed while a run trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS
from gan_core.settings.setting import Value


@dataclass(frozen=True)
class Change:
    """A live setting that got another value between two steps."""

    step: int  # the last that was trained with the value before
    field: str  # of the Experiment
    before: Value
    after: Value

    @property
    def words(self) -> str:
        """For people: what it is now."""
        after = f"{self.after:g}" if isinstance(self.after, float) else str(self.after)
        return f"{SETTINGS[self.field].label} → {after}"


def changed(changes: Sequence[Change], step: int, before: Experiment, after: Experiment) -> tuple[Change, ...]:
    """`changes` and those from one experiment to another at a step. A value that is set twice at one step counts once,
    and not at all where it is again what it was."""
    kept = {(change.step, change.field): change for change in changes}
    for field, (was, now) in diff(before, after).items():
        first = kept.pop((step, field), None)
        since = first.before if first else was
        if since != now:
            kept[step, field] = Change(step, field, since, now)
    return tuple(kept.values())


def settings_over_time(e: Experiment, changes: Sequence[Change]) -> list[tuple[int | None, Experiment]]:
    """The settings that a run has had, oldest first, each with its last step; None for those of now, which are `e`."""
    found: list[tuple[int | None, Experiment]] = [(None, e)]
    for step in sorted({change.step for change in changes}, reverse=True):
        values = {change.field: change.before for change in changes if change.step == step}
        found.insert(0, (step, found[0][1].model_copy(update=values)))
    return found
