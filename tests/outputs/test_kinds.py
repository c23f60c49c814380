"""What a run leaves: every kind of file read back and compared with what the run measured and drew."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import shutil
import sys
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open
from tiny import tiny, tiny_images

from gan_core import data
from gan_core.__main__ import main
from gan_core.commands.export import EXPORTS
from gan_core.commands.training_run import train_run
from gan_core.diagnosis.evidence import told
from gan_core.diagnosis.findings import diagnose
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.verdict import verdict
from gan_core.engine.checkpoint import load_checkpoint
from gan_core.messages.frame import Frame
from gan_core.outputs.contact_sheet import GAP, LABEL, MOST, contact_sheet
from gan_core.outputs.html_report import html_report
from gan_core.outputs.kinds import KINDS, ExportError, Record, read_record, script_files, write
from gan_core.outputs.script import IMAGES, NAME, script_of
from gan_core.outputs.svg_chart import Line, chart
from gan_core.pixels.range_map import png_bytes
from gan_core.saved_runs.store import Store
from gan_core.settings.change import Change
from gan_core.settings.experiment import Experiment


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that leaves the range, and so has a finding; on pictures of its own, whose classes nobody has to learn."""
    path, pictures = tmp_path_factory.mktemp("runs") / "linear", tmp_path_factory.mktemp("pictures")
    for number, pixels in enumerate(tiny_images().pixels):
        (pictures / f"{number}.png").write_bytes(png_bytes(pixels[0]))
    source = {"dataset": "folder", "folder": str(pictures)}
    wild = {"output_activation": "linear", "init": "normal", "init_std": 1.0}
    train_run(tiny(**source, **wild, ema=0.5, steps=120, measure_every=30), path)
    return path


@pytest.fixture(scope="module")
def record(folder: Path) -> Record:
    return read_record(str(folder))


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "measurements.jsonl").read_text().splitlines()]


def test_the_record_is_what_is_in_the_folder(record: Record, folder: Path) -> None:
    assert [{"step": row.step, **row.measurements} for row in record.rows] == lines(folder)
    assert record.experiment == Experiment.from_json((folder / "experiment.json").read_text())
    assert (record.name, record.step) == ("linear", 120)
    assert record.frames[-1].step == 120
    assert record.frames[-1].fake_png == (folder / "frames" / "step-000120.png").read_bytes()
    assert list(record.verdict.findings) == diagnose(record.experiment, record.rows)


def test_csv_holds_every_number_exactly(record: Record, folder: Path) -> None:
    table = list(csv.DictReader(io.StringIO(KINDS["csv"].make(record).decode())))
    assert [{name: float(text) for name, text in row.items() if text} for row in table] == lines(folder)
    assert table[0]["loss_d"] == ""  # no step was taken yet


def test_json_holds_settings_rows_and_findings(record: Record, folder: Path) -> None:
    told = json.loads(KINDS["json"].make(record))
    assert Experiment(**told["experiment"]) == record.experiment
    assert told["measurements"] == lines(folder)
    found = record.verdict.findings
    assert found and [finding["failure"] for finding in told["findings"]] == [finding.failure for finding in found]
    assert told["verdict"]["state"] == "failing"


def test_what_was_changed_while_it_trained_stands_in_table_json_and_report(record: Record) -> None:
    changed = replace(record, changes=[Change(60, "lr_d", 0.0002, 0.01)])
    table = list(csv.DictReader(io.StringIO(KINDS["csv"].make(changed).decode())))
    assert [row["step"] for row in table if row["changed"]] == [
        str(next(row.step for row in record.rows if row.step > 60))
    ]
    assert "lr_d=0.01 after step 60" in {row["changed"] for row in table}
    told = json.loads(KINDS["json"].make(changed))["changes"]
    assert told == [{"step": 60, "field": "lr_d", "before": 0.0002, "after": 0.01}]
    page = KINDS["html"].make(changed).decode()
    assert "Changed while it trained" in page and "lr_d → 0.01" in page
    assert "Changed while it trained" not in KINDS["html"].make(record).decode()


def test_json_has_no_nan() -> None:
    broken = Record("x", Experiment(), 1, [Row(1, {"loss_d": float("nan"), "finite": 0.0})], (), None, None)
    assert json.loads(KINDS["json"].make(broken))["measurements"] == [{"step": 1, "finite": 0.0}]


