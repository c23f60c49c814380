"""Grids of images as they are: fixed range, whole-number scale, no smoothing."""

from __future__ import annotations

import base64
from html import escape

import streamlit as st

from gan_core.pixels.tiles import COLUMNS

SMALL = 32  # pixels: images up to this size are shown at twice their size on a phone


def titled(title: str, words: str, colour: str, *, square: bool = False) -> str:
    """The heading of a panel, with its actor's colour and shape."""
    shape = "square" if square else ""
    return (
        f'<div class="actor"><i class="{shape}" style="background:{colour}"></i>{escape(title)}'
        f"<small>{escape(words)}</small></div>"
    )


def grid(heading: str, png: bytes, width: int, height: int, alt: str) -> None:
    """A picture of `width` x `height` pixels, shown once, twice or three times as large as there is room.

    On a phone, small images are shown at twice their size, as many columns of them as fit.
    """
    source = "data:image/png;base64," + base64.b64encode(png).decode()
    st.html(
        f'{heading}<div class="pictures" style="{_size(width, height)}">'
        f'<img class="{_class(width, height)}" src="{source}" alt="{escape(alt)}"></div>'
    )


def no_grid(heading: str, width: int, height: int, words: str) -> None:
    """The place of a picture that is not there yet."""
    st.html(
        f'{heading}<div class="pictures" style="{_size(width, height)}">'
        f'<div class="none {_class(width, height)}">{escape(words)}</div></div>'
    )


def _class(width: int, height: int) -> str:
    # Of small images a part of them may be shown; a plane of points is one picture.
    return "small" if width // COLUMNS <= SMALL and width > height else ""


def _size(width: int, height: int) -> str:
    # Beyond about 520 px a grid would push the charts below the fold.
    most = max(width, 520 // width * width)
    tile = width // COLUMNS
    return f"--own:{width}px;--tall:{height}px;--most:{most}px;--shape:{width}/{height};--tile:{tile}px"
