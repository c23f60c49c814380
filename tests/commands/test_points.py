"""python -m gan_core points."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from commanding import command

from gan_core.commands.pacgan_table import SETUPS, in_paper, interval
from gan_core.diagnosis.row import Row
from gan_core.outputs.kinds import Record, report
from gan_core.saved_runs.search import suggested_name
from gan_core.settings.experiment import Experiment


def test_it_trains_on_the_ring_unless_told_otherwise_and_measures_it(tmp_path: Path) -> None:
    done = command("points", "--set", "width=0.25", "--steps", "20", "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["experiment"]["dataset"] == "ring"
    assert told["steps"] == 20 and told["seconds"] > 0
    names = {"modes_covered", "high_quality", "reverse_kl", "energy_distance", "sliced_wasserstein", "wasserstein_2"}
    assert names | {"precision", "recall"} <= set(told["measurements"])
    assert (tmp_path / "run" / "final.png").exists()
    again = command("points", "--resume", tmp_path / "run", "--steps", "30")
    assert json.loads(again.stdout)["steps"] == 30
    exported = command("export", tmp_path / "run", "--script", "--out", tmp_path / "script")
    assert exported.returncode == 0, exported.stderr
    assert {file.name for file in (tmp_path / "script").iterdir()} == {"train.py", "points.npy", "experiment.json"}
    assert np.load(tmp_path / "script" / "points.npy").shape == (20_000, 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "dataset=mnist"), "use train for images"),
        (("--set", "architecture=mlp"), "choose points"),
        (("--set", "dataset=drawn", "--set", "drawn=x"), "two characters for each point"),
        (("--table", "--steps", "5"), "leave out"),
        (("--table", "--trials", "1"), "2 to 100"),
    ],
    ids=["images", "network", "drawing", "table", "trials"],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...], words: str) -> None:
    done = command("points", *arguments)
    assert done.returncode == 2
    assert words in done.stderr and done.stderr.count("\n") == 1


def test_the_paper_has_its_figures_for_each_setup() -> None:
    """By hand from table 1 of arXiv 1712.04086."""
    for setup in SETUPS:
        figures = in_paper(setup.label)
        assert list(figures) == ["GAN", "ALI", "PacGAN2", "PacGAN3", "PacGAN4"]
        assert all(found["modes_covered"]["mean"] <= setup.modes for found in figures.values())
    assert in_paper("2D-grid")["PacGAN4"]["reverse_kl"] == {"mean": 0.04, "standard_error": 0.01}
    assert in_paper("2D-ring")["GAN"]["high_quality"] == {"mean": 0.982, "standard_error": 0.002}


def test_the_interval_is_students() -> None:
    """Of 1, 2, 3: t(2) = 4.303 times 1 / sqrt(3) to either side of 2."""
    assert interval([1.0, 2.0, 3.0]) == {
        "mean": 2.0,
        "standard_error": pytest.approx(3**-0.5, abs=1e-4),
        "low": pytest.approx(-0.484, abs=2e-3),
        "high": pytest.approx(4.484, abs=2e-3),
    }


def test_a_report_and_a_name_are_about_points() -> None:
    e = Experiment(dataset="ring", seed=3)
    rows = [Row(step, {"high_quality": 0.5, "precision": 0.4, "recall": 0.9, "wasserstein_2": 0.2}) for step in (0, 50)]
    text = report(Record("a run", e, 50, rows, [], None, None)).decode()
    for title in ("Points", "Distances"):
        assert f">{title}<" in text
    assert "Shares of pixel values" not in text and "Against the real images" not in text
    assert suggested_name(e) == "dataset=ring, seed=3"  # not what the ring brings
    assert suggested_name(Experiment(dataset="mnist", loss="hinge")) == "dataset=mnist, loss=hinge"
