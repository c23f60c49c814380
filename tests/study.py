"""How often the diagnosis is right: failing and healthy runs, counted.

    python -m tests.study run --part recipes --dataset digits --seeds 100-109 --minutes 20 --runs /tmp/runs.jsonl
    python -m tests.study table --runs /tmp/runs.jsonl

`run` appends one line a run and skips those that are there, so it can be done in pieces and by several
processes one after another; `table` diagnoses all of them with the detectors as they are now, writes
assets/study.json and gan_core/diagnosis/carries_over.json, and prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import Any

from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.findings import diagnose
from gan_core.diagnosis.recipe import COUNTED
from gan_core.diagnosis.recipes import RECIPES
from gan_core.diagnosis.remedies import needed
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment
from gan_core.sweep.chosen_machines import machines
from gan_core.sweep.machines import Machines
from tests.random_settings import Moves
from tests.study_cases import DATASETS, KNOWN_PARTS, PARTS, Case, cases

TOP = Path(__file__).resolve().parents[1]
STUDY = TOP / "assets" / "study.json"


# ---------------------------------------------------------------------------------------------- running


Trained = tuple[list[Row], float, bytes]


def train(e: Experiment, moved: Moves = ()) -> Trained:
    """The measurements of a whole run, the processor's seconds it took, and its last picture as PNG."""
    from gan_core.engine.light_torch import defer_compiler

    defer_compiler()
    import torch

    from gan_core.engine import take_frame
    from gan_core.engine.drive import drive
    from gan_core.engine.trainer import Trainer

    torch.set_num_threads(1)
    trainer = Trainer(e)
    begun = time.process_time()
    rows, coming = [], dict(moved)
    for moment in drive(trainer):
        if moment.row is not None:
            rows.append(moment.row)
        if moment.step in coming:
            trainer.set(coming.pop(moment.step))
    taken = time.process_time() - begun
    return rows, taken, take_frame.take(trainer).fake_png


def run(part: str, dataset: str, seeds: range, minutes: float, path: Path, machines: Machines | None = None) -> None:
    """Train what is not in the file yet, until done or out of time: in this process, or on the machines, as many at
    a time as they have places."""
    done = {line["digest"] for line in lines(path)}
    path.with_suffix(".pictures").mkdir(exist_ok=True)
    until = time.monotonic() + 60 * minutes
    training: dict[Future[Trained], tuple[Case, int]] = {}
    for case, seed in ((case, number) for number in seeds for case in cases(part, dataset, number)):
        if case.key in done:
            continue
        if time.monotonic() > until:
            print(f"out of time before {case.label}, seed {seed}", file=sys.stderr)
            break
        done.add(case.key)
        if machines is None:
            write(case, dataset, seed, train(case.experiment, case.moved), path)
            continue
        while len(training) >= machines.slots():
            write_finished(training, dataset, path)
        training[machines.submit("tests.study:train", case.experiment, case.moved)] = case, seed
    while training:
        write_finished(training, dataset, path)


def write_finished(training: dict[Future[Trained], tuple[Case, int]], dataset: str, path: Path) -> None:
    """Wait for one run at least."""
    for future in wait(training, return_when=FIRST_COMPLETED).done:
        case, seed = training.pop(future)
        write(case, dataset, seed, future.result(), path)


def write(case: Case, dataset: str, seed: int, trained: Trained, path: Path) -> None:
    """Append a run's line, and keep its picture beside the file."""
    rows, seconds, drawn = trained
    (path.with_suffix(".pictures") / f"{case.key}.png").write_bytes(drawn)
    line = {"digest": case.key, "label": case.label, "dataset": dataset, "seed": seed}
    plain = [(row.step, row.measurements) for row in rows]
    with path.open("a") as file:
        file.write(json.dumps({**line, "seconds": round(seconds, 2), "rows": plain}) + "\n")


