"""A saved picture made again from its latents and the run's checkpoint: the same pixels, or a clear no."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from commanding import SMALL, command, one_line, trained
from PIL import Image
from tiny import state_of
from tiny import trained as made_by

from gan_core.engine.checkpoint import save_checkpoint
from gan_core.engine.regenerate import RegenerateError, regenerate, remade_by
from gan_core.engine.take_samples import collect
from gan_core.engine.trainer import Trainer
from gan_core.messages.samples import MOST
from gan_core.outputs.saved_pictures import read_saved, saved_grid, saved_singles, write
from gan_core.pixels.picture_files import FORMATS, encode, read
from gan_core.saved_runs.checkpoint_header import CheckpointError

NETWORKS: list[dict[str, Any]] = [
    {"init": "dcgan", "bn_momentum": 0.01},  # where the modes of BatchNorm are far apart
    {"architecture": "dcgan", "channels": 3, "image_size": 9},
    {"architecture": "document-dcgan"},
    {"precision": "bfloat16", "ema": 0.9, "data_range": "standardised", "output_activation": "linear"},
    {
        "norm_g": "none",
        "noise": "sphere",
        "data_range": "raw",
        "output_activation": "linear",
        "init": "normal",
        "init_std": 1.0,
    },
    {"norm_g": "instance", "architecture": "dcgan", "upsample": "transpose3"},
]


def saved(made: Trainer, folder: Path, format: str = "png") -> tuple[list[Path], Path]:
    """All of its samples, and its grid, in a folder with its checkpoint."""
    samples = collect(made, MOST)
    pictures = [*saved_singles(samples, format, None), saved_grid(samples, format, None)]
    write(pictures, folder)
    save_checkpoint(made, folder / "checkpoint.safetensors")
    return [folder / picture.name for picture in pictures], folder / "checkpoint.safetensors"


@pytest.mark.parametrize("mode", ["eval", "train"])
@pytest.mark.parametrize("settings", NETWORKS, ids=lambda settings: ",".join(map(str, settings.values())))
def test_every_saved_picture_is_made_again_pixel_by_pixel(tmp_path: Path, settings: dict[str, Any], mode: str) -> None:
    made = made_by(2, **settings, sample_mode=mode)
    pictures, checkpoint = saved(made, tmp_path)
    for picture in (pictures[0], pictures[7], pictures[63], pictures[-1]):
        compared = regenerate(picture, checkpoint)
        assert compared.as_dict() == {
            "same": True, "greatest_difference": 0, "mean_difference": 0.0, "differing_pixels": 0,
            "first_difference": None, "step": 2,
            "experiment_hash": made.experiment.digest,
        }  # fmt: skip
        assert np.array_equal(compared.picture, np.asarray(Image.open(picture)))
        assert compared.picture.std() > 0


@pytest.mark.parametrize("format", sorted(FORMATS))
@pytest.mark.parametrize("channels", [1, 3])
def test_from_every_format_and_from_the_json_beside_it(tmp_path: Path, format: str, channels: int) -> None:
    pictures, checkpoint = saved(made_by(2, channels=channels, init="normal", init_std=0.5), tmp_path, format)
    for picture in (pictures[3], pictures[-1]):
        for path in (picture, picture.with_suffix(".json")):
            assert regenerate(path, checkpoint).difference.differ == 0


def test_a_picture_that_was_changed_is_told(tmp_path: Path) -> None:
    (first, *_), checkpoint = saved(made_by(2), tmp_path)
    pixels, text = read(first.read_bytes(), "x")
    pixels = pixels.copy()
    before = int(pixels[3, 4])
    pixels[3, 4] = 255 - before
    first.write_bytes(encode(pixels, "png", text))
    compared = regenerate(first, checkpoint)
    assert not compared.as_dict()["same"]
    assert compared.difference.greatest == abs(255 - 2 * before)
    assert compared.difference.mean == pytest.approx(abs(255 - 2 * before) / 64)
    assert (compared.difference.differ, compared.difference.first) == (1, (3, 4))
    assert "1 of 64 pixels differ" in compared.difference.words


def test_in_train_mode_the_latents_of_the_others_matter(tmp_path: Path) -> None:
    """What makes the recorded batch necessary: without it, another picture comes out."""
    made = made_by(3, init="normal", init_std=0.5)
    (first, *_), _ = saved(made, tmp_path)
    origin, pixels = read_saved(first)
    assert np.array_equal(remade_by(made, origin), pixels)
    alone = origin.model_copy(update={"batch": origin.batch.model_copy(update={"others": None})})
    assert not np.array_equal(remade_by(made, alone), pixels)


def test_broken_images_are_crossed_out_again(tmp_path: Path) -> None:
    made = made_by(1, norm_g="none")
    with torch.no_grad():
        list(made.g.parameters())[-1][:5] = float("nan")
    made._looked = None
    pictures, checkpoint = saved(made, tmp_path)
    assert regenerate(pictures[-1], checkpoint).difference.differ == 0


def test_a_checkpoint_of_another_step_or_experiment_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (first, *_), _ = saved(made_by(2), tmp_path)
    for name, other, words in (
        ("later", made_by(3), "of step 2, but the weights are of step 3"),
        ("seed", made_by(2, seed=5), "seed was 0, here it is 5"),
        ("rate", made_by(2, lr_g=0.01), "lr_g was"),
    ):
        file = tmp_path / name
        save_checkpoint(other, file)
        with pytest.raises(RegenerateError, match=words) as caught:
            regenerate(first, file)
        assert "\n" not in str(caught.value)


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    (first, *_), checkpoint = saved(made_by(1), tmp_path)
    with pytest.raises(CheckpointError):
        regenerate(first, first)
    with pytest.raises(CheckpointError):
        regenerate(first, tmp_path / "none")
    checkpoint.write_bytes(checkpoint.read_bytes()[:-100])
    with pytest.raises(CheckpointError):
        regenerate(first, checkpoint)


def test_json_without_its_picture_is_refused(tmp_path: Path) -> None:
    (first, *_), checkpoint = saved(made_by(1), tmp_path)
    first.unlink()
    with pytest.raises(RegenerateError, match=r"sample-00\.json has no picture of its name beside it"):
        regenerate(first.with_suffix(".json"), checkpoint)


def test_a_picture_of_another_size_than_its_json_is_refused(tmp_path: Path) -> None:
    pictures, checkpoint = saved(made_by(1), tmp_path)
    pictures[0].write_bytes(pictures[-1].read_bytes())
    with pytest.raises(RegenerateError, match="it was changed"):
        regenerate(pictures[0].with_suffix(".json"), checkpoint)


@pytest.mark.parametrize("mode", ["eval", "train"])
def test_making_it_again_touches_nothing(tmp_path: Path, mode: str) -> None:
    unseen, made = (made_by(2, sample_mode=mode, norm_d="spectral", ema=0.9) for _ in range(2))
    (first, *_), _ = saved(made, tmp_path)
    origin = read_saved(first)[0]
    before, modes = state_of(made), [module.training for module in made.g.modules()]
    for _ in range(2):
        remade_by(made, origin)
    assert state_of(made) == before
    assert [module.training for module in made.g.modules()] == modes
    made.train_step()
    unseen.train_step()
    assert state_of(made) == state_of(unseen)
    assert made.measure() == unseen.measure()


def test_the_command_compares_and_writes_what_it_made(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    trained("--steps", "20", "--out", folder)
    checkpoint, out = folder / "checkpoint.safetensors", tmp_path / "again.png"
    for picture in (folder / "final.png", folder / "samples" / "step-000020.json"):
        done = command("regenerate", picture, "--checkpoint", checkpoint, "--out", out)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert (told["same"], told["greatest_difference"], told["step"]) == (True, 0, 20)
        assert out.read_bytes() == (folder / "final.png").read_bytes()


def test_the_command_says_which_pixels_are_not_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    trained(*SMALL, "--steps", "5", "--out", folder)
    final = folder / "final.png"
    pixels, text = read(final.read_bytes(), "x")
    pixels = pixels.copy()
    pixels[2, 5:7] ^= 255
    final.write_bytes(encode(pixels, "png", text))
    done = command("regenerate", final, "--checkpoint", folder / "checkpoint.safetensors")
    assert done.returncode == 2
    told = json.loads(done.stdout)
    assert (told["same"], told["differing_pixels"], told["first_difference"]) == (False, 2, [2, 5])
    assert len(done.stderr.splitlines()) == 1
    assert "2 of " in done.stderr and "row 2, column 5" in done.stderr


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_an_earlier_picture_is_made_again_by_the_same_experiment_trained_to_its_step(tmp_path: Path, mode: str) -> None:
    trained(*SMALL, "--set", f"sample_mode={mode}", "--steps", "20", "--out", tmp_path / "run")
    experiment = tmp_path / "run" / "experiment.json"
    trained("--experiment", experiment, "--steps", "10", "--out", tmp_path / "ten")
    picture = tmp_path / "run" / "samples" / "step-000010.png"
    done = command("regenerate", picture, "--checkpoint", tmp_path / "ten" / "checkpoint.safetensors")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["same"]


def test_the_command_refuses_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    trained(*SMALL, "--steps", "20", "--out", folder)
    checkpoint = folder / "checkpoint.safetensors"
    for picture, file, words in (
        (folder / "samples" / "step-000010.png", checkpoint, "of step 10, but the weights are of step 20"),
        (folder / "none.png", checkpoint, "none.png"),
        (folder / "final.png", folder / "experiment.json", "experiment.json"),
        (folder / "experiment.json", checkpoint, "does not say where a picture comes from"),
    ):
        assert words in one_line(command("regenerate", picture, "--checkpoint", file))
