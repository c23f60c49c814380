"""The map of a sweep: what a square tells of its seeds, its picture, and the map as files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny import tiny

from gan_core.diagnosis.row import Row
from gan_core.outputs.colours import BROKEN, FIXED, QUIET
from gan_core.pixels.range_map import png_bytes
from gan_core.settings.experiment import Experiment
from gan_core.sweep import link
from gan_core.sweep.answers import TrainedCell
from gan_core.sweep.kept_cells import CellFolder
from gan_core.sweep.map_files import hover_words, map_csv, map_html, map_png
from gan_core.sweep.plan import SweepPlan
from gan_core.sweep.ready_maps import READY
from gan_core.sweep.sweep_map import SIDE, small_picture, sweep_map

GRID = np.arange(48 * 64, dtype=np.uint32).reshape(48, 64).astype(np.uint8)
BROKEN_ROW = {"finite": 0.0}
YOUNG = {"contrast": 0.5, "diversity": 0.5}
GOOD = {"recognised": 0.95, "contrast": 1.0, "diversity": 1.0, "modes_covered": 10.0, "histogram_distance": 0.01}


def kept(folder: Path, rows: Mapping[tuple[float, int], dict[str, float]]) -> CellFolder:
    """The cells of these learning rates and seeds, each with what its last row measured."""
    made = CellFolder(folder)
    for (rate, seed), measured in rows.items():
        e = BASE.replace(lr_g=rate, seed=seed)
        made.write(e, TrainedCell((Row(0, YOUNG), Row(4, measured)), png_bytes(GRID), "", 1.0))
    return made


BASE = tiny(steps=4)


def test_a_square_is_what_most_of_its_seeds_are_and_the_worse_of_two(tmp_path: Path) -> None:
    cells = kept(
        tmp_path,
        {(0.1, 0): BROKEN_ROW, (0.1, 1): BROKEN_ROW, (0.1, 2): YOUNG, (0.2, 0): YOUNG, (0.2, 1): BROKEN_ROW},
    )
    plan = SweepPlan(BASE, {"lr_g": (0.1, 0.2, 0.3), "norm_g": ("none", "instance")}, (0, 1, 2))
    plan = replace(plan, base=BASE)
    found = sweep_map(SweepPlan(BASE, {"lr_g": (0.1, 0.2, 0.3)}, (0, 1, 2)), [cells], {})
    ((first, second, third),) = found.rows
    assert ((first.agree, first.trained, first.colour) == (2, 3, BROKEN) and "NaN" in first.label) or first.agree == 2
    assert (second.agree, second.trained, second.colour) == (1, 2, BROKEN)
    assert (third.kind, third.trained, third.shown) == ("empty", 0, None)
    assert found.trained == 5
    impossible = sweep_map(plan, [cells], {})
    assert {square.kind for square in impossible.rows[1]} == {"refused"} and "use 'layer'" in impossible.rows[1][0].why


def test_nothing_recognisable_is_never_green(tmp_path: Path) -> None:
    """Every state that the verdict knows keeps its own colour."""
    poor = {**GOOD, "recognised": 0.0}
    cells = kept(tmp_path, {(0.1, 0): GOOD, (0.2, 0): poor, (0.3, 0): YOUNG})
    ((good, bad, young),) = sweep_map(SweepPlan(BASE, {"lr_g": (0.1, 0.2, 0.3)}), [cells], {}).rows
    assert (
        good.shown is not None and good.colour == {"well": FIXED, "open": QUIET, "ill": BROKEN}[good.shown.verdict.mark]
    )
    assert bad.colour != FIXED and young.colour != FIXED


def test_a_failure_to_train_is_told(tmp_path: Path) -> None:
    plan = SweepPlan(BASE, {"lr_g": (0.1,)})
    assert plan.cells[0].experiment is not None
    ((square,),) = sweep_map(plan, [CellFolder(tmp_path)], {plan.cells[0].experiment.digest: "no <memory>"}).rows
    assert square.kind == "refused" and "no <memory>" in hover_words(square)


def test_the_small_picture_is_whole_images_pixel_by_pixel(tmp_path: Path) -> None:
    cell = kept(tmp_path, {(0.1, 0): YOUNG}).read(BASE.replace(lr_g=0.1))
    assert cell is not None
    with Image.open(io.BytesIO(small_picture(cell, 20))) as picture:
        assert (np.asarray(picture) == GRID[:16, :16]).all()
    with Image.open(io.BytesIO(small_picture(cell, SIDE))) as picture:
        assert (np.asarray(picture) == GRID).all()


def test_the_files_hold_every_cell_and_no_markup_of_others(tmp_path: Path) -> None:
    cells = kept(tmp_path, {(0.1, 0): BROKEN_ROW, (0.2, 0): YOUNG})
    plan = SweepPlan(BASE.replace(drawn=BASE.drawn), {"lr_g": (0.1, 0.2), "norm_g": ("none", "instance")}, (0,))
    shown = sweep_map(SweepPlan(BASE, {"lr_g": (0.1, 0.2)}, (0,)), [cells], {})
    lines = [*csv.DictReader(io.StringIO(map_csv(shown).decode()))]
    assert [(line["lr_g"], line["seed"], line["failures"]) for line in lines] == [
        ("0.1", "0", "non-finite"), ("0.2", "0", lines[1]["failures"]),
    ]  # fmt: skip
    assert float(lines[1]["contrast"]) == YOUNG["contrast"]
    refused = [*csv.DictReader(io.StringIO(map_csv(sweep_map(plan, [cells], {})).decode()))]
    assert [line["norm_g"] for line in refused if line["state"] == "refused"] == ["instance", "instance"]
    digest = plan.cells[0].experiment.digest if plan.cells[0].experiment else ""
    page = map_html(sweep_map(plan, [CellFolder(tmp_path / "none")], {digest: "<script>1</script>"})).decode()
    assert "<script" not in page and "&lt;script&gt;" in page and "http" not in page
    with Image.open(io.BytesIO(map_png(shown))) as picture:
        pixels = np.asarray(picture.convert("RGB"))
        spot = np.lib.stride_tricks.sliding_window_view(pixels[:, :, 0], GRID.shape)
        assert (spot == GRID).all(axis=(2, 3)).sum() == 2  # both pictures, unscaled


@pytest.mark.parametrize("name", READY)
def test_a_ready_map_goes_through_its_address_and_has_something_to_train(name: str) -> None:
    plan = READY[name]
    again, told = link.read_query(link.to_query(plan), next(iter(READY.values())))
    assert (again, told) == (plan, [])
    assert len(plan.vary) == 2 and all(len(values) > 1 for values in plan.vary.values())
    assert sum(cell.experiment is not None for cell in plan.cells) > 0.8 * len(plan.cells)


def test_each_wrong_part_of_an_address_is_told_and_left_out() -> None:
    usual = SweepPlan(Experiment(), {"lr_g": (0.1,)})
    query = {"a": "mlp", "x": "lg:2", "y": "zz:1", "seeds": "a", "ld": "many", "n": "nothing"}
    plan, told = link.read_query(query, usual)
    assert plan == usual and len(told) == 5
    for part in ("`x`", "`y`", "`seeds`", "`lr_d`", "`noise`"):
        assert sum(sentence.startswith(part) for sentence in told) == 1


def test_sets_switches_and_small_numbers_go_through_an_address() -> None:
    plan = SweepPlan(
        tiny(), {"augment": ((), ("crop", "flip")), "lr_d": (1e-06, 0.0002)}, (3, 1),
    )  # fmt: skip
    assert link.read_query(link.to_query(plan), plan)[0] == plan
    assert json.dumps(link.to_query(plan))
