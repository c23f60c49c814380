"""A lesson from the teacher's form to the student's reveal, in three browsers."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from driving import OpenTab, button, progress, query
from playwright.sync_api import Page, expect
from serving import Server

pytestmark = pytest.mark.browser

# An output that cannot reach the data's range is a fault at any step, so that a short run tells it.
SETTINGS = "a=mlp&o=sigmoid&w=0.125&sz=8&st=20"
TITLE = "Why <i>grey</i>? 100% & more: ü灰#"


def made(page: Page, server: Server) -> str:
    """Fill in the teacher's form; returns the link."""
    button(page, "make_lesson").click()
    page.locator(".st-key-lesson_title input").fill(TITLE)
    page.locator(".st-key-lesson_question textarea").fill("What will come of it?")
    page.locator(".st-key-lesson_failures input").fill("A range that")
    page.get_by_role("option", name="A range that cannot be reached").click()
    page.keyboard.press("Escape")
    page.locator(".st-key-lesson_base input").fill(f"{server.url}/train")
    page.keyboard.press("Enter")
    link = page.locator(".st-key-lesson-link code")
    expect(link).to_contain_text("unreachable-range")
    expect(link).to_contain_text(f"{server.url}/train?lesson=")
    expect(page.locator(".qr img")).to_be_visible()
    return link.inner_text()


def predict(page: Page, choice: str) -> None:
    expect(button(page, "start")).to_be_disabled()
    page.locator(".st-key-predicted").get_by_text(choice, exact=True).click()
    button(page, "predict").click()
    # Not `button`: for a moment the old one is still there, below the new one.
    expect(page.locator(".st-key-start button:enabled >> visible=true")).to_have_count(1)
    expect(page.locator(".st-key-start button")).to_have_count(1)


def test_a_lesson_from_the_form_to_the_reveal(server: Server, open_tab: OpenTab) -> None:
    teacher = open_tab(f"{server.url}/train?{SETTINGS}")
    link = made(teacher, server)
    word = teacher.locator(".st-key-project_lesson a >> visible=true").get_attribute("href")
    projector = open_tab(word)
    expect(projector.locator(".answers")).to_have_text("0 answers")
    typed = projector.locator(".join").inner_text()
    code = segno.make(f"http://{typed}", micro=False, error="l").svg_data_uri(border=4, light="#fff", scale=4)
    expect(projector.locator(".qr img")).to_have_attribute("src", code)  # of the short address: larger squares

    student = open_tab(link)
    expect(student.locator(".lesson-words h1")).to_have_text(TITLE)  # as text
    expect(student.locator(".st-key-output_activation")).to_be_visible()
    expect(student.locator(".st-key-noise")).to_have_count(0)
    expect(student.get_by_role("link", name="Failures")).to_have_count(0)
    expect(student.locator(".tally")).to_have_count(0)
    predict(student, "A range that cannot be reached")
    expect(projector.locator(".answers")).to_have_text("1 answer")

    other = open_tab(link)
    predict(other, "No failure")
    expect(projector.locator(".answers")).to_have_text("2 answers")
    projector.locator(".st-key-show_counts label").click()
    expect(projector.locator(".tally b")).to_have_text(["0", "0", "0", "1", "1"])

    button(student, "start").click()
    expect(progress(student)).to_contain_text("finished")
    expect(student.locator(".st-key-answered")).to_contain_text("As you predicted.")
    expect(student.locator(".measured-choice")).to_contain_text("your answer")
    expect(student.locator(".st-key-budget")).to_contain_text("20 of this lesson's 60 steps")

    # Once a run has ended, the projector marks what it bore out; and its short address leads to the lesson.
    measured = projector.locator(".st-key-show_measured")
    expect(measured.locator("input")).to_be_enabled()
    measured.locator("label").click()
    expect(projector.locator(".tally .measured-choice")).to_contain_text("A range that cannot be reached")
    expect(projector.locator(".measured-words")).to_contain_text("The diagnosis found")
    joined = open_tab(f"{server.url}/{projector.locator('.join b').inner_text().lower()}")
    expect(joined.locator(".lesson-words h1")).to_have_text(TITLE)

    # The browser's word outlives a reload: the answer stands, and the steps are not given back.
    run = query(student)["run"]
    student.reload()
    expect(student.locator(".st-key-answered")).to_contain_text("As you predicted.")
    expect(student.locator(".st-key-budget")).to_contain_text("20 of this lesson's 60 steps")
    assert query(student) == {**{k: v[0] for k, v in parse_qs(urlsplit(link).query).items()}, "run": run}

    button(student, "leave_lesson").click()
    expect(student.get_by_role("link", name="Failures")).to_be_visible()
    student.wait_for_url(re.compile(r"/train\?(?!.*lesson=).*run="))
    expect(student.locator(".st-key-noise")).to_be_visible()
    expect(progress(student)).to_contain_text("Step 20 of 20")
