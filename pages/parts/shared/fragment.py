"""Parts of a page that are drawn again by themselves."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

Given = ParamSpec("Given")


def fragment(*, run_every: float | None = None) -> Callable[[Callable[Given, None]], Callable[Given, None]]:
    """`st.fragment`, in a container of its own.

    When a server is slow, Streamlit drops what a whole run has drawn of a fragment if the fragment is drawn again
    before that was sent. The browser then takes the fragment away, what stood below it moves up one place, and the
    fragment comes back over its neighbour and stays there until the next whole run. Alone, it has no neighbours.

    Streamlit knows a fragment by its function's name and its place, which two pages may have in common. A look at the
    page that was left would then draw the new one's fragment for it. So the page's file becomes part of the name.
    """

    def decorate(draw: Callable[Given, None]) -> Callable[Given, None]:
        draw.__module__ = inspect.unwrap(draw).__code__.co_filename
        alone = st.fragment(draw, run_every=run_every)

        @functools.wraps(draw)
        def drawn(*args: Given.args, **kwargs: Given.kwargs) -> None:
            with st.container():
                alone(*args, **kwargs)

        return drawn

    return decorate
