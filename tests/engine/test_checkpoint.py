from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from tiny import global_randomness_unchanged, rows_of, state_of, tiny, tiny_images, trainer

from gan_core.engine.checkpoint import load_checkpoint, save_checkpoint
from gan_core.engine.trainer import Trainer
from gan_core.saved_runs.checkpoint_header import CheckpointError
from gan_core.saved_runs.run_folder import read_heading
from gan_core.settings.change import Change, settings_over_time

SETS: dict[str, dict[str, Any]] = {
    "adam": {},
    "lazy penalty": {"penalty_every": 3},
    "plain": {"architecture": "mlp-plain"},
    "sgd": {"optimiser": "sgd"},
    "sgd without momentum": {"optimiser": "sgd", "beta1": 0.0},
    "rmsprop": {"optimiser": "rmsprop"},
    "dcgan": {"architecture": "dcgan"},
    "dcgan-light": {"architecture": "dcgan-light"},
    "dcgan sgd": {"architecture": "dcgan", "optimiser": "sgd", "norm_d": "batch"},
    "ema": {"ema": 0.9},
    "spectral": {"norm_d": "spectral", "architecture": "dcgan"},
    "pack": {"pack": 2, "minibatch_std": True},
    "chance": {
        "augment": ("crop", "flip"),
        "dropout_d": 0.4,
        "instance_noise": 0.2,
        "penalty": "gradient_penalty",
    },
    "players": {"n_dis": 2, "n_gen": 0},
    "bfloat16": {"precision": "bfloat16", "update": "simultaneous"},
    "outliers": {"outliers": 0.3, "data_range": "standardised"},
}


def loaded(made: Trainer, folder: Path) -> Trainer:
    save_checkpoint(made, folder / "checkpoint.safetensors")
    images = tiny_images(made.experiment.image_size, made.experiment.channels)
    return load_checkpoint(folder / "checkpoint.safetensors", images)


@pytest.mark.parametrize("done", [0, 1, 7])
@pytest.mark.parametrize("name", SETS)
def test_resumed_equals_uninterrupted(name: str, done: int, tmp_path: Path) -> None:
    """Saved in the middle of an epoch of five batches, and of none."""
    through, stopped = trainer(**SETS[name]), trainer(**SETS[name])
    for made in (through, stopped):
        for _ in range(done):
            made.train_step()
    resumed = loaded(stopped, tmp_path)
    assert resumed.step == done
    assert resumed.experiment == through.experiment
    assert state_of(resumed) == state_of(through)
    rows = rows_of(through, 6)
    assert rows_of(resumed, 6) == rows
    assert state_of(resumed) == state_of(through)
    # Saving itself changed nothing.
    assert rows_of(stopped, 6) == rows


def test_live_changes_are_kept(tmp_path: Path) -> None:
    made = trainer()
    made.train_step()
    made.set({"lr_g": 0.05, "beta1": 0.9, "noise": "uniform", "dropout_d": 0.2})
    resumed = loaded(made, tmp_path)
    assert resumed.experiment.lr_g == 0.05
    assert rows_of(resumed, 3) == rows_of(made, 3)


def test_what_was_changed_while_it_trained_is_kept_with_its_step(tmp_path: Path) -> None:
    made = trainer()
    made.set({"lr_d": 0.5})  # before the first step: no change of a run
    made.train_step()
    made.set({"lr_d": 0.1, "lr_g": 0.1})
    made.set({"lr_d": 0.2, "lr_g": tiny().lr_g})  # as it was: again no change
    made.train_step()
    made.set({"lr_d": 0.3})
    expected = (Change(1, "lr_d", 0.5, 0.2), Change(2, "lr_d", 0.2, 0.3))
    assert made.changes == expected
    again = loaded(made, tmp_path)
    assert again.changes == expected
    assert read_heading(tmp_path).changes == expected
    assert [(step, e.lr_d) for step, e in settings_over_time(again.experiment, expected)] == [
        (1, 0.5), (2, 0.2), (None, 0.3),
    ]  # fmt: skip