def lines(path: Path) -> list[dict[str, Any]]:
    """What was written of each run; nothing where there is no file yet."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


# ---------------------------------------------------------------------------------------------- counting


def tally(path: Path) -> dict[str, Any]:
    """Counts over all runs in the file, each with its 95 % interval: `totals` by dataset and kind of run, `failures` by
    failure and dataset (were they named?), `runs` by dataset and label."""
    written = {line["digest"]: line for line in lines(path)}
    study: dict[str, Any] = {"totals": {}, "failures": {}, "runs": {}}
    counted = set()
    for dataset in DATASETS:
        seeds = sorted({line["seed"] for line in written.values() if line["dataset"] == dataset})
        for part in KNOWN_PARTS:
            for case in (case for seed in seeds for case in cases(part, dataset, seed)):
                if (line := written.get(case.experiment.digest)) is None:
                    continue
                rows = [Row(*row) for row in line["rows"]]
                called = named(case.experiment, rows, ever=not case.failure)
                cells = [study["runs"].setdefault(case.label, {}).setdefault(dataset, _blank(case))]
                _see(cells[0], called, line)
                if case.experiment.digest not in counted:  # Recipes share sides.
                    counted.add(case.experiment.digest)
                    cells.append(study["totals"].setdefault(_kind(part, case), {}).setdefault(dataset, _none()))
                    if case.failure:
                        cells.append(study["failures"].setdefault(case.failure, {}).setdefault(dataset, _none()))
                for cell in cells:
                    cell["runs"] += 1
                    cell["right"] += _right(case, called)
    _add_intervals(study)
    return study


def named(e: Experiment, rows: list[Row], *, ever: bool) -> set[str]:
    """What a run is called at its end; with `ever`, what it was called at any of its rows, as a page shows it."""
    moments = range(1, len(rows) + 1) if ever else [len(rows)]
    return {finding.failure for moment in moments for finding in diagnose(e, rows[:moment])}


def _right(case: Case, called: set[str]) -> bool:
    """Whether a failing run is called what it is, or by the cause that explains it, and others nothing ever; but that
    its steps do not suffice, where a run of its kind needs more."""
    if not case.failure:
        return called <= ({"too-slow"} if case.experiment.steps < needed(case.experiment) else set())
    return bool(called & ({case.failure} | FAILURES[case.failure].explained_by))


def _kind(part: str, case: Case) -> str:
    if part == "spoilt":
        return "runs that one setting spoils, with every architecture and loss, named as what they are"
    if case.failure:
        return "failing sides of recipes, named as what they are"
    if part == "healthy":
        return "healthy runs with settings that no recipe has, unaccused"
    return "sides of recipes that do not fail, unaccused"


def _none() -> dict[str, Any]:
    return {"runs": 0, "right": 0}


def _blank(case: Case) -> dict[str, Any]:
    return {"failure": case.failure, **_none(), "named": Counter(), "seconds": 0.0, "measured": {}}


def _see(cell: dict[str, Any], called: set[str], line: dict[str, Any]) -> None:
    """What the run was called, how long it took, and the least and greatest of what it measured at its end."""
    cell["named"].update(called)
    cell["seconds"] = max(cell["seconds"], line["seconds"])
    for name in SHOWN:
        if name in (last := line["rows"][-1][1]):
            value = float(f"{last[name]:.3g}")
            low, high = cell["measured"].get(name, (value, value))
            cell["measured"][name] = (min(low, value), max(high, value))


def _add_intervals(study: dict[str, Any]) -> None:
    for group in study.values():
        for datasets in group.values():
            for cell in datasets.values():
                cell["low"], cell["high"] = (round(end, 4) for end in wilson(cell["right"], cell["runs"]))


SHOWN = (
    "contrast", "pixel_mean", "diversity", "duplicates", "out_of_range", "histogram_distance", "d_accuracy",
    "logit_gap", "logit_max", "grad_norm_g", "mode_gap", "nyquist",
)  # fmt: skip


def wilson(hits: int, runs: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if runs == 0:
        return 0.0, 1.0
    share = hits / runs
    centre = (share + z * z / (2 * runs)) / (1 + z * z / runs)
    half = z / (1 + z * z / runs) * math.sqrt(share * (1 - share) / runs + z * z / (4 * runs * runs))
    return max(0.0, centre - half), min(1.0, centre + half)


def markdown(study: dict[str, Any]) -> str:
    """The totals, and the runs that were not all counted right, as tables."""
    lines = ["| runs | dataset | right | 95 % interval |", "| --- | --- | --- | --- |"]
    for words, datasets in study["totals"].items():
        for dataset, cell in datasets.items():
            lines.append(f"| {words} | {dataset} | {_share(cell)} |")
    lines += ["", "| run | dataset | right | 95 % interval | named | s |", "| --- " * 6 + "|"]
    for label, datasets in study["runs"].items():
        for dataset, cell in datasets.items():
            named = ", ".join(f"{name} {count}" for name, count in sorted(cell["named"].items())) or "–"
            lines.append(f"| {label} | {dataset} | {_share(cell)} | {named} | {cell['seconds']:.0f} |")
    return "\n".join(lines)


def _share(cell: dict[str, Any]) -> str:
    return f"{cell['right']}/{cell['runs']} | {cell['low']:.1%} to {cell['high']:.1%}"


def carries_over(study: dict[str, Any]) -> dict[str, dict[str, str]]:
    """For each recipe and dataset: at how many seeds the broken side was named and the fixed side was not accused."""
    found: dict[str, dict[str, str]] = {}
    for name in RECIPES:
        sides = [study["runs"].get(f"{name}:{side}", {}) for side in ("broken", "fixed")]
        for dataset in DATASETS:
            broken, fixed = (side.get(dataset) for side in sides)
            if broken and fixed:
                words = f"{broken['right']} of {broken['runs']} broken, {fixed['right']} of {fixed['runs']} fixed"
                found.setdefault(name, {})[dataset] = words
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.study", description=__doc__)
    parser.add_argument("what", choices=("run", "table"))
    parser.add_argument("--part", choices=PARTS, default="recipes")
    parser.add_argument("--dataset", choices=DATASETS, default="digits")
    parser.add_argument("--seeds", default="100-109")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--scheduler", help="of a Dask cluster, as in tcp://host:port, whose workers train the runs")
    given = parser.parse_args()
    if given.what == "run":
        first, _, last = given.seeds.partition("-")
        seeds = range(int(first), int(last or first) + 1)
        cluster = machines(given.scheduler) if given.scheduler else None
        run(given.part, given.dataset, seeds, given.minutes, given.runs, cluster)
        if cluster is not None:
            cluster.close()
    else:
        study = tally(given.runs)
        random = {"random": json.loads(STUDY.read_text())["random"]}  # of tests/study_random.py
        STUDY.write_text(json.dumps(study | random) + "\n")
        COUNTED.write_text(json.dumps(carries_over(study), indent=1) + "\n")
        print(markdown(study))


if __name__ == "__main__":
    main()