def test_gif_and_sheet_show_the_frames(record: Record) -> None:
    last = np.asarray(Image.open(io.BytesIO(record.frames[-1].fake_png)))
    with Image.open(io.BytesIO(KINDS["gif"].make(record))) as gif:
        assert gif.n_frames == len(record.frames)
    sheet = np.asarray(Image.open(io.BytesIO(KINDS["sheet"].make(record))))
    height, width = last.shape
    number = min(len(record.frames), MOST) - 1
    x, y = GAP + number % 5 * (width + GAP), GAP + number // 5 * (height + LABEL + GAP)
    assert np.array_equal(sheet[y : y + height, x : x + width], last)
    under = sheet[y + height : y + height + LABEL, x : x + width]
    assert under.min() < 100 < under.max() == 255  # words


def test_a_sheet_of_many_colour_frames_has_the_first_and_the_last() -> None:
    pictures = [np.full((6, 9, 3), (5 * number, 0, 90), np.uint8) for number in range(45)]
    frames = [Frame(number, {}, png_bytes(picture), [], 0.0) for number, picture in enumerate(pictures)]
    sheet = np.asarray(Image.open(io.BytesIO(contact_sheet(frames))))
    assert sheet.shape == (4 * (6 + LABEL + GAP) + GAP, 5 * (9 + GAP) + GAP, 3)
    assert (sheet[GAP : GAP + 6, GAP : GAP + 9] == pictures[0]).all()
    y, x = GAP + 3 * (6 + LABEL + GAP), GAP + 4 * (9 + GAP)
    assert (sheet[y : y + 6, x : x + 9] == pictures[-1]).all()


def test_weights_are_those_of_the_checkpoint(record: Record, folder: Path, tmp_path: Path) -> None:
    (file,) = write(record, "weights", tmp_path / "weights.safetensors")
    trainer = load_checkpoint(folder / "checkpoint.safetensors")
    assert trainer.average is not None
    expected = {"generator": trainer.g, "discriminator": trainer.d, "average": trainer.average.module}
    names = {f"{owner}.{name}" for owner, network in expected.items() for name in network.state_dict()}
    with safe_open(file, "pt") as weights:
        assert set(weights.keys()) - {"average.n_averaged"} == names
        for owner, network in expected.items():
            for name, tensor in network.state_dict().items():
                assert (weights.get_tensor(f"{owner}.{name}") == tensor).all()
        assert weights.metadata()["step"] == "120"
        assert Experiment.from_json(weights.metadata()["experiment"]) == record.experiment