def test_a_checkpoint_of_a_resumed_run_is_the_same_file(tmp_path: Path) -> None:
    made = trainer(architecture="dcgan", ema=0.9, norm_d="spectral")
    for _ in range(3):
        made.train_step()
    resumed = loaded(made, tmp_path)
    first = (tmp_path / "checkpoint.safetensors").read_bytes()
    save_checkpoint(resumed, tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == first


def test_no_global_randomness_and_nothing_left_behind(tmp_path: Path) -> None:
    made = trainer()
    with global_randomness_unchanged():
        loaded(made, tmp_path)
        loaded(made, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.safetensors"]


def test_file_can_be_read_by_others(tmp_path: Path) -> None:
    """Plain safetensors: weights by the networks' own names, settings as JSON."""
    from safetensors import safe_open

    made = trainer()
    path = tmp_path / "c.safetensors"
    save_checkpoint(made, path)
    with safe_open(path, "pt") as file:
        assert torch.equal(file.get_tensor("generator.layers.0.weight"), made.g.state_dict()["layers.0.weight"])
        state = json.loads(file.metadata()["state"])
    assert json.loads(state["experiment"])["loss"] == "non_saturating"


def test_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    made = trainer()
    path = tmp_path / "c.safetensors"
    save_checkpoint(made, path)
    before = path.read_bytes()
    made.last["not a number of JSON"] = {1, 2}  # type: ignore[assignment]
    with pytest.raises(TypeError):
        save_checkpoint(made, path)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def one_sentence(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path, tiny_images())
    words = str(caught.value)
    assert path.name in words
    assert "\n" not in words
    assert words.endswith("start a new run.")
    return words


def test_damaged_and_foreign_files_are_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "c.safetensors"
    save_checkpoint(trainer(), path)
    whole = path.read_bytes()
    for length in (0, 1, 7, 8, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        one_sentence(path)
    path.write_bytes(b"PK\x03\x04 a zip file perhaps" * 20)
    one_sentence(path)
    torch.save({"weights": torch.ones(2)}, path)
    one_sentence(path)
    one_sentence(tmp_path / "missing.safetensors")
    weights = {"w": torch.ones(2)}
    foreign: list[dict[str, str] | None] = [
        None, {"state": "no JSON"}, {"state": "[]"}, {"state": "{}"},
        {"state": json.dumps({"format": "gan-playground-0"})},
        {"state": json.dumps({"format": "gan-playground-2"})},
        {"state": json.dumps({"format": "gan-playground-2", "experiment": '{"colour": 1}'})},
        {"state": json.dumps({"format": "gan-playground-2", "experiment": trainer().experiment.json_text()})},
    ]  # fmt: skip
    for metadata in foreign:
        save_file(weights, path, metadata)
        words = one_sentence(path)
        assert ("another version" in words) == ("gan-playground-0" in str(metadata))


def test_weights_of_other_shapes_are_refused(tmp_path: Path) -> None:
    from safetensors import safe_open

    path = tmp_path / "c.safetensors"
    save_checkpoint(trainer(), path)
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    save_file({**tensors, "generator.layers.0.weight": torch.ones(3, 3)}, path, metadata)
    one_sentence(path)
    del tensors["discriminator.logit.bias"]
    save_file(tensors, path, metadata)
    one_sentence(path)


def test_a_persons_own_pictures_must_be_the_same_ones(tmp_path: Path) -> None:
    """With others, what is resumed would not be what was stopped."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number, pixels in enumerate(tiny_images().pixels):
        Image.fromarray(pixels[0]).save(pictures / f"{number:02d}.png")
    made = Trainer(tiny(dataset="folder", folder=str(pictures)))
    made.train_step()
    save_checkpoint(made, tmp_path / "c.safetensors")
    assert state_of(load_checkpoint(tmp_path / "c.safetensors")) == state_of(made)
    Image.fromarray(tiny_images().pixels[1, 0]).save(pictures / "00.png")
    with pytest.raises(CheckpointError, match=r"folder='.*pictures' holds other pictures .* put those back"):
        load_checkpoint(tmp_path / "c.safetensors")
