"""The check that waits for a GPU: does the engine run, repeat itself and agree with the CPU there, and how fast is it?

    python -m tests.gpu_check --out gpu.json

Takes at most 6 minutes on a machine with CUDA and what requirements.txt names. Prints a table and writes all of it as
JSON. Without CUDA it runs the same parts on the CPU, much smaller, so that it is known to be whole. Each part is a
process of its own, since an error on a GPU spoils all that its process does there later; what fails is a row with a
sentence. The exit status is 1 where a row says no.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import torch

from tests.gpu_parts import PARTS, Row, sentence

TOP = Path(__file__).resolve().parents[1]
# What a part may take of the time that is left, in the order of the parts: what one leaves is the next ones'.
SHARES = {"tests": 0.2, "same": 0.2, "agreement": 0.3, "speed": 0.55, "compiled": 1.0}
MINUTES = {"cuda": 6.0, "cpu": 0.95}
STOPPED = "Stopped after"  # begins what is said of a process that took too long
COMPLETE = "complete"  # the last line of a part
ENDING_S = 5.0  # of a part's time, for its last row after its time is up
DETERMINISTIC = "CUBLAS_WORKSPACE_CONFIG=:4096:8 and torch.use_deterministic_algorithms(True)"
WAYS = ("as it is", "CUBLAS_WORKSPACE_CONFIG=:4096:8", DETERMINISTIC)
TITLES = {
    "tests": "Tests marked gpu",
    "same": "The same Experiment twice gives the same bytes",
    "agreement": "The device against the CPU in double precision, and each form of the step against the plain one",
    "speed": "Steps per second as ratios to the plain loop on the same device, of all runs together",
    "compiled": "The same, compiled",
    "memory": "Peak memory of each variant, beyond what was in use before it",
}


def main(arguments: list[str] | None = None) -> int:
    """The command; see the top of this file."""
    parser = argparse.ArgumentParser(prog="python -m tests.gpu_check", description=__doc__)
    parser.add_argument("--out", type=Path, help="the JSON file to write")
    parser.add_argument("--device", choices=("cuda", "cpu"), help="cuda where it is, else cpu in the reduced form")
    parser.add_argument("--minutes", type=float, help="the time for everything: 6 with CUDA, else 0.95")
    parser.add_argument("--in-process", action="store_true", help="all parts in this process, but for the tests")
    parser.add_argument("--part", choices=PARTS, help="this part alone, its rows as lines of JSON")
    parser.add_argument("--way", type=int, default=0, choices=range(len(WAYS)), help="for the part `same`")
    given = parser.parse_args(arguments)
    device = given.device or ("cuda" if torch.cuda.is_available() else "cpu")
    minutes = given.minutes or MINUTES[device]
    torch.set_num_threads(1)
    if given.part:
        be_deterministic(given.way)
        for row in PARTS[given.part](device, time.monotonic() + 60 * minutes):
            print(json.dumps(asdict(row)), flush=True)
        print(COMPLETE, flush=True)
        return 0
    if given.out is None:
        parser.error("--out is missing")
    begun = time.monotonic()
    # A twentieth is kept for what comes before and after.
    rows = list(all_rows(device, begun + 57 * minutes, given.in_process))
    about = about_the_machine(device)
    print(table(about, rows))
    found = {**about, "seconds": round(time.monotonic() - begun, 1), "rows": [asdict(row) for row in rows]}
    given.out.write_text(json.dumps(found, indent=1, allow_nan=False) + "\n")
    return int(any(row.passed is False for row in rows))


def all_rows(device: str, until: float, in_process: bool) -> Iterator[Row]:
    """Part after part, each with its share of the time that is left."""
    for part, share in SHARES.items():
        now = time.monotonic()
        part_until = now + max(0.0, until - now) * share
        print(f"{part} ...", file=sys.stderr, flush=True)
        try:
            if part == "tests":
                yield marked_tests(device, part_until)
            elif part == "same":
                yield from _same(device, part_until, in_process)
            else:
                yield from _rows(part, device, part_until, in_process)
        except Exception as error:
            yield Row(part, part, passed=False, words=f"Failed: {sentence(error)}")


def _rows(part: str, device: str, until: float, in_process: bool, way: int = 0) -> Iterator[Row]:
    return PARTS[part](device, until) if in_process and way == 0 else in_child(part, device, until, way)


# ---------------------------------------------------------------------------------------------- tests


def marked_tests(device: str, until: float) -> Row:
    """What pytest says of all tests marked `gpu`, run as a process."""
    part, what = "tests", "pytest -m gpu"
    if find_spec("pytest") is None:
        return Row(part, what, words="pytest is missing, so the tests were not run: pip install pytest hypothesis.")
    # Only the files that have such a test: the others ask for a browser and more to be installed.
    files = sorted(str(path) for path in TOP.glob("tests/**/test_*.py") if "@pytest.mark.gpu" in path.read_text())
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-m",
            "gpu",
            "-p",
            "no:cacheprovider",
            f"--junitxml={report}",
            *files,
        ]
        done = _run(command, Path(folder), until)
        if not report.exists():
            return Row(part, what, passed=False, words=f"Failed: pytest gave no report: {done}")
        suite = next(iter(ElementTree.parse(report).getroot().iter("testsuite")))
    counts = {name: float(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    words = f"{passed:.0f} passed, {failed:.0f} failed, {counts['skipped']:.0f} skipped"
    wrong = [case.get("name", "?") for case in suite.iter("testcase") if case.find("failure") is not None]
    words += f": {', '.join(wrong)} failed." if wrong else "."
    verdict = None if device != "cuda" and not failed else failed == 0 and passed > 0
    return Row(part, what, passed, "passed", verdict, words, {"failed": failed, "skipped": counts["skipped"]})


# ---------------------------------------------------------------------------------------------- the same bytes


def be_deterministic(way: int) -> None:
    """Before CUDA starts: the environment of one of WAYS, and its flag."""
    if way >= 1:
        os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"
    if way >= 2:
        torch.use_deterministic_algorithms(True)


def _same(device: str, until: float, in_process: bool) -> Iterator[Row]:
    """As it is; and where that differs, in one more process with each of the other WAYS until one is enough."""
    by_way = [{row.what: row for row in _rows("same", device, until, in_process)}]
    for way in range(1, len(WAYS)):
        differing = [name for name, row in by_way[0].items() if not any(found[name].passed for found in by_way)]
        if not differing or time.monotonic() > until:
            break
        found = {row.what: row for row in in_child("same", device, until, way)}
        missing = Row("same", "", passed=False, words=f"No result with {WAYS[way]}.")
        by_way.append({name: found.get(name, missing) for name in by_way[0]})
    yield from settled(by_way)


def settled(by_way: list[dict[str, Row]]) -> list[Row]:
    """One row a network, from what each of the WAYS tried gave it."""
    rows = []
    for name, first in by_way[0].items():
        way = next((way for way, found in enumerate(by_way) if found[name].passed), None)
        if way == 0 or (way is None and len(by_way) == 1):
            rows.append(first)
        elif way is None:
            last = by_way[-1][name]
            words = f"{first.words} Not even with {WAYS[len(by_way) - 1]}: {last.words}"
            rows.append(Row("same", name, first.value, first.unit, False, words))
        else:
            enough = by_way[way][name]
            words = f"{first.words} It takes {WAYS[way]}: {enough.words}"
            rows.append(Row("same", name, enough.value, enough.unit, True, words))
    return rows


# ---------------------------------------------------------------------------------------------- processes


def in_child(part: str, device: str, until: float, way: int = 0) -> Iterator[Row]:
    """A part as a process, ended when its time is over: its rows until then, and one that says why they end."""
    seconds = max(1.0, until - time.monotonic())
    command = [sys.executable, "-m", "tests.gpu_check", "--part", part, "--device", device, "--way", str(way)]
    with tempfile.TemporaryDirectory() as folder:
        # It stops by itself a little earlier, between two measurements.
        inner = max(0.5, seconds - min(ENDING_S, seconds / 5))
        said = _run([*command, "--minutes", str(inner / 60)], Path(folder), until)
        lines = (Path(folder) / "out").read_text().splitlines()
    yield from (Row(**json.loads(line)) for line in lines if line.startswith("{") and line.endswith("}"))
    if said and COMPLETE not in lines:  # a compiler's processes may take long to end
        yield Row(part, f"{part}: the rest", passed=None if said.startswith(STOPPED) else False, words=said)


def _run(command: list[str], folder: Path, until: float) -> str:
    """Run a command, its output into files of the folder. What is given back says how it failed, if it did."""
    seconds = max(1.0, until - time.monotonic())
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TOP), os.environ.get("PYTHONPATH", "")])}
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        process = subprocess.Popen(command, cwd=TOP, env=environment, stdout=out, stderr=err)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return f"{STOPPED} {seconds:.0f} seconds, its share of the time."
    if status == 0:
        return ""
    told = [line for name in ("out", "err") for line in (folder / name).read_text().splitlines() if line.strip()]
    return f"Ended with status {status}: {told[-1].strip()[:300] if told else 'nothing was said'}"


# ---------------------------------------------------------------------------------------------- the table


def about_the_machine(device: str) -> dict[str, Any]:
    """What the numbers belong to."""
    name = "CPU, one core"
    if device == "cuda":
        name = torch.cuda.get_device_name() if torch.cuda.is_available() else "no CUDA here"
    return {"device": name, "torch": torch.__version__, "cuda": torch.version.cuda, "reduced": device != "cuda"}


def table(about: dict[str, Any], rows: list[Row]) -> str:
    """All rows, by part."""
    lines = [f"{about['device']}, torch {about['torch']}" + (", reduced form" if about["reduced"] else "")]
    for part, title in TITLES.items():
        lines += ["", title]
        for row in (row for row in rows if row.part == part):
            value = "" if row.value is None else _short(row.value)
            verdict = {True: "yes", False: "NO", None: ""}[row.passed]
            lines.append(f"  {row.what:<50} {value:>9} {row.unit:<19} {verdict:<3} {row.words}".rstrip())
    return "\n".join(lines)


def _short(value: float) -> str:
    if value != 0 and not 1e-3 <= abs(value) < 1e6:
        return f"{value:.1e}"
    return f"{value:.0f}" if value == math.floor(value) else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main())
