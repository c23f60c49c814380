"""The weights that go with saved pictures: small, of their step alone, and enough to draw the pictures again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny import trained

from gan_core.engine.checkpoint import save_checkpoint
from gan_core.engine.regenerate import regenerate
from gan_core.engine.take_samples import collect
from gan_core.messages.samples import MOST
from gan_core.outputs.saved_pictures import saved_singles, write
from gan_core.outputs.weights import weights_of
from gan_core.saved_runs.checkpoint_header import CheckpointError

NETWORKS: list[dict[str, Any]] = [
    {},
    {"sample_mode": "eval"},
    {"architecture": "dcgan", "channels": 3, "image_size": 9},
    {"precision": "bfloat16", "ema": 0.9, "data_range": "standardised", "output_activation": "linear"},
]


@pytest.mark.parametrize("settings", NETWORKS, ids=str)
def test_they_draw_the_pictures_again(tmp_path: Path, settings: dict[str, Any]) -> None:
    made = trained(2, **settings)
    samples = collect(made, MOST)
    checkpoint, file = tmp_path / "checkpoint.safetensors", tmp_path / "generator.safetensors"
    save_checkpoint(made, checkpoint)
    file.write_bytes(weights_of(checkpoint, samples))
    assert file.stat().st_size < checkpoint.stat().st_size / 3  # no discriminator, no optimisers
    pictures = saved_singles(samples, "png", None)
    write(pictures, tmp_path)
    for picture in (pictures[0], pictures[40]):
        assert regenerate(tmp_path / picture.name, file).difference.differ == 0


def test_a_checkpoint_of_another_moment_is_refused(tmp_path: Path) -> None:
    made = trained(2)
    checkpoint = tmp_path / "checkpoint.safetensors"
    save_checkpoint(made, checkpoint)
    with pytest.raises(CheckpointError, match="of step 2, the pictures are of step 3"):
        weights_of(checkpoint, collect(trained(3), MOST))
    with pytest.raises(CheckpointError):
        weights_of(checkpoint, collect(trained(2, sample_mode="eval"), MOST))
    with pytest.raises(CheckpointError):
        weights_of(tmp_path / "none", collect(made, MOST))
