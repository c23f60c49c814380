"""python -m gan_core sweep: JSON on stdout, progress on stderr, exit codes, and an end by Ctrl-C."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from live_runs import PATIENCE_S, ROOT
from PIL import Image
from tiny import SMALL

from gan_core.__main__ import main
from gan_core.sweep.kept_cells import CellFolder

PLAN: dict[str, Any] = {
    "base": {**SMALL, "steps": 4}, "vary": {"lr_g": [0.001, 0.1], "norm_g": ["none", "instance"]}, "seeds": [0, 1],
}  # fmt: skip
CONTRACT = {"settings", "seed", "measurements", "findings", "verdict", "picture"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAN_HOME", str(tmp_path))
    monkeypatch.setenv("GAN_MAX_WORKERS", "2")
    monkeypatch.delenv("GAN_SCHEDULER", raising=False)
    return tmp_path


def test_every_cell_is_told_and_an_impossible_one_is_marked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "plan.json").write_text(json.dumps(PLAN))
    assert main(["sweep", str(home / "plan.json")]) == 0
    captured = capsys.readouterr()
    cells = json.loads(captured.out)["cells"]
    settings = [{"lr_g": rate, "norm_g": norm} for rate in (0.001, 0.1) for norm in ("none", "instance")]
    assert [(cell["settings"], cell["seed"]) for cell in cells] == [
        (each, seed) for each in settings for seed in (0, 1)
    ]
    assert all(set(cell) == CONTRACT for cell in cells)
    for cell in cells:
        if cell["settings"]["norm_g"] == "none":
            assert cell["measurements"]["contrast"] > 0 and cell["verdict"]["state"] != "refused"
            with Image.open(cell["picture"]) as picture:
                assert picture.size == (64, 48)
        else:
            assert cell["verdict"]["state"] == "refused" and "use 'layer'" in cell["verdict"]["words"]
            assert cell["picture"] is None and cell["measurements"] == {}
    assert "Left out, since it is not possible: lr_g=0.001, norm_g=instance" in captured.err
    assert main(["sweep", str(home / "plan.json")]) == 0  # all of it is kept
    again = capsys.readouterr()
    assert again.out == captured.out and "4/4" in again.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"vary": {"lr": [1]}}', "no setting 'lr'"),
        ('{"vary": {"norm_g": ["instance"]}}', "no cell can be trained"),
        ('{"vary": {"lr_g": [1]}, "base": {"dataset": "folder", "folder": "/nowhere"}}', "/nowhere"),
    ],
)
def test_bad_input_ends_with_2_and_a_line(
    home: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    (home / "plan.json").write_text(text)
    assert main(["sweep", str(home / "plan.json")]) == 2
    captured = capsys.readouterr()
    assert not captured.out
    assert words in captured.err.splitlines()[-1] and captured.err.splitlines()[-1].startswith("python -m gan_core: ")


def test_no_scheduler_at_the_address_is_a_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "plan.json").write_text('{"vary": {"lr_g": [1]}}')
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        monkeypatch.setattr("gan_core.cluster.connection.CONNECT_S", 0.5)
        assert main(["sweep", str(home / "plan.json"), "--scheduler", address]) == 2
        assert f"No Dask scheduler answers at '{address}'" in capsys.readouterr().err


def test_without_dask_it_says_how_to_get_it(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    (home / "plan.json").write_text('{"vary": {"lr_g": [1]}}')
    assert main(["sweep", str(home / "plan.json"), "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert "pip install -r requirements-cluster.txt" in capsys.readouterr().err


def test_ctrl_c_keeps_what_was_finished(home: Path) -> None:
    plan = {"base": SMALL, "vary": {"steps": [4, 1_000_000]}}
    (home / "plan.json").write_text(json.dumps(plan))
    command = [sys.executable, "-m", "gan_core", "sweep", str(home / "plan.json")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None and process.stdout is not None
        seen = ""
        while "1/2" not in seen:
            found = process.stderr.read(1)
            assert found, seen
            seen += found
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130 and not out
    assert "the same command goes on with the rest" in err and "Traceback" not in err
    assert len([*CellFolder(home).folder.glob("*.json")]) == 1
