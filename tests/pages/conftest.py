"""What the tests of pages share: the app without a browser, one registry of runs for all of them, and a server that
others reach."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from live_runs import ROOT
from shared_server import ENDLESS, SECRET, TEACHER, A, Visit, stands_at
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test
from visiting import SHARED_RUNS, Open

from gan_core.classroom import teacher_key
from gan_core.live.registry import registry
from gan_core.settings import link


@pytest.fixture(scope="session", autouse=True)
def registry_closed() -> Iterator[None]:
    """The pages use the registry of the process; its workers end with these tests."""
    yield
    registry().close()


class Framed(PagesManager):
    """AppTest takes a folder named pages for pages without a frame, and would leave app.py out: not of this one."""


@pytest.fixture(scope="session", autouse=True)
def framed() -> Iterator[None]:
    """Each run of a page's script is one of app.py, as in a browser."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_test, "PagesManager", Framed)
        yield


@pytest.fixture(scope="session", autouse=True)
def scanned_once() -> Iterator[None]:
    """AppTest looks through all that is installed for components of others, for each visitor anew: 0.2 s each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def any_folder() -> Iterator[None]:
    """A page of a server that others reach confines its whole process: see allowed_folders."""
    yield
    os.environ.pop("GAN_ONLY_FOLDERS", None)


@pytest.fixture
def open_page() -> Iterator[Open]:
    """Opens a page in a new tab of one browser, or of that of another `visitor`, with a query; the tab's runs end with
    the test."""
    visitors: list[AppTest] = []

    def opened(page: str = "train", visitor: str = "0" * 32, **query: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        visitors.append(at)
        at.session_state["visitor"] = visitor  # else each would come with a browser of its own
        at.run()
        if page != "home":
            at.switch_page(f"pages/{page}.py")
            for key, text in query.items():
                at.query_params[key] = text
            at.run()
        return at

    yield opened
    for at in visitors:
        if at.session_state.get("run"):
            registry().forget(at.session_state["run"])
        for kind in ("pair", "compared"):
            for run in (at.session_state.get(kind) or {}).values():
                if run not in SHARED_RUNS:
                    registry().forget(run)


@pytest.fixture
def shared_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """As others reach it, with saved runs, uploads and a key of its own."""
    monkeypatch.setenv("GAN_ALONE", "0")
    monkeypatch.setenv("GAN_TEACHER_KEY", SECRET)
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GAN_ONLY_FOLDERS", "")
    teacher_key.teacher_key.cache_clear()
    yield
    teacher_key.teacher_key.cache_clear()


@pytest.fixture
def visit(open_page: Open) -> Visit:
    """Opens a page as this visitor does, in one more tab."""

    def opened(who: str, page: str = "train", **query: str) -> AppTest:
        at = open_page("home")
        at.session_state["visitor"] = who
        at.session_state["teacher"] = who == TEACHER
        at.run()
        at.switch_page(f"pages/{page}.py")
        for key, text in query.items():
            at.query_params[key] = text
        at.run()
        assert not at.exception
        return at

    return opened


@pytest.fixture
def run_of_a(visit: Visit) -> tuple[AppTest, str]:
    """A's tab and the run in it, standing still at its first picture."""
    at = visit(A, **link.to_query(ENDLESS))
    at.button(key="step_both").click().run()
    run_id = at.session_state["run"]
    stands_at(run_id, 1)
    return at.run(), run_id
