"""How often the diagnosis of brought files is right: spoilt and clean pictures, loops with and without mistakes.

    python -m tests.study_files run --pictures 200 --logs 200 --first 40000
    python -m tests.study_files run --photos FOLDER
    python -m tests.study_files table

`run` makes the files, diagnoses them, and writes assets/study_files.json; `table` prints it as Markdown. A spoilt file
is right when it is named as what it is; a clean one when nothing is named. `--photos` takes a folder of photographs, as
scikit-learn and scikit-image have them in their wheels, and counts their crops as clean files.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan_core.data import load
from gan_core.uploads import Report, examine
from tests.drawn_pictures import faces, scenes
from tests.study import wilson

TOP = Path(__file__).resolve().parents[1]
STUDY = TOP / "assets" / "study_files.json"

Array = NDArray[Any]
Pixels = NDArray[np.uint8]


# ---------------------------------------------------------------------------------------------- pictures


def crops(photos: list[Path], number: int) -> Pixels:
    """16 to 48 crops of one photograph (N, C, H, W), each of a place and a scale of its own."""
    rng = np.random.default_rng(number)
    with Image.open(photos[number % len(photos)]) as opened:
        photo = opened.convert("L" if opened.mode in ("L", "I;16", "LA") else "RGB")
    size, shortest = int(rng.choice([48, 64])), min(photo.size)
    several = []
    for _ in range(int(rng.integers(16, 49))):
        side = int(rng.uniform(min(size, shortest), max(size, shortest / 2)))
        x, y = (int(rng.integers(0, length - side + 1)) for length in photo.size)
        crop = photo.crop((x, y, x + side, y + side)).resize((size, size), Image.Resampling.LANCZOS)
        several.append(np.atleast_3d(np.asarray(crop)).transpose(2, 0, 1))
    return np.stack(several)


def real_pictures(number: int) -> tuple[str, Pixels]:
    """Which set, and 16 to 48 of its pictures (N, C, H, W): others for each number."""
    rng = np.random.default_rng(number)
    count = int(rng.integers(16, 49))
    kind = ("faces", "scenes", "digits", "mnist", "fashion-mnist", "coloured digits")[number % 6]
    if kind in ("faces", "scenes"):
        return kind, (faces if kind == "faces" else scenes)(count, int(rng.choice([48, 64])), number)
    images = load("digits" if kind == "coloured digits" else kind, 28, 3 if kind == "coloured digits" else 1)
    return kind, images.pixels[rng.choice(len(images), count, replace=False)]


def signed(pixels: Pixels) -> NDArray[np.float32]:
    """In [-1, 1]."""
    return (pixels / np.float32(127.5) - np.float32(1)).astype(np.float32)


def last(pixels: Array) -> Array:
    """(N, H, W) or (N, H, W, 3), as files have it."""
    return pixels[:, 0] if pixels.shape[1] == 1 else pixels.transpose(0, 2, 3, 1)


def cast(values: Array) -> Pixels:
    """What astype makes of floats, on every machine."""
    return last(np.trunc(values).astype(np.int64).astype(np.uint8))


Spoil = Callable[[Pixels, np.random.Generator], Array]


def _specks(x: Pixels, rng: np.random.Generator) -> Array:
    return cast((signed(x) + rng.normal(0, 0.03, x.shape) + 1) * 127.5)


# Failure -> ways to spoil pictures so, and whether the code that is shown mends the file itself.
SPOILT: dict[str, list[tuple[str, Spoil, bool]]] = {
    "noise": [
        ("uniform", lambda x, rng: rng.uniform(-1, 1, x.shape).astype(np.float32), False),
        ("normal, as bytes", lambda x, rng: cast(rng.normal(128, 50, x.shape).clip(0, 255)), False),
    ],
    "clipped-dark": [
        ("[-1,1] times 255", lambda x, rng: cast((signed(x) * 255).clip(0, 255)), False),
        ("as torchvision saves", lambda x, rng: cast((signed(x) * 255 + 0.5).clip(0, 255)), False),
    ],
    "half-range": [
        ("floats", lambda x, rng: signed(x) / 2, True),
        ("bytes", lambda x, rng: cast(np.rint((signed(x) / 2 + 1) * 127.5)), True),
    ],
    "shifted-range": [
        ("0.5 x + 1", lambda x, rng: 0.5 * signed(x) + 1, True),
        ("x + 1", lambda x, rng: signed(x) + 1, True),
    ],
    "normalised-twice": [
        ("(x - 0.5) / 0.5 twice", lambda x, rng: (signed(x) - 0.5) / 0.5, True),
        ("/ 255 twice", lambda x, rng: (x / np.float32(255) / np.float32(255) - 0.5) / np.float32(0.5), True),
    ],
    "low-bit-depth": [
        ("12 of 16 bits", lambda x, rng: last(np.rint(x / 255 * 4095).astype(np.uint16)), True),
        ("3 bits", lambda x, rng: last(np.rint(np.rint(x / 255 * 7) / 7 * 255).astype(np.uint8)), False),
        ("4 bits, not scaled", lambda x, rng: last(np.rint(x / 255 * 15).astype(np.uint8)), True),
    ],
    "wrapped-pixels": [
        ("specks", _specks, False),
        ("rings: [-1,1] times 255", lambda x, rng: cast(signed(x[:12]) * 255), False),
    ],
    "mode-collapse": [("three pictures", lambda x, rng: last(x[rng.integers(0, 3, 48)]), False)],
}  # fmt: skip

# Names that say the same of a file: black that became white is the range map that was left out.
SAME = {"wrapped-pixels": {"wrong-range-map"}}


def npy(values: Array) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def png(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG")
    return file.getvalue()


def in_a_grid(x: Pixels, gap: int, colour: int) -> Pixels:
    """16 pictures as torchvision's make_grid lays them out: (H, W) or (H, W, 3)."""
    few = np.pad(x[:16], ((0, 0), (0, 0), (0, gap), (0, gap)), constant_values=colour)
    rows = [np.concatenate(list(few[at : at + 4]), axis=2) for at in range(0, 16, 4)]
    whole = np.pad(np.concatenate(rows, axis=1), ((0, 0), (gap, 0), (gap, 0)), constant_values=colour)
    return whole[0] if len(whole) == 1 else whole.transpose(1, 2, 0)


