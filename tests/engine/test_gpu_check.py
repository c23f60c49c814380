"""The check that waits for a GPU, in its reduced form on the CPU; how fast anything is, is not asserted."""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path

import pytest
import torch

from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment
from tests import gpu_check
from tests.gpu_parts import CHECKED, EXACT, REDUCED, Row, _relative, experiment, guarded
from tests.gpu_variants import AlternatingStep, farthest, pictures

CPU = torch.device("cpu")


def test_reduced_form_is_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "gpu.json"
    gpu_check.main(["--device", "cpu", "--in-process", "--minutes", "0.1", "--out", str(out)])
    found = json.loads(out.read_text())
    assert found["reduced"]
    rows = [Row(**row) for row in found["rows"]]
    assert {row.part for row in rows} == set(gpu_check.TITLES)
    for row in rows:
        assert row.words if row.value is None else math.isfinite(row.value), row
        assert not row.words.startswith("Failed") or row.part == "tests", row  # which may take longer than its share
    table = capsys.readouterr().out
    assert all(title in table for title in gpu_check.TITLES.values())
    assert all(row.what in table and row.words in table for row in rows)

    by_part = {part: {row.what: row for row in rows if row.part == part} for part in gpu_check.TITLES}
    assert set(by_part["same"]) == set(CHECKED)
    assert all(row.passed for row in by_part["same"].values())
    agreement = by_part["agreement"]
    assert all(agreement[f"{name}, float32"].passed for name in CHECKED)
    first = {what.removeprefix("default, width 0.25: ") for what in by_part["speed"]}
    assert {"plain loop", "engine, eager", "plain step", "CUDA graphs"} <= first
    assert {f"{runs} side by side" for runs in REDUCED.runs} <= first
    assert by_part["speed"]["default, width 0.25: CUDA graphs"].words == "CUDA graphs exist on CUDA only."
    assert "width 1" in by_part["speed"]["document-mlp, width 0.5"].words  # why it is left out


@pytest.mark.parametrize("name", CHECKED)
def test_two_runs_side_by_side_are_two_runs(name: str) -> None:
    assert farthest(experiment(name, "cpu"), CPU, "side by side") < EXACT


@pytest.mark.parametrize("settings", [{}, {"architecture": "dcgan", "width": 0.25, "norm_d": "batch"}])
def test_plain_step_is_the_engines(settings: dict[str, object]) -> None:
    e = Experiment(**settings, batch_size=8, device="cpu")
    images = pictures(e, 64)
    trainer, twin = (Trainer(e, images, "blas") for _ in range(2))
    step = AlternatingStep(e, CPU)
    for _ in range(e.penalty_every + 1):
        trainer.train_step()
        step.fill(twin._real(), twin._noise())  # what the trainer drew
    expected = [parameter.detach() for parameter in (*trainer.g_parameters, *trainer.d_parameters)]
    found = [parameter.detach() for parameter in (*step.g.parameters, *step.d.parameters)]
    for ours, engines in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, engines, rtol=1e-4, atol=1e-5)


def test_differences_are_told_from_rounding() -> None:
    large, nothing = torch.tensor([4.0, -2.0]), torch.tensor([1e-9])
    assert _relative([large, -nothing], [large, nothing]) < 1e-6
    assert _relative([large + 0.4, nothing], [large, nothing]) == pytest.approx(0.1)


def test_what_it_takes_to_repeat_is_told() -> None:
    def found(**passed: bool) -> dict[str, Row]:
        return {name: Row("same", name, 1.0 if yes else 2.0, "", yes, f"{yes}.") for name, yes in passed.items()}

    ways = [found(a=True, b=False, c=False), found(a=True, b=True, c=False), found(a=True, b=True, c=False)]
    a, b, c = gpu_check.settled(ways)
    assert (a.passed, a.words) == (True, "True.")
    assert (b.passed, b.words) == (True, f"False. It takes {gpu_check.WAYS[1]}: True.")
    assert (c.passed, c.words) == (False, f"False. Not even with {gpu_check.WAYS[2]}: False.")


def test_what_fails_is_a_sentence(tmp_path: Path) -> None:
    def fail() -> Row:
        raise RuntimeError("CUDA error: no\nand a long story")

    assert guarded("speed", "x", fail) == Row("speed", "x", passed=False, words="Failed: RuntimeError: CUDA error: no")
    endless = guarded("speed", "x", lambda: Row("speed", "x", math.inf))
    assert (endless.value, endless.words) == (None, "Failed: the result is inf.")
    said = gpu_check._run([sys.executable, "-c", "raise ValueError('why')"], tmp_path, time.monotonic() + 60)
    assert said == "Ended with status 1: ValueError: why"
