"""What draws the pictures of a run, taken out of its checkpoint: a small file to go with them. No torch."""

from __future__ import annotations

import json
from pathlib import Path

from safetensors import safe_open
from safetensors.numpy import save

from gan_core.messages.samples import GeneratedSamples
from gan_core.saved_runs.checkpoint_header import CheckpointError, read_state, refusing_damage

NAME = "generator.safetensors"


def weights_of(checkpoint: Path, samples: GeneratedSamples) -> bytes:
    """The generator, or its running average where that draws, as a file that `regenerate` takes for a checkpoint.

    Raises CheckpointError for a file that is damaged, or not of the step and the settings of these samples.
    """
    state, experiment = read_state(checkpoint)
    if (state["step"], experiment) != (samples.step, samples.experiment):
        raise CheckpointError(f"{checkpoint.name} is of step {state['step']}, the pictures are of step {samples.step}.")
    owner = "average." if experiment.ema else "generator."
    with refusing_damage(checkpoint), safe_open(checkpoint, "np") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys() if name.startswith(owner)}  # noqa: SIM118
    return save(tensors, {"state": json.dumps(state)})
