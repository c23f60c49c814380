"""Makes the pictures that the home page shows again: `python -m tests.make_assets`. Takes about half a minute."""

import json
import time
from pathlib import Path

import torch

from gan_core import frames
from gan_core.experiment import Experiment
from gan_core.training import Trainer

FOLDER = Path(__file__).parents[1] / "assets" / "home"
MOMENTS = {0: "noise", 100: "where the ink is", 400: "first strokes", 2000: "digits"}


def main() -> None:
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(Experiment(steps=max(MOMENTS)))
    seconds = 0.0
    while True:
        if trainer.step in MOMENTS:
            (FOLDER / f"step-{trainer.step}.png").write_bytes(frames.take(trainer).fake_png)
        if trainer.step == max(MOMENTS):
            break
        begun = time.process_time()
        trainer.train_step()
        seconds += time.process_time() - begun
    opening = frames.opening(trainer)
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


if __name__ == "__main__":
    main()