def test_the_script_comes_with_its_images_and_settings(record: Record) -> None:
    with zipfile.ZipFile(io.BytesIO(KINDS["script"].make(record))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert {PurePosixPath(name).parent.name for name in files} == {"linear"}  # unpacks into one folder
    files = {PurePosixPath(name).name: content for name, content in files.items()}
    assert files == script_files(record.experiment)
    assert files[NAME].decode() == script_of(record.experiment)
    images = np.load(io.BytesIO(files[IMAGES]), allow_pickle=False)
    assert images.dtype == np.uint8
    assert np.array_equal(
        images.transpose(0, 3, 1, 2), data.load("folder", 8, 1, folder=record.experiment.folder).pixels
    )
    assert Experiment.from_json(files["experiment.json"].decode()) == record.experiment


# ---------------------------------------------------------------------------------------------- report


class Page(HTMLParser):
    """What an HTML file holds; fails where a tag is not closed."""

    VOID = ("meta", "img", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        self.text += text


def test_the_report_needs_nothing_else_and_holds_everything(record: Record) -> None:
    text = KINDS["html"].make(record).decode()
    page = Page(text)
    assert not re.search(r"https?:|url\(|@import|<script|<link|<iframe| on\w+=", text)
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    sources = [str(picture["src"]) for picture in pictures]
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert all(picture["alt"] for picture in pictures)
    shown = [base64.b64decode(source.partition(",")[2]) for source in sources]
    assert shown[:2] == [record.real_png, record.frames[-1].fake_png]
    assert sum(tag == "polyline" for tag, _ in page.tags) >= 8
    assert record.verdict.findings and record.verdict.headline in page.text
    for finding in record.verdict.findings:
        for seen in told(finding.evidence):
            assert seen.words in page.text
    assert "Output activationoutput_activationlineartanh" in page.text  # here, and by default
    assert script_of(record.experiment) in page.text


def test_a_report_of_nothing_yet_and_of_a_hostile_name() -> None:
    text = html_report("<script>&", Experiment(), 0, (), (), verdict(Experiment(), ()), None)
    page = Page(text)
    assert "<script>&" in page.text
    assert "Not started." in page.text
    assert "script" not in {tag for tag, _ in page.tags}


def test_a_report_does_not_tell_the_path_of_somebodys_pictures() -> None:
    e = Experiment(dataset="folder", folder="/home/somebody/cats")
    text = html_report("x", e, 0, (), (), verdict(e, ()), None)
    assert "cats" in text
    assert "somebody" not in text


def points(drawn: str) -> list[tuple[float, float]]:
    (found,) = re.findall(r'points="([^"]+)"', drawn)
    return [tuple(map(float, point.split(","))) for point in found.split()]  # type: ignore[misc]


def test_a_chart_draws_to_scale() -> None:
    (x0, y0), (x1, y1), (x2, y2) = points(chart("t", [Line("a", "red", "", [(0, 0.0), (50, 1.0), (100, 3.0)])]))
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.2)
    assert (y0 - y1) * 2 == pytest.approx(y1 - y2, abs=0.3)  # upwards on the screen is less


def test_a_logarithmic_chart_leaves_out_what_has_no_logarithm() -> None:
    values = [(0, 0.0), (1, 0.01), (2, float("nan")), (3, 1.0), (4, 100.0)]
    (_, y0), (_, y1), (_, y2) = points(chart("t", [Line("a", "red", "", values)], logarithmic=True))
    assert y0 - y1 == pytest.approx(y1 - y2, abs=0.2)
    assert chart("t", [Line("a", "red", "", [(0, 0.0)])], logarithmic=True) == ""


# ----------------------------------------------------------------------------------------- TensorBoard


def test_tensorboard_reads_the_event_file(record: Record, tmp_path: Path) -> None:
    loader = pytest.importorskip("tensorboard.backend.event_processing.event_file_loader")
    (file,) = write(record, "tensorboard", tmp_path / "run.tfevents")
    events = list(loader.EventFileLoader(str(file)).Load())
    scalars = {
        (event.step, value.tag): value.tensor.float_val[0]
        for event in events for value in event.summary.value if value.tag != "generated"
    }  # fmt: skip
    expected = {(row.step, name): value for row in record.rows for name, value in row.measurements.items()}
    assert scalars == pytest.approx(expected, rel=1e-6)
    pictures = [value.tensor.string_val[2] for e in events for value in e.summary.value if value.tag == "generated"]
    assert pictures == [frame.fake_png for frame in record.frames]


def test_without_tensorboard_one_sentence_says_so(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*(name for name in sys.modules if name.startswith("tensorboard.")), "tensorboard"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ExportError, match="pip install tensorboard"):
        KINDS["tensorboard"].make(record)


# ---------------------------------------------------------------------------------------- command line


def test_the_command_has_every_kind() -> None:
    assert set(EXPORTS) == set(KINDS)


@pytest.mark.parametrize("kind", ["csv", "script"])
def test_the_command_writes_and_says_what(
    kind: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", str(folder), f"--{kind}"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    script = [f"linear/{name}" for name in (NAME, IMAGES, "experiment.json")]
    assert files == {"csv": ["linear.csv"], "script": script}[kind]
    assert sorted(files) == sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))


def test_a_saved_run_by_name_and_by_id(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "home"))
    saved = Store.from_environment().new("My run / 1")
    shutil.copytree(folder, saved, dirs_exist_ok=True)
    for run in ("My run / 1", saved.name):
        assert main(["export", run, "--json", "--out", str(tmp_path / "run.json")]) == 0
        assert len(json.loads((tmp_path / "run.json").read_text())["measurements"]) == 5
    monkeypatch.chdir(tmp_path)
    assert main(["export", saved.name, "--csv"]) == 0
    assert (tmp_path / "My-run-1.csv").exists()
    capsys.readouterr()
    shutil.copytree(saved, Store.from_environment().new("My run / 1"), dirs_exist_ok=True)
    assert main(["export", "My run / 1", "--csv"]) == 2
    assert "2 saved runs have the name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(["nowhere", "--csv"], "neither a folder nor a saved run"), ([".", "--csv"], "experiment.json is missing")],
)
def test_what_is_no_run_gets_one_line(
    arguments: list[str],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "home"))
    assert main(["export", *arguments]) == 2
    said = capsys.readouterr()
    assert named in said.err
    assert len(said.err.splitlines()) == 1
    assert said.out == ""


def test_a_run_without_pictures_or_weights_says_what_to_do() -> None:
    nothing = Record("x", Experiment(), 0, (), (), None, None)
    for kind, words in (("gif", "no picture"), ("sheet", "no picture"), ("weights", "no checkpoint")):
        with pytest.raises(ExportError, match=words):
            KINDS[kind].make(nothing)
