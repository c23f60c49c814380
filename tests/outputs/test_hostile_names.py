"""Names that want to be code, markup, formulas or paths, in every file and every piece of code that a run leaves."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import zipfile
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
import torch
from bringing import npy, npz, packed, picture, pt
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from tiny import tiny, tiny_images

from gan_core import data
from gan_core.diagnosis.row import Row
from gan_core.files.code_text import in_words, literal
from gan_core.messages.frame import Frame
from gan_core.outputs.kinds import KINDS, Record, file_name, read_record, write
from gan_core.outputs.script import IMAGES, script_of
from gan_core.outputs.svg_chart import Line, chart
from gan_core.pixels.range_map import png_bytes
from gan_core.saved_runs import run_folder
from gan_core.settings.experiment import Experiment
from gan_core.uploads.examine import examine, examine_path
from pages.parts.train.code import marked

LEFT = "PWNED"  # what a name leaves in the folder if any of it is run
HOSTILE = [
    f'a""";open("{LEFT}","w");"""b',
    f"a''';open('{LEFT}','w');'''b",
    f"');open('{LEFT}','w');('",
    f'");open("{LEFT}","w");("',
    f'a"\nopen("{LEFT}","w")\n"b',
    f'a\u2028open("{LEFT}","w")\r\x0c\x85b',
    f"{{open('{LEFT}','w')}}",
    "ends with a backslash\\",
    'ends with quotes"\'"""',
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "${7*7}",
    "{{7*7}}{% for a in b %}",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "a\0b",
    "\u202egnp.exe",
    "../../x",
    "..\\..\\x",
    "-rf",
    "name " * 60,
    "\udc80\ud800",
    "# no comment\nimport os",
    "\\N{BULLET}\\x41\\",
]


def record_named(name: str, e: Experiment | None = None) -> Record:
    """A run whose every text is the name."""
    frames = [Frame(step, {}, png_bytes(np.full((16, 16), 9, np.uint8)), [], 0.0) for step in (0, 1)]
    rows = [Row(0, {name: -1.5}), Row(1, {name: 2.0, "loss_d": -0.25})]
    return Record(name, e or Experiment(), 1, rows, frames, None, None)


