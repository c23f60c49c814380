"""`python -m gan_core train` and `runs`, as a person would call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commanding import SMALL, command, command_in_its_own_process, one_line, outcome, rows_in, trained

from gan_core.settings.experiment import Experiment, diff


def test_result_is_json_and_progress_goes_to_stderr() -> None:
    done = command_in_its_own_process("train", *SMALL, "--steps", "25")
    told = outcome(done)
    assert set(told) == {"steps", "seconds", "steps_per_second", "measurements", "findings", "verdict", "experiment"}
    assert told["steps"] == 25
    assert told["measurements"]["finite"] == 1
    assert Experiment(**told["experiment"]).width == 0.125
    assert "25/25" in done.stderr


def test_a_folder_holds_all_that_the_contract_names(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    found = trained("--steps", "25", "--out", folder)
    experiment = Experiment.from_json((folder / "experiment.json").read_text())
    assert experiment == Experiment(**found["experiment"])
    assert [row["step"] for row in rows_in(folder)] == [0, 10, 20, 25]
    assert {key: value for key, value in rows_in(folder)[-1].items() if key != "step"} == found["measurements"]
    pictures = sorted(path.name for path in (folder / "samples").glob("*.png"))
    assert pictures[0] == "step-000000.png"
    assert pictures[-1] == "step-000025.png"
    assert (folder / "checkpoint.safetensors").exists()
    assert (folder / "final.png").read_bytes() == (folder / "samples" / "step-000025.png").read_bytes()
    told = json.loads((folder / "samples" / "step-000025.json").read_text())
    assert told["step"] == 25
    assert told["experiment_hash"] == experiment.digest
    assert not list(folder.rglob(".*"))  # no temporary file is left


def test_resumed_by_another_process_equals_uninterrupted(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    trained("--steps", "40", "--out", whole)
    trained("--steps", "20", "--out", parts)
    assert outcome(command_in_its_own_process("train", "--resume", parts, "--steps", "40"))["steps"] == 40
    assert rows_in(parts) == rows_in(whole)
    assert (parts / "final.png").read_bytes() == (whole / "final.png").read_bytes()


def test_experiment_file_and_settings_on_top(tmp_path: Path) -> None:
    file = tmp_path / "experiment.json"
    file.write_text(Experiment(image_size=8, width=0.125, steps=5, lr_g=0.01).json_text())
    done = command("train", "--experiment", file, "--set", "lr_d=0.02")
    found = Experiment(**outcome(done)["experiment"])
    assert set(diff(found, Experiment.from_json(file.read_text()))) == {"lr_d"}


def test_zero_steps_shows_the_untrained_generator(tmp_path: Path) -> None:
    assert trained("--steps", "0", "--out", tmp_path / "run")["steps"] == 0
    assert [row["step"] for row in rows_in(tmp_path / "run")] == [0]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--set", "lr_g=7", "--set", "noise=loud"], ["lr_g", "1e-06 to 1", "noise", "truncated_normal"]),
        (["--set", "lrg=1"], ["lrg"]),
        (["--set", "lr_g"], ["lr_g"]),
        (["--steps", "-1"], ["steps"]),
        (["--experiment", "nowhere.json"], ["nowhere.json"]),
        (["--resume", "nowhere"], ["nowhere"]),
        (["--set", "pack=3"], ["pack", "batch_size"]),
        (["--set", "dataset=folder", "--set", "folder=/nowhere"], ["/nowhere"]),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments: list[str], named: list[str]) -> None:
    line = one_line(command("train", *arguments))
    for words in named:
        assert words in line


def test_the_process_says_no_more_than_that_line_and_ends_with_that_code() -> None:
    assert "lr_g" in one_line(command_in_its_own_process("train", "--set", "lr_g=7"))


def test_a_run_that_becomes_non_finite_ends_with_code_3() -> None:
    settings = ["optimiser=sgd", "lr_g=1", "lr_d=1", "loss=wasserstein", "data_range=raw", "output_activation=linear"]
    flags = [flag for setting in settings for flag in ("--set", setting)]
    done = command_in_its_own_process("train", *SMALL, *flags, "--steps", "200")
    assert done.returncode == 3
    told = json.loads(done.stdout)
    assert told["measurements"]["finite"] == 0
    assert "step" in done.stderr.splitlines()[-1]
    assert "non-finite" in [finding["failure"] for finding in told["findings"]]


def test_a_folder_goes_on_with_live_settings_alone(tmp_path: Path) -> None:
    """And where another was asked for, the field is named and the folder stays as it was."""
    trained("--steps", "10", "--out", tmp_path / "run")
    before = {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()}
    line = one_line(command("train", "--resume", tmp_path / "run", "--set", "width=0.25", "--set", "seed=3"))
    assert "width" in line and "seed" in line and "cannot change while running" in line
    assert {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()} == before
    assert command("train", "--resume", tmp_path / "run", "--set", "lr_g=0.01", "--steps", "12").returncode == 0


def test_saved_runs_are_listed_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_HOME", str(tmp_path))
    trained("--steps", "10", "--out", tmp_path / "linear", "--set", "output_activation=linear")
    (tmp_path / "holiday").mkdir()
    found, foreign = json.loads(command("runs").stdout)
    assert (found["id"], found["name"], found["step"], found["steps"]) == ("linear", "linear", 10, 10)
    assert "output_activation=linear" in found["settings"]
    assert Path(found["folder"]) == tmp_path / "linear"
    assert "holiday is not a run that can be opened" in foreign["trouble"]
    assert [entry["id"] for entry in json.loads(command("runs", "o=tanh").stdout)] == ["holiday"]
    assert "no setting 'los'" in one_line(command("runs", "los=hinge"))