def figure(x: Pixels, side: int = 60, frame: bool = False) -> Pixels:
    """16 pictures on white as matplotlib's subplots lay them out, with frame and ticks or without: (H, W, 3)."""
    step = side + 24
    whole = Image.new("RGB", (4 * step + 60, 4 * step + 60), "white")
    for number in range(16):
        at = (40 + number % 4 * step, 30 + number // 4 * step)
        one = Image.fromarray(np.ascontiguousarray(last(x[number : number + 1])[0])).convert("RGB")
        if frame:
            whole.paste("black", (at[0] - 1, at[1] - 1, at[0] + side + 1, at[1] + side + 1))
            for tick in range(0, side, 20):
                whole.paste("black", (at[0] - 5, at[1] + tick, at[0], at[1] + tick + 1))
                whole.paste("black", (at[0] + tick, at[1] + side, at[0] + tick + 1, at[1] + side + 5))
        whole.paste(one.resize((side, side), Image.Resampling.NEAREST), at)
    return np.asarray(whole)


# How clean pictures are brought.
CLEAN: dict[str, tuple[str, Callable[[Pixels], bytes]]] = {
    "floats in [-1,1]": ("x.npy", lambda x: npy(signed(x))),
    "floats in [0,1]": ("x.npy", lambda x: npy(x / np.float32(255))),
    "bytes": ("x.npy", lambda x: npy(last(x))),
    "one picture": ("x.png", lambda x: png(last(x)[0])),
    "a grid": ("x.png", lambda x: png(in_a_grid(x, 2, 0))),
    "a figure": ("x.png", lambda x: png(figure(x))),
    "a figure with ticks": ("x.png", lambda x: png(figure(x, frame=True))),
}


def after(report: Report, values: Array, failure: str) -> Pixels | None:
    """What the code that is shown makes of the file: pixels (N, C, H, W)."""
    code = next(finding.code for finding in report.findings if finding.failure == failure)
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            np.save("x.npy", values)
            names: dict[str, Any] = {}
            exec(code, names)
        finally:
            os.chdir(here)
    if "pixels" not in names:
        return None
    pixels: Pixels = names["pixels"]
    if pixels.ndim == 3:
        return pixels[:, None]
    return pixels if pixels.shape[1] in (1, 3) else pixels.transpose(0, 3, 1, 2)


# ------------------------------------------------------------------------------------------------- logs


def log_file(rows: list[dict[str, float]], number: int, columns: tuple[str, ...]) -> tuple[str, bytes]:
    """A log as .csv, .jsonl or as a loop prints it, in turn."""
    few = [{name: row[name] for name in columns if name in row} for row in rows]
    if number % 3 == 0:
        lines = [",".join(few[0]), *(",".join(f"{value:.6g}" for value in row.values()) for row in few)]
        return "log.csv", "\n".join(lines).encode()
    if number % 3 == 1:
        return "log.jsonl", "\n".join(json.dumps(row) for row in few).encode()
    printed = ["  ".join(f"{name}: {value:.6g}" for name, value in row.items()) for row in few]
    return "train.log", "\n".join(printed).encode()


LOSSES = ("step", "loss_d", "loss_g")
ANSWERS = (*LOSSES, "acc_real", "acc_fake", "D(x)", "D(G(z))")
ALL = (*ANSWERS, "grad_norm_d", "grad_norm_g", "gp")


# The sets of columns in which each log is brought; where only a gradient or a penalty shows the mistake, with these.
KINDS = (LOSSES, ANSWERS, ALL)
NORMS = ((*LOSSES, "grad_norm_d", "grad_norm_g"), ("step", "grad_norm_d", "grad_norm_g"), ALL)
PENALTY = ((*LOSSES, "gp"), (*ANSWERS, "gp"), ALL)


def _count_logs(cases: int, first: int, only: str) -> Iterator[tuple[str, str, bool]]:
    """`cases` of each mistake, and three times as many healthy ones: each loop in three sets of columns."""
    from tests.plain_loops import MISTAKES, NEED_NORMS, NEED_PENALTY, RIGHT, log_of

    for mistake, failure in (MISTAKES | RIGHT).items():
        if only not in ("", mistake or "healthy"):
            continue
        kinds = NORMS if mistake in NEED_NORMS else PENALTY if mistake in NEED_PENALTY else KINDS
        for number in range(first, first + -(-(cases if mistake else 3 * cases) // len(kinds))):
            dataset = ("digits", "mnist", "fashion-mnist")[number % 3]
            lr = (2e-4, 1e-3, 1e-4)[number // 3 % 3]
            rows = log_of(mistake, dataset, number, lr=lr, size=14)
            for columns in kinds:
                named = {one.failure for one in examine(*log_file(rows, number, columns)).findings}
                right = (failure in named) != (mistake in RIGHT) if failure else not named
                if not right:
                    print(mistake or "healthy", dataset, lr, number, columns, sorted(named), file=sys.stderr)
                counted = f"logs without {failure}: its penalty acts" if mistake in RIGHT else failure
                yield counted or "healthy loops' logs", "", right
        print(mistake or "healthy", file=sys.stderr)


def _count_photos(photos: list[Path], first: int) -> Iterator[tuple[str, str, bool]]:
    for how, (name, made) in CLEAN.items():
        for number in range(first, first + (2 * len(photos) if photos else 0)):
            named = [one.failure for one in examine(name, made(crops(photos, number))).findings]
            if named:
                print(how, photos[number % len(photos)].name, number, named, file=sys.stderr)
            yield "clean: crops of photographs", "", not named


def _count_pictures(each: int, only: str, first: int) -> Iterator[tuple[str, str, bool]]:
    for failure, ways in SPOILT.items():
        if only not in ("", failure):
            continue
        for number in range(first, first + each):
            _, pixels = real_pictures(number)
            _, spoil, mends = ways[number // 6 % len(ways)]
            spoilt = spoil(pixels, np.random.default_rng(number))
            report = examine("x.npy", npy(spoilt))
            hit = bool({failure, *SAME.get(failure, ())} & {finding.failure for finding in report.findings})
            yield failure, "named", hit
            if mends and hit:
                found = after(report, spoilt, failure)
                near = found is not None and float(np.abs(found.astype(int) - pixels.astype(int)).mean()) < 5
                yield failure, "mended", near
        print(failure, file=sys.stderr)
    for how, (name, made) in CLEAN.items():
        if only not in ("", f"clean: {how}"):
            continue
        for number in range(each // 2):
            _, pixels = real_pictures(10_000 + first + number)
            yield f"clean: {how}", "", not examine(name, made(pixels)).findings
        print(how, file=sys.stderr)


def run(pictures: int, logs: int, photos: Path | None, only: str, first: int) -> None:
    """Count, and write the study; of what is not counted this time, the counts stay."""
    cells = json.loads(STUDY.read_text()) if STUDY.exists() else {}
    several = sorted(path for path in photos.iterdir() if path.is_file()) if photos else []
    counting = (_count_pictures(pictures, only, first), _count_photos(several, first), _count_logs(logs, first, only))
    for counted in counting:
        counts: dict[str, dict[str, list[bool]]] = {}
        for name, what, right in counted:
            counts.setdefault(name, {}).setdefault(what or "right", []).append(right)
        cells |= {name: {what: _cell(rights) for what, rights in kinds.items()} for name, kinds in counts.items()}
        STUDY.write_text(json.dumps(cells, indent=1) + "\n")


def _cell(rights: list[bool]) -> dict[str, float]:
    low, high = wilson(sum(rights), len(rights))
    return {"right": sum(rights), "of": len(rights), "low": round(low, 4), "high": round(high, 4)}


def table() -> str:
    """The study as Markdown."""
    lines = ["| brought files | right | 95 % interval | mended by the code shown |", "| --- | --- | --- | --- |"]
    for name, kinds in json.loads(STUDY.read_text()).items():
        cell = kinds.get("named") or kinds["right"]
        mended = kinds.get("mended")
        words = f"{mended['right']}/{mended['of']}" if mended else ""
        share = f"{cell['low']:.1%} to {cell['high']:.1%}"
        lines.append(f"| {name} | {cell['right']}/{cell['of']} | {share} | {words} |")
    return "\n".join(lines)


def main() -> None:
    """As called."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="part", required=True)
    runs = parts.add_parser("run")
    runs.add_argument("--pictures", type=int, default=0, help="spoilt files of each fault, and twice as few clean ones")
    runs.add_argument("--logs", type=int, default=0, help="logs of each mistake, and three times as many healthy ones")
    runs.add_argument("--photos", type=Path, help="a folder of photographs")
    runs.add_argument("--only", default="", help="one fault of pictures, a way of bringing clean ones, or a mistake")
    runs.add_argument("--first", type=int, default=0, help="the number of the first file; others are others")
    parts.add_parser("table")
    given = parser.parse_args()
    if given.part == "run":
        run(given.pictures, given.logs, given.photos, given.only, given.first)
    print(table())


if __name__ == "__main__":
    main()
