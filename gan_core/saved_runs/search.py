"""Finding saved runs by their settings: `loss=hinge lr_g=0.001 monday`."""

from __future__ import annotations

from dataclasses import dataclass

from gan_core.saved_runs.label import MOST_NAME
from gan_core.saved_runs.run_folder import Heading
from gan_core.settings.experiment import Experiment, differences
from gan_core.settings.fields import SETTINGS
from gan_core.settings.setting import Value

_FIELD_OF_KEY = {row.url_key: name for name, row in SETTINGS.items()} | {name: name for name in SETTINGS}
ALWAYS = ("dataset", "architecture", "loss")  # found by their value also where it is the default


class SearchError(ValueError):
    """The words are no search; one sentence that names the setting."""


@dataclass(frozen=True)
class Search:
    """What a saved run must fit, all of it."""

    settings: tuple[tuple[str, Value], ...]  # with these values
    words: tuple[str, ...]  # each in the run's name or in a setting that was changed

    @classmethod
    def parse(cls, text: str) -> Search:
        """From what a person types: `setting=value` (the setting by name or URL key) and free words. Raises
        SearchError."""
        settings: list[tuple[str, Value]] = []
        words: list[str] = []
        for token in text.split():
            key, sign, value = token.partition("=")
            if not sign:
                words.append(token.casefold())
                continue
            name = _FIELD_OF_KEY.get(key)
            if name is None:
                raise SearchError(f"There is no setting {key!r}: search as in loss=hinge, or with free words.")
            try:
                settings.append((name, SETTINGS[name].parse(value)))
            except ValueError:
                raise SearchError(f"{name} cannot be {value!r}: it must be {SETTINGS[name].allowed}.") from None
        return cls(tuple(settings), tuple(words))

    def fits(self, heading: Heading) -> bool:
        """Whether a saved run is among what was searched for."""
        e = heading.experiment
        said = " ".join([heading.name, *changed_settings(e), *(str(getattr(e, name)) for name in ALWAYS)]).casefold()
        return all(_plain(getattr(e, name)) == _plain(value) for name, value in self.settings) and all(
            word in said for word in self.words
        )

    def fits_name(self, name: str) -> bool:
        """Whether a watched run, of which nothing but its name is known, is among what was searched for."""
        return not self.settings and all(word in name.casefold() for word in self.words)


def _plain(value: Value) -> Value | frozenset[str]:
    return frozenset(value) if isinstance(value, tuple) else value  # in whatever order a set was typed


def changed_settings(e: Experiment) -> list[str]:
    """What sets an experiment apart from the usual one, each as `name=value`."""
    return [f"{name}={SETTINGS[name].text(value)}" for name, (_, value) in differences(e).items()]


def suggested_name(e: Experiment) -> str:
    """A name for a run of these settings, of at most MOST_NAME characters."""
    words = ", ".join(changed_settings(e)) or f"{e.dataset}, default settings"
    return words if len(words) <= MOST_NAME else words[: MOST_NAME - 1] + "…"
