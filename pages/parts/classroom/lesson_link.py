"""A lesson's link: what stands in it, its address, and the same as a QR code."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

import segno
import streamlit as st
from segno.encoder import DataOverflowError

from gan_core.classroom import lan_address, lesson
from gan_core.classroom.join_codes import Destination
from gan_core.classroom.lesson import Lesson, LessonError
from gan_core.settings.problems import Problem
from pages.parts.shared import page_settings
from pages.parts.shared.page_link import PageLink, Query

TEACHER = "teacher"  # the URL key with the word that only who made the link has


@dataclass(frozen=True)
class AskedLesson:
    """What a lesson's link asks for."""

    lesson: Lesson | None  # None where the link opens none
    run_id: str | None = None
    teacher: str | None = None  # who shows it to the class has this word


def link(base: str, asked: AskedLesson) -> str:
    """The lesson under an address of the page `train`."""
    return f"{base}?{urlencode(LINK.query(asked), safe='~,[]')}"


def link_to(base: str, to: Destination) -> str:
    """A place under the address of any page of the app."""
    return f"{base.rpartition('/')[0]}/{to.page}" + (f"?{urlencode(to.query, safe='~,[]')}" if to.query else "")


def destination(lesson: Lesson) -> Destination:
    """The lesson as a place."""
    return Destination("train", LINK.query(AskedLesson(lesson)))


def class_base() -> str:
    """The address of this page as the class can reach it, as far as this process can know; empty where the browser
    has not told it."""
    url = (st.context.url or "").split("?")[0]
    return lan_address.in_network(url) if lan_address.here_only(url) else url


def qr(url: str, size: str) -> None:
    """The code, black on white with its margin in both themes, as wide as the CSS length `size` where there is room."""
    try:
        made = segno.make(url, micro=False, error="l")
    except DataOverflowError:
        st.warning(
            f"The link has {len(url)} characters, more than a QR code holds: shorten the question, or share the link."
        )
        return
    source = made.svg_data_uri(border=4, light="#fff", scale=4)
    words = "QR code of the lesson's link"
    st.html(f'<div class="qr" style="--qr:{size}"><img src="{escape(source)}" alt="{words}"></div>')


def _read(query: Query) -> tuple[AskedLesson, list[Problem]]:
    run_id, teacher = query.get(page_settings.RUN), query.get(TEACHER)
    try:
        return AskedLesson(Lesson.from_query(query), run_id, teacher), []
    except LessonError as error:
        return AskedLesson(None, run_id, teacher), error.problems


def _write(asked: AskedLesson) -> dict[str, str]:
    query = asked.lesson.to_query() if asked.lesson else {}
    query |= {page_settings.RUN: asked.run_id} if asked.run_id else {}
    return query | ({TEACHER: asked.teacher} if asked.teacher else {})


LINK: PageLink[AskedLesson, Problem] = PageLink(
    _read, _write, (page_settings.KEYS | {*lesson.KEYS, TEACHER}).__contains__
)
