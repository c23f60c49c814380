"""The kept pictures of a run on one sheet, each with its step under it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gan_core.messages.frame import Frame

MOST = 20  # pictures on a sheet
COLUMNS = 5
GAP = 8  # pixels around every picture
LABEL = 18  # pixels for the words under it
PAPER, INK = 255, 32  # levels


def contact_sheet(frames: Sequence[Frame]) -> bytes:
    """At most MOST of the frames (at least one), evenly chosen with the first and the last, as one PNG: every picture
    pixel by pixel, oldest first, COLUMNS in a row."""
    chosen = spread(frames, MOST)
    pictures = [Image.open(io.BytesIO(frame.fake_png)) for frame in chosen]
    width, height = max(picture.width for picture in pictures), max(picture.height for picture in pictures)
    columns = min(COLUMNS, len(pictures))
    rows = -(-len(pictures) // columns)
    mode = pictures[0].mode
    ink, paper = (INK, PAPER) if mode == "L" else ((INK,) * 3, (PAPER,) * 3)
    sheet = Image.new(mode, (columns * (width + GAP) + GAP, rows * (height + LABEL + GAP) + GAP), paper)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(13)
    for number, (frame, picture) in enumerate(zip(chosen, pictures, strict=True)):
        x, y = GAP + number % columns * (width + GAP), GAP + number // columns * (height + LABEL + GAP)
        sheet.paste(picture, (x, y))
        draw.text((x + width / 2, y + height + LABEL / 2), f"step {frame.step:,}", ink, font, anchor="mm")
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def spread(frames: Sequence[Frame], most: int) -> list[Frame]:
    """At most so many of the frames, the first and the last among them, the rest evenly between."""
    chosen = np.linspace(0, len(frames) - 1, min(most, len(frames))).round().astype(int)
    return [frames[index] for index in chosen]
