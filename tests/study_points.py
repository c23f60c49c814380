"""How often the diagnosis is right about points of a plane: the failures of the page Points, their cures, healthy runs.

    python -m tests.study_points run --part failures --seeds 200-209 --minutes 20 --runs /tmp/points.jsonl
    python -m tests.study_points table --runs /tmp/points.jsonl

`run` appends one line a run and skips those that are there; `table` diagnoses all of them with the detectors as they
are now, writes assets/study_points.json, and prints Markdown. What no run in the file is of stays as it was counted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.point_failures import POINT_FAILURES
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.verdict import verdict
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from tests.study import TOP, lines, named, wilson
from tests.study_cases import Case

STUDY = TOP / "assets" / "study_points.json"
PARTS = ("failures", "healthy")
CIRCLING = "Circling"  # how the verdict begins where a Dirac-GAN never comes to rest, which has no record of its own
# Settings that no failure here has a side with: no threshold was chosen by them.
_HEALTHY: dict[str, dict[str, Any]] = {
    **{name: {"dataset": name} for name in ("ring", "grid", "line", "two-moons", "spiral", "gaussian", "drawn")},
    "ring, hinge": {"dataset": "ring", "loss": "hinge"},
    "ring, least squares": {"dataset": "ring", "loss": "least_squares"},
    "ring, WGAN-GP": {"dataset": "ring", "loss": "wasserstein", "penalty": "gradient_penalty", "penalty_weight": 0.1},
    "ring, normal noise, no skip": {"dataset": "ring", "noise": "normal", "skip": 0.0, "fourier_g": 0},
    "grid, hinge": {"dataset": "grid", "loss": "hinge"},
    "grid, half the width": {"dataset": "grid", "width": 0.5},
    "ring, half the width": {"dataset": "ring", "width": 0.5},
}


def cases(part: str, seed: int) -> Iterator[Case]:
    """The runs of a part at a seed; a failure's name begins the labels of its two sides."""
    if part == "healthy":
        for label, settings in _HEALTHY.items():
            yield Case(label, "", Experiment(**settings, seed=seed))
        return
    for failure in POINT_FAILURES:
        for side, called in (("broken", failure.failure or CIRCLING), ("fixed", "")):
            e = failure.experiment(broken=side == "broken").replace(seed=seed)
            yield Case(f"{failure.name}:{side}", called, e)


def train(e: Experiment) -> list[tuple[int, float, dict[str, float]]]:
    """Each row of a run: its step, the processor's seconds until then, its measurements."""
    from gan_core.engine.light_torch import defer_compiler

    defer_compiler()
    import torch

    from gan_core.engine.drive import drive
    from gan_core.engine.trainer import Trainer

    torch.set_num_threads(1)
    begun = time.process_time()
    return [
        (moment.step, round(time.process_time() - begun, 3), moment.row.measurements)
        for moment in drive(Trainer(e))
        if moment.row is not None
    ]


def run(part: str, only: str, seeds: range, minutes: float, path: Path) -> None:
    """Train what is not in the file yet and has a label that begins with `only`, until done or out of time."""
    done = {line["digest"] for line in lines(path)}
    until = time.monotonic() + 60 * minutes
    for case in (case for seed in seeds for case in cases(part, seed)):
        if case.key in done or not case.label.startswith(only):
            continue
        if time.monotonic() > until:
            print(f"out of time before {case.label}, seed {case.experiment.seed}", file=sys.stderr)
            return
        done.add(case.key)
        line = {"digest": case.key, "label": case.label, "seed": case.experiment.seed, "rows": train(case.experiment)}
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")


def tally(path: Path) -> dict[str, Any]:
    """By label: how many runs were judged right, with the 95 % interval of that share; of failing ones the seconds of
    one core until they were first named."""
    study: dict[str, Any] = {}
    written = {line["digest"]: line for line in lines(path)}
    seeds = sorted({line["seed"] for line in written.values()})
    for case in (case for part in PARTS for seed in seeds for case in cases(part, seed)):
        if (line := written.get(case.key)) is None:
            continue
        rows = [Row(step, measured) for step, _, measured in line["rows"]]
        cell = study.setdefault(case.label, {"right": 0, "of": 0, "seconds": []})
        cell["of"] += 1
        if not case.failure:
            cell["right"] += not named(case.experiment, rows, ever=True)
        elif is_called(case, rows):
            cell["right"] += 1
            first = next(n for n in range(1, len(rows) + 1) if is_called(case, rows[:n]))
            cell["seconds"].append(line["rows"][first - 1][1])
    for cell in study.values():
        cell["low"], cell["high"] = (round(end, 4) for end in wilson(cell["right"], cell["of"]))
    return study


def is_called(case: Case, rows: list[Row]) -> bool:
    """Whether a failing run is called what it is, or by the cause that explains it."""
    if case.failure == CIRCLING:
        return verdict(case.experiment, rows).headline.startswith(CIRCLING)
    right = {case.failure} | FAILURES[case.failure].explained_by
    return bool(right & named(case.experiment, rows, ever=False))


def markdown(study: dict[str, Any]) -> str:
    """Failures with their cures, then healthy runs."""
    table = [
        "| failure | one setting | named | its cure unaccused | seconds of one core until named, mean (most) |",
        "| --- " * 5 + "|",
    ]
    for failure in POINT_FAILURES:
        broken, fixed = study[f"{failure.name}:broken"], study[f"{failure.name}:fixed"]
        one = f"{SETTINGS[failure.setting].label}: {failure.broken} instead of {failure.fixed}"
        took = f"{statistics.fmean(broken['seconds']):.1f} ({max(broken['seconds']):.1f})" if broken["seconds"] else "–"
        shares = f"{broken['right']}/{broken['of']} | {fixed['right']}/{fixed['of']}"
        table.append(f"| {failure.title} | {one} | {shares} | {took} |")
    healthy = [cell for label, cell in study.items() if ":" not in label]
    if healthy:
        right, of = sum(cell["right"] for cell in healthy), sum(cell["of"] for cell in healthy)
        low, high = wilson(right, of)
        table += ["", f"Healthy runs with settings of their own, unaccused: {right}/{of} ({low:.1%} to {high:.1%})."]
    accused = [f"{label} {cell['right']}/{cell['of']}" for label, cell in study.items() if cell["right"] < cell["of"]]
    return "\n".join([*table, "", f"Not all right: {', '.join(accused) or 'none'}."])


def main() -> None:
    """As called."""
    parser = argparse.ArgumentParser(prog="python -m tests.study_points", description=__doc__)
    parser.add_argument("what", choices=("run", "table"))
    parser.add_argument("--part", choices=PARTS, default=PARTS[0])
    parser.add_argument("--only", default="", help="those whose label begins so")
    parser.add_argument("--seeds", default="200-209")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--runs", type=Path, required=True)
    given = parser.parse_args()
    if given.what == "run":
        first, _, last = given.seeds.partition("-")
        run(given.part, given.only, range(int(first), int(last or first) + 1), given.minutes, given.runs)
        return
    study = json.loads(STUDY.read_text()) | tally(given.runs)
    STUDY.write_text(json.dumps(study, indent=1) + "\n")
    print(markdown(study))


if __name__ == "__main__":
    main()
