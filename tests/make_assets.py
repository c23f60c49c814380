"""Makes the pictures of the home page, of the failures' cards and of the setups that claims show, and the tensors of
the page `pixels`, again: `python -m tests.make_assets`.

Takes a few minutes; `python -m tests.make_assets NAME ...` makes the cards of these recipes only, or with `pixels`
the tensors, one of which needs the images of fashion-mnist; with `points` the run that the page Points opens with;
with `histograms` those of the course's questions.
"""

import io
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from gan_core.claims.ledger import CLAIMS
from gan_core.classroom.course.questions import QUESTIONS
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.recipes import RECIPES
from gan_core.engine import take_frame
from gan_core.engine.drive import drive
from gan_core.engine.take_samples import collect
from gan_core.engine.trainer import Trainer
from gan_core.outputs.plane_picture import SIZE
from gan_core.saving_mistakes.sample_tensors import COUNT
from gan_core.saving_mistakes.sample_tensors import FOLDER as TENSORS
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import POINT_SETS

ASSETS = Path(__file__).parents[1] / "assets"
FOLDER = ASSETS / "home"
CARDS = ASSETS / "failures"
POINTS = ASSETS / "points"
CARD_TILES = 3  # a card shows three by three images, or the whole plane
# Cards whose recipe shows its failure plainly only to those who know it: what their pictures are made with, and what
# the card says of it.
PLAINER: dict[str, tuple[dict[str, Any], str]] = {
    "mode-collapse": ({"steps": 1800}, "After 1800 steps."),
    "noise": ({"steps": 2500}, "After 2500 steps."),
    "too-slow": ({"steps": 2000}, "After 2000 steps."),
    "non-finite": ({}, "The broken side: the last picture before the run stopped."),
    "out-of-range": ({"architecture": "mlp-plain"}, "With the architecture mlp-plain."),
}
MOMENTS = {0: "noise", 20: "where the ink is", 100: "first strokes", 2000: "digits"}


def main() -> None:
    torch.set_num_threads(1)
    names = sys.argv[1:]
    if not names:
        make_home()
    if not names or "pixels" in names:
        make_tensors()
    if not names or "points" in names:
        make_points()
    if not names or "histograms" in names:
        make_histograms()
    make_cards([name for name in names or [*FAILURES, *cited()] if name not in ("pixels", "points", "histograms")])


def cited() -> list[str]:
    """The documents' setups that a claim shows."""
    sides = [(own.recipe.broken, own.recipe.fixed) for own in FAILURES.values()]
    names = sorted({claim.recipe for claim in CLAIMS.values() if claim.recipe} - set(FAILURES))
    return [name for name in names if (RECIPES[name].broken, RECIPES[name].fixed) not in sides]


def make_cards(names: list[str]) -> None:
    CARDS.mkdir(parents=True, exist_ok=True)
    listed = CARDS / "pictures.json"
    made = json.loads(listed.read_text()) if listed.exists() else {}
    for name in names:
        made[name] = {}
        changes, note = PLAINER.get(name, ({}, ""))
        for side, recipe_side in (("broken", RECIPES[name].broken), ("fixed", RECIPES[name].fixed)):
            e = recipe_side.replace(**changes)
            trainer = Trainer(e)
            *_, last = drive(trainer)
            if last.broken is not None:
                print(f"{name}: {last.broken}")
            size = SIZE if e.dataset in POINT_SETS else CARD_TILES * e.image_size
            with Image.open(io.BytesIO(take_frame.take(trainer).fake_png)) as picture:
                picture.crop((0, 0, size, size)).save(CARDS / f"{name}-{side}.png")
            made[name] |= {side: f"{name}-{side}.png", "width": size, "height": size}
        made[name] |= {"note": note} if note else {}
        print(name, flush=True)
    listed.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n")


def make_histograms() -> None:
    """The pixel values with which the runs of the course's questions end."""
    choices = {
        choice: question for question in QUESTIONS if question.asks == "histogram" for choice in question.choices
    }
    made = {}
    for choice, question in choices.items():
        recipe, side = question.recipe(choice)
        trainer = Trainer(recipe.side(side))
        list(drive(trainer))
        opening, frame = take_frame.opening(trainer), take_frame.take(trainer)
        made[choice] = {
            "low": opening.low, "high": opening.high, "legal": [opening.legal_low, opening.legal_high],
            "shares": [round(share, 5) for share in frame.histogram],
        }  # fmt: skip
        print(choice, flush=True)
    (CARDS / "histograms.json").write_text(json.dumps(made, sort_keys=True) + "\n")


def make_home() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(Experiment(steps=max(MOMENTS)))
    seconds = 0.0
    while True:
        if trainer.step in MOMENTS:
            (FOLDER / f"step-{trainer.step}.png").write_bytes(take_frame.take(trainer).fake_png)
        if trainer.step == max(MOMENTS):
            break
        begun = time.process_time()
        trainer.train_step()
        seconds += time.process_time() - begun
    opening = take_frame.opening(trainer)
    (FOLDER / "real.png").write_bytes(opening.real_png)
    told = {
        "experiment": trainer.experiment.model_dump(mode="json"),
        "data": "digits drawn by this project",
        "steps": list(MOMENTS),
        "captions": MOMENTS,
        "seconds": round(seconds, 1),
        "width": opening.columns * opening.tile,
        "height": opening.rows * opening.tile,
    }
    (FOLDER / "run.json").write_text(json.dumps(told, indent=2) + "\n")


def make_points() -> None:
    """A run on the ring at its own settings: rows, and pictures as numbers."""
    trainer = Trainer(Experiment(dataset="ring"))
    rows, frames, begun = [], [], time.process_time()
    for moment in drive(trainer):
        if moment.row:
            rows.append({"step": moment.step, **moment.row.measurements})
        if moment.step in (0, 10, 20, 40, 70, 100, 150, 200, 300, 400, 600, 800, 1000, 1250, trainer.experiment.steps):
            frame = take_frame.take(trainer)
            frames.append({"step": frame.step, "measurements": frame.measurements, "plane": frame.plane})
    seconds = time.process_time() - begun
    told = {
        "experiment": trainer.experiment.model_dump(mode="json"),
        "real": take_frame.opening(trainer).plane,
        "seconds": round(seconds, 1),
        "rows": rows,
        "frames": frames,
    }
    POINTS.mkdir(parents=True, exist_ok=True)
    (POINTS / "run.json").write_text(json.dumps(told) + "\n")


def make_tensors() -> None:
    """What two generators give, as numbers; where they were trained for 3,000 steps."""
    TENSORS.mkdir(parents=True, exist_ok=True)
    for name, e in (
        ("linear", Experiment(dataset="digits", channels=3, output_activation="linear", steps=3000)),
        ("tanh", Experiment(dataset="fashion-mnist", output_activation="tanh", steps=3000)),
    ):
        trainer = Trainer(e)
        while trainer.step < e.steps:
            trainer.train_step()
        np.save(TENSORS / f"{name}.npy", collect(trainer, COUNT).values)


if __name__ == "__main__":
    main()
