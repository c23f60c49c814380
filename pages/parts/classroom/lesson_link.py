"""A lesson's link, and the same as a QR code."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import segno
import streamlit as st
from segno.encoder import DataOverflowError

from gan_core.classroom import lan_address
from gan_core.classroom.lesson import Assignment


def link(base: str, lesson: Assignment, **more: str) -> str:
    """The lesson under an address of the page `train`."""
    return f"{base}?{urlencode(lesson.to_query() | more, safe='~,[]')}"


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
