"""Writes runs in children that are killed, and says as JSON on stdout what came of each.

- `python tests/killing.py train FOLDER SEED KILLS`: tiny runs are trained and killed at moments drawn by a seed, and
  others go on with them.
- `python tests/killing.py write FOLDER`: a run that is saved for the second time, killed at each turn to a file.

PyTorch is imported once, in this process; the children are forked and so begin at once.

In the longest session, 484 runs of all variants were killed, 186 of them again while they went on: all ended with the
same bytes.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from gan_core.engine.light_torch import defer_compiler  # noqa: E402

defer_compiler()

from tiny import tiny, tiny_images  # noqa: E402
from untrained_runs import checkpoint, history, png  # noqa: E402

from gan_core.commands import training_run  # noqa: E402
from gan_core.diagnosis.row import Row  # noqa: E402
from gan_core.engine.trainer import Trainer  # noqa: E402
from gan_core.saved_runs.run_folder import SavedRunError, read_run, write_run  # noqa: E402
from gan_core.settings.experiment import Experiment  # noqa: E402

SETTINGS = {"steps": 12, "measure_every": 3, "dropout_d": 0.2, "augment": ("flip",)}
VARIANTS: dict[str, dict[str, Any]] = {
    "mlp, average": {"ema": 0.9},
    "mlp, bfloat16": {"precision": "bfloat16"},
    "dcgan": {"architecture": "dcgan"},
    "dcgan, average, bfloat16": {"architecture": "dcgan", "ema": 0.9, "precision": "bfloat16"},
}
FILES = ("measurements.jsonl", "frames.jsonl", "final.png", "checkpoint.safetensors", "experiment.json")
TOUCHING = ("open", "os.rename", "os.remove", "os.mkdir", "os.scandir")

# A checkpoint at each step, where there are seconds between two.
training_run.SAVE_S, training_run.SAVE_SHARE = 0.0, 1e9


class Moment:
    """Kills this process at the n-th call of any function, or the n-th time it turns to a file; counts them."""

    def __init__(self, kind: str, number: int) -> None:
        self.kind, self.number, self.count = kind, number, 0

    def begin(self) -> None:
        if self.kind == "calls":
            sys.setprofile(lambda *_: self._pass())
        else:
            sys.addaudithook(lambda event, _: self._pass() if event in TOUCHING else None)

    def _pass(self) -> None:
        self.count += 1
        if self.count == self.number:
            os.kill(os.getpid(), signal.SIGKILL)


def in_child(work: Callable[[], object], moment: Moment | None = None, count: Path | None = None) -> bool:
    """Do this in a child; whether it came to its end. `count` is written with what the moment has counted."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    code = 1
    try:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
        if moment is not None:
            moment.begin()
        work()
        if moment is not None and count is not None:
            sys.setprofile(None)
            count.write_text(str(moment.count))
        code = 0
    except BaseException as error:
        sys.__stderr__.write(f"{type(error).__name__}: {error}\n")
    finally:
        os._exit(code)


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def kill_writes(place: Path) -> None:
    """As the page's process writes: from step 100 to step 140, half of the older pictures thinned out."""
    older, newer = checkpoint(place / "100", 100), checkpoint(place / "140", 140)
    number, killed = 0, True
    while killed:
        number += 1
        folder = place / str(number)
        folder.mkdir()
        write_run(folder, older, lambda _: history(100))
        killed = not in_child(
            partial(write_run, folder, newer, lambda _: history(140, pictures=40)), Moment("files", number)
        )
        found = read_run(folder)
        pictures = {100: {0, 20, 40, 60, 80, 100}, 140: {0, 40, 80, 120}}
        print(json.dumps({
            "moment": number,
            "killed": killed,
            "step": found.step,
            "rows": found.until(found.step).rows == history(found.step).rows,
            "frames": all(frame.fake_png == png(frame.step) for frame in found.frames)
            and {frame.step for frame in found.frames} in (pictures.values() if killed else [pictures[140]]),
        }), flush=True)  # fmt: skip


def kill_training(place: Path, seed: int, kills: int) -> None:
    torch.set_num_threads(1)
    # Pictures without classes: nothing is trained to tell them apart, so nearly all moments are the run's own.
    (place / "pictures").mkdir()
    for number, pixels in enumerate(tiny_images().pixels):
        Image.fromarray(pixels[0]).save(place / "pictures" / f"{number:02d}.png")
    prepared = {name: _prepare(place, name) for name in VARIANTS}
    draw = random.Random(seed)
    for number in range(kills):
        folder = place / str(number)
        name = draw.choice([*VARIANTS])
        e, wanted, rows, most = prepared[name]
        kind = draw.choice(["calls", "files", "files"])
        moment = draw.randint(1, most[kind])
        told = {"variant": name, "kind": kind, "moment": moment, "killed": not in_child(
            partial(training_run.train_run, e, folder), Moment(kind, moment)
        )}  # fmt: skip
        try:
            found = read_run(folder)
            due = tuple(row for row in rows if row.step <= found.step)
            told |= {"step": found.step, "rows": found.checkpoint is None or found.until(found.step).rows == due}
        except SavedRunError as error:
            told["unread"] = str(error)
        if "unread" not in told and draw.random() < 0.5:  # killed once more while it goes on
            moment = Moment(kind, draw.randint(1, most[kind]))
            told["again"] = not in_child(partial(training_run.resume_run, folder, {}), moment)
        begun = "unread" not in told
        resume, anew = partial(training_run.resume_run, folder, {}), partial(training_run.train_run, e, folder)
        told["went_on"] = in_child(resume if begun else anew)
        told["same"] = told["went_on"] and contents(folder) == wanted
        told["left"] = [str(path.name) for path in folder.rglob(".*")]
        print(json.dumps(told), flush=True)
        shutil.rmtree(folder)


def _prepare(place: Path, name: str) -> tuple[Experiment, dict[str, bytes], tuple[Row, ...], dict[str, int]]:
    """The experiment of a variant, what it leaves where nobody kills it, its rows, and how many moments there are."""
    e = tiny(dataset="folder", folder=str(place / "pictures"), **SETTINGS, **VARIANTS[name])
    Trainer(e)  # imports what PyTorch imports late; no gradient, after which it could not be forked
    whole = place / name / "whole"
    assert in_child(lambda: training_run.train_run(e, whole)), "the run that nobody kills fails"
    most = {}
    for kind in ("calls", "files"):
        counted = place / name / kind
        assert in_child(partial(training_run.train_run, e, place / name / f"counted-{kind}"), Moment(kind, -1), counted)
        most[kind] = int(counted.read_text())
    return e, contents(whole), read_run(whole).rows, most


if __name__ == "__main__":
    if sys.argv[1] == "write":
        kill_writes(Path(sys.argv[2]))
    else:
        kill_training(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