class Tags(HTMLParser):
    """What there is of elements, attributes' names, and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attributes)))

    def handle_data(self, text: str) -> None:
        self.text += text


# --------------------------------------------------------------------------------------------- code


@given(st.text(st.characters(exclude_categories=())))
@example(HOSTILE[0])
@example('"""')
@example("\\")
def test_text_in_code_stays_text(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text
    shown = in_words(text)
    assert shown.isprintable()
    (statement,) = ast.parse(f'"""{shown}"""').body
    assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    assert statement.value.value == (text if len(text) <= 80 else text[:79] + "…")
    assert ast.parse(f"1  # {shown}").body[0].end_lineno == 1


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("settings", [{"steps": 1}, {"steps": 0, "data_range": "standardised"}])
def test_a_script_runs_none_of_a_data_sets_name(
    name: str, settings: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    e, plain = (tiny(dataset="folder", folder=folder, **settings) for folder in (name, "cats"))
    text = script_of(e)
    tree, expected = ast.parse(text), ast.parse(script_of(plain))
    assert (ast.get_docstring(tree) or "").startswith("A GAN in plain PyTorch")
    assert list(map(ast.dump, tree.body[1:])) == list(map(ast.dump, expected.body[1:]))
    np.save(IMAGES, tiny_images().pixels.transpose(0, 2, 3, 1))
    with torch.random.fork_rng(devices=[]):
        exec(compile(text.encode(), "train.py", "exec"), {"__name__": "__main__"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["generated.png", IMAGES]


def test_an_ordinary_name_is_there_as_it_is() -> None:
    assert "saved with it: from 'my cats', uint8" in script_of(tiny(dataset="folder", folder="/home/me/my cats"))


@pytest.mark.parametrize("name", HOSTILE)
def test_the_code_on_the_page_is_the_script_and_nothing_else(name: str) -> None:
    text = script_of(tiny(dataset="folder", folder=name))
    page = Tags(marked(text, text))
    assert {tag for tag, _ in page.found} <= {"pre", "code", "span", "i"}
    assert page.text == text


def hostile_files(name: str) -> list[tuple[str, bytes]]:
    """Black pictures and floats divided twice, in every packing, under the name, or with it inside."""
    pixels = data.load("digits", 28, 1).probe(40).pixels
    floats = pixels.astype(np.float32) / 255 / 255
    black = picture(pixels[0, 0] // 100)
    member = name.replace("\0", "").replace("..", "").replace("\\", "").lstrip("/").encode("utf-8", "replace").decode()
    return [
        (name + ".npy", npy(floats)),
        (name + ".png", black),
        (name + ".pt", pt(torch.from_numpy(floats))),
        (name + ".zip", packed({"a.png": black})),
        ("arrays.zip", packed({member + ".npy": npy(floats)})),
        ("pictures.zip", packed({member + ".png": black})),
        ("keys.pt", pt({name: [torch.from_numpy(floats)]})),
        ("arrays.npz", npz(**{member: floats})),
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_code_that_mends_runs_none_of_a_files_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is run where the file lies, under that name as far as this system takes it."""
    monkeypatch.chdir(tmp_path)
    for number, (file, content) in enumerate(hostile_files(name)):
        findings = examine(file, content).findings
        assert findings, file
        folder = tmp_path / str(number)
        folder.mkdir()
        there = _put(folder / Path(file.replace("\0", "_")).name, content)
        monkeypatch.chdir(folder)
        for finding in findings:
            try:
                exec(compile(finding.code, "mending", "exec"), {})
            except (OSError, ValueError):
                assert not there or "\0" in file  # no system has such a file
        assert not list(tmp_path.rglob(LEFT))


def _put(path: Path, content: bytes) -> bool:
    try:
        path.write_bytes(content)
    except (OSError, UnicodeEncodeError):  # too long
        return False
    return True


@pytest.mark.parametrize(
    "name", [name for name in HOSTILE if not {"/", "\0"} & set(name) and len(name) < 200 and name[0] != "."]
)
def test_a_folder_of_hostile_files_is_examined(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.png").write_bytes(picture(tiny_images(28).pixels[0, 0] // 100))
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system takes no such name")
    monkeypatch.chdir(tmp_path)
    for finding in examine_path(tmp_path / name).findings:
        exec(compile(finding.code, "mending", "exec"), {})
    assert not list(tmp_path.rglob(LEFT))


# -------------------------------------------------------------------------------------------- exports


@pytest.mark.parametrize("name", HOSTILE)
def test_a_report_has_no_element_of_a_name(name: str) -> None:
    e = tiny(dataset="folder", folder=name)
    made, plain = (
        Tags(KINDS["html"].make(record_named(text, e.replace(folder=text))).decode()) for text in (name, "cats")
    )
    assert made.found == plain.found
    shown = name.encode(errors="replace").decode().replace("\0", "\ufffd")
    assert shown in made.text.replace("\0", "\ufffd")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_chart_has_no_element_of_a_name(name: str) -> None:
    drawn, plain = (Tags(chart(text, [Line(text, "red", "", [(0, 1.0), (1, 2.0)])])) for text in (name, "cats"))
    assert drawn.found == plain.found


@pytest.mark.parametrize("name", [name for name in HOSTILE if "\udc80" not in name])
def test_a_table_reads_back_and_holds_no_formula(name: str) -> None:
    header, *rows = csv.reader(io.StringIO(KINDS["csv"].make(record_named(name)).decode(), newline=""))
    begins = name.startswith(("=", "+", "-", "@"))
    assert header == ["step", f"'{name}" if begins else name, "loss_d"]
    assert rows == [["0", "-1.5", ""], ["1", "2.0", "-0.25"]]
    assert not any(cell[:1] in "=+-@" for cell in header)


@pytest.mark.parametrize("name", HOSTILE)
def test_json_reads_back(name: str) -> None:
    e = tiny(dataset="folder", folder=name)
    told = json.loads(KINDS["json"].make(record_named(name, e)))
    assert told["experiment"]["folder"] == name
    assert [row[name] for row in told["measurements"]] == [-1.5, 2.0]


@pytest.mark.parametrize("name", [name for name in HOSTILE if "\udc80" not in name])
def test_tensorboard_has_the_name_as_a_tag(name: str, tmp_path: Path) -> None:
    loader = pytest.importorskip("tensorboard.backend.event_processing.event_file_loader")
    (tmp_path / "run.tfevents").write_bytes(KINDS["tensorboard"].make(record_named(name)))
    events = loader.EventFileLoader(str(tmp_path / "run.tfevents")).Load()
    assert {value.tag for event in events for value in event.summary.value} == {name, "loss_d", "generated"}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for number, pixels in enumerate(tiny_images().pixels):
        (folder / f"{number}.png").write_bytes(png_bytes(pixels[0]))
    return folder


@pytest.mark.parametrize("name", HOSTILE)
def test_files_stay_in_their_folder(name: str, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are written under the run's name, and those in a zip; all systems take their names."""
    here = tmp_path / "a" / "b"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    record = record_named(name, tiny(dataset="folder", folder=str(pictures)))
    for kind in ("csv", "json", "gif", "sheet", "html", "script"):
        assert all((here / path).resolve().is_relative_to(here) for path in write(record, kind))
        told = file_name(record, kind)
        assert len(os.fsencode(told)) < 150
        assert not set(told) & set('/\\:*?"<>|\0') and told.isprintable() and not told.startswith((".", "-"))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    with zipfile.ZipFile(io.BytesIO(KINDS["script"].make(record))) as archive:
        for member in archive.namelist():
            assert not PurePosixPath(member).is_absolute() and ".." not in PurePosixPath(member).parts
            assert member.isprintable() and "\\" not in member and ":" not in member


@pytest.mark.parametrize("name", HOSTILE)
def test_a_run_of_a_hostile_name_is_opened_and_exported(name: str, tmp_path: Path) -> None:
    """Its folder's own, where the file system takes it, and that in its label."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "experiment.json").write_text(Experiment().json_text())
    (folder / "run.json").write_text(json.dumps({"name": name, "created": "2026-01-01T00:00:00+00:00"}))
    KINDS["html"].make(read_record(str(folder))).decode()
    (folder / "run.json").unlink()
    try:
        folder = folder.rename(tmp_path / name.replace("/", "_"))
    except (OSError, ValueError):
        return
    assert run_folder.read_heading(folder).name == name.replace("/", "_").encode(errors="replace").decode()
    KINDS["html"].make(read_record(str(folder))).decode()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_journal_with_a_hostile_name_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "experiment.json").write_text(Experiment().json_text())
    (tmp_path / "measurements.jsonl").write_text(json.dumps({"step": 0, name: 1.0}) + "\n")
    with pytest.raises(run_folder.SavedRunError, match=r"line 1 of measurements\.jsonl"):
        run_folder.read_run(tmp_path)


def test_a_contact_sheet_and_a_gif_are_pictures_whatever_the_name() -> None:
    for name in HOSTILE:
        for kind in ("gif", "sheet"):
            Image.open(io.BytesIO(KINDS[kind].make(record_named(name)))).verify()
