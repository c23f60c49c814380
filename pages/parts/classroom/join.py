"""Joining by a short code: the address to be typed, the box on the first page, and the way from a code to its page."""

from __future__ import annotations

import streamlit as st

from gan_core.classroom.join_codes import KEY, LENGTH, Destination, join_codes
from pages.parts.shared import page_link, plain_text, state

PAGES = {"train": "pages/train.py", "course": "pages/course.py"}  # that a code may lead to
UNKNOWN = "No lesson has the code “{}”: type the code that the projector shows now."


def address(base: str, to: Destination) -> str:
    """What is typed to get there, without http://; `base` is the address of a page of the app."""
    first_page = base.split("://")[-1].rpartition("/")[0]
    return f"{first_page}/?{KEY}={join_codes().code(to)}"


def url(base: str, to: Destination) -> str:
    """The same as a link."""
    return f"{base.partition('://')[0]}://{address(base, to)}"


def show(base: str, to: Destination) -> None:
    """The address, large, for the projector."""
    host, _, code = address(base, to).rpartition("/")
    st.html(f'<div class="join">{plain_text.plain(host)}/<wbr><b>{plain_text.plain(code)}</b></div>')


def arrive() -> None:
    """Go where the code in the first page's address leads; to be called by that page first."""
    given = page_link.value(KEY)
    if given is not None:
        page_link.empty()
        _go(given)
    if typed := state.JOINING.take():
        _go(typed)


def box() -> None:
    """Where a code is typed, once this server has given one out."""
    if not join_codes().any():
        return
    with st.form("join", border=False), st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        typed = st.text_input("Code from the projector", max_chars=3 * LENGTH, width=180, key="join_code")
        if st.form_submit_button("Join", key="join_button") and typed.strip():
            state.JOINING.set(typed)
            st.rerun()


def _go(typed: str) -> None:
    to = join_codes().destination(typed)
    if to is None:
        plain_text.wrong(UNKNOWN.format(typed.strip()[:12]))
    else:
        st.switch_page(PAGES[to.page], query_params=dict(to.query))
