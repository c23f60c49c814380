"""How the diagnosis does at settings that a person just chose: silent over bad pictures, accusing good ones, and
whether what it proposes cures.

    python -m tests.study run --part random --dataset digits --seeds 2000-2199 --runs /tmp/runs.jsonl
    python -m tests.study_random cures --runs /tmp/runs.jsonl --cures /tmp/cures.jsonl
    python -m tests.study_random table --runs /tmp/runs.jsonl --cures /tmp/cures.jsonl

`cures` trains each run anew with each change that its findings propose, and may be done in pieces; `table` prints
the counts as Markdown and writes them to assets/study.json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gan_core.diagnosis import recognition
from gan_core.diagnosis.findings import Finding, diagnose
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment
from tests.random_settings import draw
from tests.study import STUDY, lines, train, wilson

# A cure may make this share fewer pictures recognisable, by chance.
SLACK = 0.05

Quality = Literal["bad", "between", "good"]


@dataclass(frozen=True)
class Judged:
    """A run at random settings: how good its pictures are at the end, and what the diagnosis says of it."""

    key: str
    experiment: Experiment  # as it was at the end
    rows: list[Row]
    quality: Quality
    findings: list[Finding]


def judged(path: Path) -> Iterator[Judged]:
    """All runs at random settings in a file."""
    for line in lines(path):
        if line["label"] != "random settings":
            continue
        drawn = draw(line["dataset"], line["seed"])
        if drawn.key != line["digest"]:
            raise ValueError(f"{line['dataset']}, seed {line['seed']} is drawn otherwise now: train it again")
        rows = [Row(*row) for row in line["rows"]]
        yield Judged(drawn.key, drawn.at_end, rows, quality(rows), diagnose(drawn.at_end, rows))


def quality(rows: list[Row]) -> Quality:
    """Bad: nothing to recognise. Good: most is recognisable, of most classes, and hardly a pixel is out of range."""
    m = rows[-1].measurements
    if "recognised" not in m or recognition.little(rows):
        return "bad"
    return "good" if recognition.good(rows) and m["out_of_range"] < 0.02 else "between"


def cure(path: Path, cures: Path, minutes: float) -> None:
    """Train each run with each proposed change, where that is not in the file yet, until out of time."""
    done = {line["key"] for line in lines(cures)}
    until = time.monotonic() + 60 * minutes
    for run in judged(path):
        for finding in run.findings:
            e = run.experiment.replace(**finding.fix)
            key = f"{run.key} {finding.failure} {e.digest}"
            if key in done or time.monotonic() > until:
                continue
            rows, *_ = train(e)
            with cures.open("a") as file:
                file.write(json.dumps({"key": key, "rows": [(row.step, row.measurements) for row in rows]}) + "\n")


def cured(run: Judged, finding: Finding, rows: list[Row]) -> bool:
    """Whether the change did away with the failure, and the pictures are not worse."""
    e = run.experiment.replace(**finding.fix)
    gone = finding.failure not in {found.failure for found in diagnose(e, rows)}
    before, after = (of[-1].measurements.get("recognised", 0.0) for of in (run.rows, rows))
    return gone and after >= before - SLACK


def counts(path: Path, cures: Path) -> dict[str, Any]:
    """Silent bad runs, accused good ones, and cures that work: each with how many there were, and the interval."""
    trained = {line["key"]: [Row(*row) for row in line["rows"]] for line in lines(cures)}
    tally: Counter[str] = Counter()
    for run in judged(path):
        tally["runs"] += 1
        tally[run.quality] += 1
        tally["silent"] += run.quality == "bad" and not run.findings
        tally["accused"] += run.quality == "good" and bool(run.findings)
        for finding in run.findings:
            key = f"{run.key} {finding.failure} {run.experiment.replace(**finding.fix).digest}"
            if key in trained:
                works = cured(run, finding, trained[key])
                for name in ("cures", f"cures {finding.failure}"):
                    tally[name] += 1
                    tally[f"{name}, work"] += works
    return {
        "runs": tally["runs"],
        "silent": _share(tally["silent"], tally["bad"]),
        "accused": _share(tally["accused"], tally["good"]),
        "cures": _share(tally["cures, work"], tally["cures"]),
        "cures by failure": {
            name.removeprefix("cures "): _share(tally[f"{name}, work"], tally[name])
            for name in sorted(tally)
            if name.startswith("cures ") and not name.endswith(", work")
        },
    }


def _share(hits: int, of: int) -> dict[str, Any]:
    low, high = (round(end, 4) for end in wilson(hits, of))
    return {"hits": hits, "of": of, "low": low, "high": high}


def markdown(counted: dict[str, Any]) -> str:
    """The counts as a table."""
    shown = [
        ("bad runs without a finding", counted["silent"]),
        ("good runs with one", counted["accused"]),
        ("proposed fixes that work", counted["cures"]),
        *((f"… of {name}", share) for name, share in counted["cures by failure"].items()),
    ]
    table = [
        f"| {words} | {share['hits']}/{share['of']} | {share['low']:.1%} to {share['high']:.1%} |"
        for words, share in shown
    ]
    return "\n".join(["| at random settings | count | 95 % interval |", "| --- | --- | --- |", *table])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.study_random", description=__doc__)
    parser.add_argument("what", choices=("cures", "table"))
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--cures", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    given = parser.parse_args()
    if given.what == "cures":
        cure(given.runs, given.cures, given.minutes)
        return
    counted = counts(given.runs, given.cures)
    STUDY.write_text(json.dumps({**json.loads(STUDY.read_text()), "random": counted}) + "\n")
    print(markdown(counted))


if __name__ == "__main__":
    main()
