"""Memory while a page watches a run: 20 seconds as a rule, GAN_SOAK_MINUTES for longer."""

from __future__ import annotations

import os
import time

import psutil
import pytest
from driving import OpenTab, ready, start, step, step_reaches
from playwright.sync_api import Page
from serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = 60 * float(os.environ.get("GAN_SOAK_MINUTES", "0")) or 20
WARM_UP_S = 10
GROWTH_MB = 20
SERVER_MB = 150
WORKER_MB = 350

pytestmark.append(pytest.mark.timeout(SECONDS + 300))


def megabytes(process: psutil.Process) -> float:
    return process.memory_info().rss / 2**20


def watch_for(page: Page, seconds: float) -> None:
    """Look on while the run trains; it has to advance all the time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        step_reaches(page, step(page) + 20)


def test_memory_stays_where_it_is(own_server: Server, open_tab: OpenTab) -> None:
    page = ready(open_tab(own_server.url + "/train?a=mlp&st=1000000"))
    idle = megabytes(own_server.process)
    start(page)
    worker = own_server.workers()[0]
    watch_for(page, WARM_UP_S)
    before = megabytes(own_server.process), megabytes(worker)
    watch_for(page, SECONDS)
    after = megabytes(own_server.process), megabytes(worker)
    print(
        f"\nserver {idle:.0f} MB without a run, then {before[0]:.0f} and {after[0]:.0f} MB; "
        f"worker {before[1]:.0f} and {after[1]:.0f} MB, {SECONDS:.0f} s apart, at step {step(page)}"
    )
    assert idle < SERVER_MB
    assert after[1] < WORKER_MB
    assert after[0] - before[0] < GROWTH_MB
    assert after[1] - before[1] < GROWTH_MB
    assert not own_server.imports("libtorch")
