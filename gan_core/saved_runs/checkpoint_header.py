"""What a checkpoint says of itself, read without its weights and without torch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from safetensors import SafetensorError, safe_open

from gan_core.settings.change import Change
from gan_core.settings.experiment import Experiment

FORMAT = "gan-playground-2"


_changes = TypeAdapter(tuple[Change, ...])


class CheckpointError(ValueError):
    """The file is no checkpoint of this program, or is damaged."""


def read_state(path: Path) -> tuple[dict[str, Any], Experiment]:
    """The plain part of a checkpoint, `step` (int, from 0) in it, and the settings at that step. Raises
    CheckpointError for a file that is damaged, cut short, or somebody else's."""
    with refusing_damage(path):
        with safe_open(path, "np") as file:
            state = json.loads((file.metadata() or {})["state"])
        if state["format"] != FORMAT:
            raise CheckpointError(f"{path.name} was written by another version; start a new run.")
        if type(state["step"]) is not int or state["step"] < 0:
            raise ValueError(f"its step is {state['step']!r}")
        return state, Experiment.from_json(state["experiment"])


def changes_of(state: dict[str, Any]) -> tuple[Change, ...]:
    """What was changed while the run trained, as its checkpoint's plain part tells it. Raises ValueError."""
    return _changes.validate_json(json.dumps(state.get("changes", [])))


@contextmanager
def refusing_damage(path: Path) -> Iterator[None]:
    """Whatever a file that is not what it should be leads to, as the one sentence of CheckpointError."""
    try:
        yield
    except CheckpointError:
        raise
    except (SafetensorError, OSError, LookupError, TypeError, ValueError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise CheckpointError(f"{path.name} cannot be read as a checkpoint ({reason}); start a new run.") from None
