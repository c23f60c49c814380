"""What was made before gan_core had rooms still opens: a saved run (run.zip) and addresses of every page (links.json),
both written by the version of that time. See README.md beside this file."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from commanding import command
from streamlit.testing.v1 import AppTest

from gan_core.classroom.lesson import MARK
from gan_core.settings.earlier_versions import FIRST_NETWORK, brought_up
from gan_core.settings.experiment import Experiment

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LINKS: list[dict[str, Any]] = json.loads((HERE / "links.json").read_text())


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The saved run, alone in a store of its own."""
    folder = tmp_path / "home" / "before"
    with zipfile.ZipFile(HERE / "run.zip") as archive:
        archive.extractall(folder)
    monkeypatch.setenv("GAN_HOME", str(folder.parent))
    return folder


def test_a_saved_run_of_before_is_listed(saved: Path) -> None:
    (listed,) = json.loads(command("runs").stdout)
    assert (listed["name"], listed["step"], listed["steps"]) == ("Before the rooms", 10, 10)
    assert "ema=0.9" in listed["settings"]


def test_its_rows_are_exported_as_they_were_written(saved: Path, tmp_path: Path) -> None:
    done = command("export", saved, "--csv", "--out", tmp_path / "rows.csv")
    assert done.returncode == 0, done.stderr
    written = [json.loads(line) for line in (saved / "measurements.jsonl").read_text().splitlines()]
    with (tmp_path / "rows.csv").open() as file:
        read = list(csv.DictReader(file))
    assert [int(row["step"]) for row in read] == [0, 5, 10]
    for before, now in zip(written, read, strict=True):
        assert {name: float(now[name]) for name in before} == before


def test_it_goes_on_from_its_checkpoint(saved: Path) -> None:
    done = command("train", "--resume", saved, "--steps", "20")
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["steps"] == 20
    assert outcome["experiment"]["latent_dim"] == 4


def _as_written_now(address: dict[str, str]) -> dict[str, str]:
    """An address with the network that it meant when it was written; a lesson's mark is of its own spelling."""
    return {"a": FIRST_NETWORK} | {key: text for key, text in address.items() if key != MARK}


@pytest.mark.parametrize("before", LINKS, ids=lambda link: f"{link['page']}?{link['link'][:40]}")
def test_an_address_of_before_means_the_same(before: dict[str, Any]) -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.run()
    at.switch_page(f"pages/{before['page']}.py")
    for key, text in parse_qsl(before["link"]):
        at.query_params[key] = text
    at.run()
    assert not at.exception
    address = {key: values[0] if isinstance(values, list) else values for key, values in at.query_params.items()}
    assert _as_written_now(before["address"]) == _as_written_now(address)
    assert "a" in address or not before["address"] or before["page"] not in ("train", "untrained", "compare")
    if settings := before.get("settings"):
        shown: Experiment = at.session_state["experiment"]
        now = shown.model_dump(mode="json")
        assert {name: now[name] for name in settings} == {name: brought_up(settings)[name] for name in settings}
