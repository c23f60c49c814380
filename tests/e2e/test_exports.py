"""What a browser gets of a run: the downloaded files, the report without a network, the code that is copied."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from driving import OpenTab, button, choose, start
from playwright.sync_api import Browser, Page, expect
from serving import Server

from gan_core.outputs.script import NAME, script_of
from gan_core.settings.experiment import Experiment

pytestmark = pytest.mark.browser

SHORT = "/train?a=mlp&st=60&w=0.125&o=linear"


def finished(page: Page) -> Page:
    start(page)
    expect(page.locator(".st-key-progress")).to_contain_text("finished")
    return page


def exported(page: Page, kind: str) -> Path:
    """The file behind a button."""
    page.mouse.move(0, 0)  # what explains the button pressed before may cover this one
    with page.expect_download() as started:
        button(page, f"export_{kind}").click()
    return Path(started.value.path())


def test_files_are_made_by_one_click_and_the_report_opens_offline(
    server: Server, open_tab: OpenTab, browser: Browser, tmp_path: Path
) -> None:
    page = finished(open_tab(server.url + SHORT))
    button(page, "save").click()
    page.locator(".st-key-save_kind").get_by_text("Export", exact=True).click()
    rows = list(csv.DictReader(io.StringIO(exported(page, "csv").read_text())))
    assert [row["step"] for row in rows] == ["0", "50", "60"]
    with zipfile.ZipFile(exported(page, "script")) as archive:
        e = Experiment(steps=60, width=0.125, output_activation="linear")
        assert archive.read(f"gan-{e.digest}/{NAME}").decode() == script_of(e)

    report = tmp_path / "report.html"
    report.write_bytes(exported(page, "html").read_bytes())
    context = browser.new_context(offline=True)
    asked: list[str] = []
    opened = context.new_page()
    opened.on("request", lambda request: asked.append(request.url.partition(":")[0]))
    opened.goto(report.as_uri())
    expect(opened.locator("svg[role=img]").first).to_be_visible()
    widths = opened.locator("img").evaluate_all("all => all.map(i => i.naturalWidth)")
    assert len(widths) > 2
    assert all(widths)
    assert set(asked) <= {"file", "data"}
    context.close()


def test_the_code_that_is_copied_is_the_script_without_what_is_gone(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(server.url + SHORT)
    expect(button(page, "start")).to_be_visible()
    page.locator(".st-key-code summary").click()
    expect(page.locator(".script")).to_be_visible()
    choose(page, "loss", "hinge")
    expect(page.locator(".script ins").first).to_be_visible()
    assert page.locator(".script del").count() > 0
    copied = page.evaluate(
        """() => { getSelection().selectAllChildren(document.querySelector('.script'));
        return getSelection().toString(); }"""
    )
    e = Experiment(steps=60, width=0.125, output_activation="linear", loss="hinge")
    assert [line for line in copied.splitlines() if line.strip()] == [
        line for line in script_of(e).splitlines() if line.strip()
    ]
