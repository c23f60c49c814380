"""The way back through the kept pictures: a slider, one picture back or on, and play."""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Sequence

import streamlit as st

from gan_core.settings.change import Change, marks_of
from pages.parts.shared import html, state

SPEEDS = (1, 2, 3)  # pictures a second: more of them would flash
PATIENCE = 0.8  # of the time of a picture: the browser's clock and ours are not the same
PRESSED = math.inf  # of a picture that is yet to be shown: its time begins when it is


def interval() -> float | None:
    """Seconds from picture to picture while it plays; None while it does not."""
    return 1 / _speed() if state.PLAYED_AT.present else None


def moment(kept: Sequence[float], end: float) -> float:
    """Where the slider stands: at its end, which is the newest picture, at the picture it was put to, or one picture on
    while it plays. To be called before the slider is drawn; `kept` are the moments of the pictures, in order."""
    before, last_end = state.SCRUB_AT.get(), state.SCRUB_END.get()
    at = None if before is None else _scrub().get()  # a slider of this name may still be another page's
    if at is None or at in (end, last_end) or not kept or at > kept[-1]:
        at = end
    elif at not in kept:
        # The number at the slider is that of a picture: the next one in the direction in which it was moved, so that
        # arrow keys lead from picture to picture.
        onwards = before is not None and at > before
        at = kept[bisect_left(kept, at)] if onwards else kept[max(0, bisect_left(kept, at) - 1)]
    state.SCRUB_END.set(end)
    played = state.PLAYED_AT.get()
    if played == PRESSED:
        state.PLAYED_AT.set(time.monotonic())
    elif played is not None and time.monotonic() - played >= PATIENCE / _speed():
        later = [moment for moment in kept if moment > at]
        if len(later) > 1:
            at = later[0]
            state.PLAYED_AT.set(time.monotonic())
        else:
            at = end
            state.PLAYED_AT.clear()
    _scrub().show(at)
    state.SCRUB_AT.set(at)
    return at


def slider(label: str, at: float, end: int | float, words: str) -> None:
    """The slider, from 0 to `end`; `words` tell what it stands at, as a format.

    Where it stands is its default as well. Were it set at each look, a look under way would undo a press. Were it no
    default, a browser that draws two looks at once would not hear of it, and put the slider at its left end.
    """
    number = type(end)
    st.slider(label, number(0), end, number(at), key=_scrub().name, format=words, label_visibility="collapsed")


def buttons(kept: Sequence[float], at: float, end: float) -> None:
    """One picture back, play or pause, one picture on."""
    now = max((moment for moment in kept if moment <= at), default=0)
    before = [moment for moment in kept if moment < now]
    later = [moment for moment in kept if moment > now]
    playing = state.PLAYED_AT.present
    first = kept[0] if kept and not later else None  # from the newest picture on there is nothing to play
    with st.container(horizontal=True, gap="xxsmall", key="playback", vertical_alignment="center"):
        st.button(
            "Previous picture", icon=":material/skip_previous:", key="previous_picture", on_click=_stand,
            args=(before[-1] if before else now,), disabled=not before,
        )  # fmt: skip
        st.button(
            "Pause the replay" if playing else "Play the kept pictures", key="play",
            icon=f":material/{'pause' if playing else 'play_arrow'}:", on_click=_hold if playing else _play,
            args=() if playing else (first,), disabled=len(kept) < 2,
        )  # fmt: skip
        st.button(
            "Next picture", icon=":material/skip_next:", key="next_picture", on_click=_stand,
            args=(later[0] if len(later) > 1 else end,), disabled=not later,
        )  # fmt: skip


def marks(changes: Sequence[Change], end: float, *, newest: bool) -> None:
    """What was changed while the run trained, each change at its place under the slider; the last one in words. To be
    drawn below the slider, in a container with the key "time_slider".

    At the newest picture the slider stands at the end of the run, which is no step that is shown: its number is left
    out.
    """
    placed = marks_of(changes, int(end))
    told = "; ".join(f"step {step}: {words}" for step, words in placed)
    st.html(
        html.render(
            "shared/change_marks",
            marks=[(f"{step / end:.2%}", f"step {step}: {words}") for step, words in placed],
            last=(f"{placed[-1][0] / end:.2%}", placed[-1][1], placed[-1][0] > end / 2) if placed else None,
            told=told,
            newest=newest,
        )
    )


def speed() -> None:
    """How fast to play."""
    st.segmented_control(
        "Pictures per second", SPEEDS, format_func=lambda pictures: f"{pictures}/s", default=SPEEDS[1],
        required=True, key=state.SPEED.name, label_visibility="collapsed", help="How fast to play the kept pictures.",
    )  # fmt: skip


def forget() -> None:
    """Back to the newest picture, and no replay."""
    if state.SCRUB_AT.get() != state.SCRUB_END.get():  # from its end, an old look brings no harm
        _put(None)
    for key in (state.SCRUB_AT, state.SCRUB_END, state.PLAYED_AT):
        key.clear()


def _speed() -> int:
    return state.SPEED.get() or SPEEDS[1]


def _scrub() -> state.Key[float | None]:
    moves = state.SCRUB_MOVES.get()
    return state.SCRUB.of(str(moves) if moves else "")


def _put(at: float | None) -> None:
    """Move the slider, which is another one from now on: with a look that was under way, the browser says where the one
    that it knows stands."""
    state.SCRUB_MOVES.set(state.SCRUB_MOVES.get() + 1)
    _scrub().set(at)


def _stand(at: float) -> None:
    state.PLAYED_AT.clear()
    _put(at)


def _play(first: float | None) -> None:
    """Play on from where the slider stands; with `first`, from there."""
    state.PLAYED_AT.set(PRESSED)
    if first is not None:
        _put(first)


def _hold() -> None:
    state.PLAYED_AT.clear()
