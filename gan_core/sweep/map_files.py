"""A map as files for other programs and for people: one picture, a table, a page that opens offline."""

from __future__ import annotations

import base64
import csv
import functools
import io
from contextlib import suppress
from pathlib import Path, PurePath

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from PIL import Image, ImageDraw, ImageFont

from gan_core.diagnosis.measurements import number, percent
from gan_core.outputs import colours
from gan_core.outputs.kinds import FORMULA
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS
from gan_core.settings.setting import Value
from gan_core.sweep.sweep_map import Square, SweepMap, side_of, small_picture

TEMPLATES = Path(__file__).parent / "templates"
PAPER, INK = (255, 255, 255), (32, 32, 32)
EDGE, GAP, LINE, LEFT = 4, 10, 15, 130  # pixels
MOST_LETTERS = 24  # of a label in the picture


def value_words(value: Value) -> str:
    """A value of a setting, short."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value).replace("_", " ")


def hover_words(square: Square) -> str:
    """The numbers of a square, a line for each seed."""
    lines = [", ".join(f"{SETTINGS[name].label} {value_words(value)}" for name, value in square.settings.items())]
    for seed in square.seeds:
        if seed.cell is None:
            lines.append(f"seed {seed.seed}: {seed.why or 'not trained yet'}")
            continue
        m = seed.cell.measurements
        shares = [
            f"{words} {percent(m, name)}"
            for name, words in (("recognised", "recognisable"), ("contrast", "contrast"), ("diversity", "diversity"))
            if name in m
        ]
        if "d_accuracy" in m:
            shares.append(f"D right {percent(m, 'd_accuracy')}")
        if "loss_g" in m:
            shares.append(f"losses D {number(m, 'loss_d')}, G {number(m, 'loss_g')}")
        lines.append(f"seed {seed.seed}: {seed.cell.verdict.headline}. {', '.join(shares)}")
    return "\n".join(lines)


def agreement(square: Square) -> str:
    """How many of its seeds agree, in words; empty for a single one."""
    return f"{square.agree} of {square.trained} seeds" if square.trained > 1 else ""


def map_png(found: SweepMap) -> bytes:
    """All squares with their colours, names and values, pictures pixel by pixel."""
    side, font = side_of(found), ImageFont.load_default(12)
    wide, tall = max(side + 2 * EDGE, 150) + GAP, side + 2 * EDGE + 2 * LINE + GAP
    columns, rows = len(found.rows[0]), len(found.rows)
    sheet = Image.new("RGB", (LEFT + columns * wide, 3 * LINE + rows * tall), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((LEFT, 2), f"{SETTINGS[found.across].label}:", INK, font)
    if found.down is not None:
        draw.text((4, LINE + 4), SETTINGS[found.down].label[:MOST_LETTERS], INK, font)
    for x, square in enumerate(found.rows[0]):
        draw.text((LEFT + x * wide, LINE + 4), value_words(square.settings[found.across]), INK, font)
    for y, row in enumerate(found.rows):
        top = 3 * LINE + y * tall
        if found.down is not None:
            draw.text((4, top + side // 2), value_words(row[0].settings[found.down])[:MOST_LETTERS], INK, font)
        for x, square in enumerate(row):
            left = LEFT + x * wide
            _paint(sheet, draw, font, square, (left, top), side)
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def _paint(
    sheet: Image.Image, draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    square: Square, corner: tuple[int, int], side: int,
) -> None:  # fmt: skip
    left, top = corner
    below = top + side + 2 * EDGE + 1
    if square.shown is None:
        draw.rectangle((left, top, left + side + 2 * EDGE, below - 1), outline=(190, 190, 190))
        draw.text((left, below), "not possible" if square.kind == "refused" else "", INK, font)
        return
    with suppress(OSError), Image.open(io.BytesIO(small_picture(square.shown, side))) as picture:
        draw.rectangle(
            (left, top, left + picture.width + 2 * EDGE - 1, top + picture.height + 2 * EDGE - 1), square.colour
        )
        sheet.paste(picture.convert("RGB"), (left + EDGE, top + EDGE))
    draw.text((left, below), square.label[:MOST_LETTERS], INK, font)
    draw.text((left, below + LINE), agreement(square), INK, font)


def map_csv(found: SweepMap) -> bytes:
    """A line for each cell that was trained or cannot be; text that a spreadsheet would take for a formula stands
    behind an apostrophe."""
    cells = [(square, seed) for row in found.rows for square in row for seed in square.seeds if seed.cell or seed.why]
    names = list(dict.fromkeys(name for _, seed in cells if seed.cell for name in seed.cell.measurements))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*found.plan.vary, "seed", "state", "failures", "words", *names])
    for square, seed in cells:
        settings = [_safe(SETTINGS[name].text(value)) for name, value in square.settings.items()]
        if seed.cell is None:
            table.writerow([*settings, seed.seed, "refused", "", _safe(seed.why), *("" for _ in names)])
            continue
        of, m = seed.cell.verdict, seed.cell.measurements
        failures = " ".join(finding.failure for finding in of.findings)
        table.writerow([*settings, seed.seed, of.state, failures, _safe(of.headline), *(m.get(n, "") for n in names)])
    return text.getvalue().encode(errors="replace")


def _safe(text: str) -> str:
    try:
        float(text)
    except ValueError:
        return f"'{text}" if text.startswith(FORMULA) else text
    return text


def map_html(found: SweepMap) -> bytes:
    """One file with all pictures in it."""
    side = side_of(found)
    base = found.plan.base
    public = base.model_copy(update={"folder": PurePath(base.folder).name})  # no path on somebody's machine
    page = _template().render(
        found=found,
        across=SETTINGS[found.across].label,
        down=SETTINGS[found.down].label if found.down else "",
        source=lambda square: picture_source(square, side),
        value=value_words,
        hover=hover_words,
        agreement=agreement,
        differences=diff(Experiment(), public),
        SETTINGS=SETTINGS,
        colours=colours,
    )
    return page.encode(errors="replace")


def picture_source(square: Square, side: int) -> str:
    """A square's picture as the source of an image; empty where there is none (any more)."""
    if square.shown is None:
        return ""
    try:
        return f"data:image/png;base64,{base64.b64encode(small_picture(square.shown, side)).decode()}"
    except OSError:
        return ""


@functools.cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("map.html")
