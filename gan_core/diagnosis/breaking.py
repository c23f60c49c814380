"""How settings that are at hand can be broken: by the one setting of a recipe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gan_core.diagnosis.failures import FAILURES
from gan_core.settings.compatibility import matters
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.points import POINT_SETS
from gan_core.settings.problems import SettingsError
from gan_core.settings.setting import Value


@dataclass(frozen=True)
class Break:
    """One setting's value, with which a recipe fails."""

    failure: str  # of FAILURES
    field: str
    value: Value


def breaks(e: Experiment) -> Iterator[Break]:
    """The values with which the recipes fail, as far as these settings take them. Each has an effect, is another than
    now, and goes with all other settings; and the failure is looked for. Two recipes may share one."""
    if e.dataset in POINT_SETS:
        return
    for failure in sorted(FAILURES.values(), key=lambda failure: failure.place):
        changed = diff(failure.recipe.fixed, failure.recipe.broken)
        ((field, (_, value)),) = changed.items()
        if not matters(field, e.model_dump()) or getattr(e, field) == value:
            continue
        try:
            broken = e.replace(**{field: value})
        except SettingsError:
            continue
        if failure.detector(broken) is not None:
            yield Break(failure.name, field, value)
