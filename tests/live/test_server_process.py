"""The server's process: what it imports, its one registry, its limits, its end."""

from __future__ import annotations

import os
import subprocess
import sys

from live_runs import ROOT, gone


def python(program, **environment):
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_page_needs_no_torch():
    assert python("import sys, gan_core.live.registry; print('torch' in sys.modules)") == "False\n"


def test_there_is_one_registry_also_after_a_reload():
    program = """
import sys
from gan_core.live.registry import registry
first = registry()
for name in [name for name in sys.modules if name.startswith("gan_core.")]:
    del sys.modules[name]
from gan_core.live.registry import registry
print(registry() is first, first.limits.max_runs)
"""
    assert python(program, GAN_MAX_RUNS="7") == "True 7\n"


def test_a_malformed_limit_is_told_in_one_sentence():
    program = """
from gan_core.live.limits import LimitsError
from gan_core.live.registry import registry
try:
    registry()
except LimitsError as error:
    print(error)
"""
    told = python(program, GAN_MAX_WORKERS="many")
    assert told == "GAN_MAX_WORKERS='many' is not a limit: use a whole number of at least 1.\n"


def test_the_end_of_the_process_ends_its_workers():
    program = """
import glob, os, tempfile
from gan_core.settings.experiment import Experiment
from gan_core.live.registry import registry
runs = registry()
run = runs.start(Experiment(width=0.125, image_size=8, steps=10))
workers = runs._scheduler.runs_by_worker
runs.wait_until(lambda: workers, 60)
print(next(iter(workers)).pid, runs.snapshot(run).checkpoint.parent)
"""
    pid, folder = python(program).split()
    assert gone(int(pid))
    assert not os.path.exists(folder)
