"""The list of pages, in the order of the lesson."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gan_core.classroom import lesson
from gan_core.processes import garbage
from pages.parts.shared import (
    access,
    comparison_state,
    course_aside,
    page_link,
    page_settings,
    points_aside,
    state,
    tab,
    tab_runs,
    theme,
)

WATCHING = ("train", "points", "compare", "failures")  # the pages that show live runs


def navigation() -> StreamlitPage:
    """Draw the navigation, except in a lesson, and return the page that was asked for."""
    # Before the navigation: the page's own symbol would be asked of another host, as the tab's icon.
    st.set_page_config(page_title="GAN playground", page_icon=theme.ASSETS / "icon.png", layout="wide")
    if not state.FRAMED.present:
        garbage.collect_meanwhile()  # of those who have gone
    state.FRAMED.set(True)
    in_lesson = page_link.value(lesson.MARK) is not None
    with st.container():  # a place of its own, since there is not always anything in it
        access.arrive()
    pages = [
        # At the root; the name it would have there is kept free for those who type /home.
        st.Page("pages/home.py", title="Home", icon=":material/home:", url_path="root", default=True),
        st.Page("pages/course.py", title="Course", icon=":material/menu_book:", url_path="course"),
        st.Page("pages/train.py", title="Train", icon=":material/play_circle:", url_path="train"),
        st.Page("pages/compare.py", title="Compare", icon=":material/compare:", url_path="compare"),
        st.Page("pages/sweep.py", title="Map", icon=":material/grid_view:", url_path="sweep"),
        st.Page("pages/runs.py", title="Runs", icon=":material/inventory_2:", url_path="runs"),
        st.Page("pages/failures.py", title="Failures", icon=":material/heart_broken:", url_path="failures"),
        st.Page("pages/points.py", title="Points", icon=":material/scatter_plot:", url_path="points"),
        st.Page("pages/untrained.py", title="Untrained", icon=":material/grain:", url_path="untrained"),
        st.Page("pages/pixels.py", title="Pixels", icon=":material/photo_library:", url_path="pixels"),
        st.Page("pages/claims.py", title="Claims", icon=":material/fact_check:", url_path="claims"),
        st.Page("pages/glossary.py", title="Glossary", icon=":material/sort_by_alpha:", url_path="glossary"),
    ]
    if access.teacher():
        # Early, since what has no room in the bar is folded.
        pages.insert(1, st.Page("pages/classroom.py", title="Class", icon=":material/school:", url_path="classroom"))
    state.PAGES.set({f"pages/{each.url_path or 'home'}.py": each.title for each in pages})
    if asked := _unknown({each.url_path for each in pages}):
        # Streamlit's own answer is a dialog over Home, which does not say what there is.
        named = {title.lower(): file for file, title in state.PAGES.get().items()}
        file = named.get(asked.lower(), "pages/no_such_page.py")
        title = state.PAGES.get().get(file, "No such page")
        address = asked if file in ("pages/no_such_page.py", "pages/home.py") else Path(file).stem
        if address != asked or PagesManager.uses_pages_directory:
            # A page's title leads to its address. And the server's first visitor has got that dialog: before any
            # `st.navigation`, Streamlit looks for pages by its older rules. From now on it does not, so the same
            # address once more is the page alone. By its name, since that dialog may already have put Home's address
            # in its place.
            st.html(
                f"<script>location.replace(new URL('{address}' + location.search, location))</script>",
                unsafe_allow_javascript=True,
            )
        pages.append(st.Page(file, title=title, url_path=asked, visibility="hidden"))
    page = st.navigation(pages, position="hidden" if in_lesson else "top")
    in_course = page.url_path == "course"
    if not (in_lesson or in_course):
        page_settings.enter(None)
    access.settle()
    if (came_from := state.PAGE.get()) != page.url_path:
        state.turn_page()
    page_link.settle(page.url_path)
    course_aside.turn(course=in_course)
    if not in_course:  # whose lessons are of both kinds
        points_aside.turn(page.url_path, came_from)
    if page.url_path != "compare":
        comparison_state.hold()
    if page.url_path not in WATCHING:
        tab.watch([])
    if page.url_path != "failures":
        tab_runs.leave_pair()  # nobody sees it any more, and its two workers hold memory
    return page


def _unknown(paths: set[str]) -> str | None:
    """What an address asks for that is no page's, for as long as it is shown; None where there is nothing such."""
    running = get_script_run_ctx()
    asked = running.pages_manager.intended_page_name if running else None
    if asked and asked not in paths and re.fullmatch(r"[\w-]+", asked):
        state.UNKNOWN_PAGE.set(asked)
    known = state.UNKNOWN_PAGE.get()
    return known if known not in paths else None


def unknown_page() -> str:
    """The name in the address that is no page's."""
    return state.UNKNOWN_PAGE.get() or ""


def there_is() -> dict[str, str]:
    """The pages by file, with their titles."""
    return state.PAGES.get()


def require() -> None:
    """To be called first by every page.

    Until some session has called `st.navigation`, Streamlit resolves a deep link by its older rules for a folder
    named pages, and runs the page's file without app.py around it. Then declare the navigation and begin again.
    """
    if not state.FRAMED.present:
        navigation()
        st.rerun()
    page_link.settle(state.PAGE.get() or "")
