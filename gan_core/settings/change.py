"""What a person changed while a run trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS
from gan_core.settings.mistakes import BUILT_IN
from gan_core.settings.setting import Value

MOST_MARKS = 12  # side by side on a chart


@dataclass(frozen=True)
class Change:
    """A live setting that got another value between two steps."""

    step: int  # the last that was trained with the value before
    field: str  # of the Experiment
    before: Value
    after: Value

    @property
    def words(self) -> str:
        """For a mark on a chart: what it is now."""
        after = f"{self.after:g}" if isinstance(self.after, float) else str(self.after)
        return f"{self.field} → {after}"


def needing_new_run(before: Experiment, changes: Mapping[str, object]) -> list[str]:
    """Those of some settings and their new values that cannot come while a run trains; names of none are left out."""
    fixed = [name for name in changes if name in SETTINGS and not SETTINGS[name].live]
    mistake = changes.get("mistake", before.mistake)
    if mistake != before.mistake and BUILT_IN in (mistake, before.mistake):
        fixed.append("mistake")
    return fixed


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


def marks_of(changes: Sequence[Change], steps: int) -> list[tuple[int, str]]:
    """The marks on a chart of so many steps: each with its step and its words. Changes close to each other, as a slider
    makes them on its way, share one."""
    groups: list[tuple[int, dict[str, str]]] = []
    for change in sorted(changes, key=lambda change: change.step):
        close = groups and change.step - groups[-1][0] < steps / MOST_MARKS
        known = groups.pop()[1] if close else {}
        groups.append((change.step, {**known, change.field: change.words}))
    return [(step, ", ".join(words.values())) for step, words in groups]


def trained_with(e: Experiment, changes: Sequence[Change], step: int) -> Experiment:
    """The settings of the last step that was trained, `step`, of a run whose settings are `e` now: a setting that was
    changed after it has had no effect yet."""
    later = sorted((change for change in changes if change.step >= step), key=lambda change: change.step, reverse=True)
    return e.model_copy(update={change.field: change.before for change in later})


def settings_over_time(e: Experiment, changes: Sequence[Change]) -> list[tuple[int | None, Experiment]]:
    """The settings that a run has had, oldest first, each with its last step; None for those of now, which are `e`."""
    found: list[tuple[int | None, Experiment]] = [(None, e)]
    for step in sorted({change.step for change in changes}, reverse=True):
        values = {change.field: change.before for change in changes if change.step == step}
        found.insert(0, (step, found[0][1].model_copy(update=values)))
    return found
