"""Training loops that are not ours: one card each, and one of them followed live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import streamlit as st

from gan_core.diagnosis.loop_verdict import loop_outlook, loop_verdict
from gan_core.diagnosis.measurements import MEASUREMENTS
from gan_core.diagnosis.row import Row
from gan_core.files.folders import folder_size
from gan_core.pixels.tiles import COLUMNS, ROWS
from gan_core.saved_runs.run_folder import SavedRunError
from gan_core.saved_runs.store import Damaged, Store, StoreError
from gan_core.saved_runs.watched_runs import WatchedHeading, WatchedRun, rows_and_picture
from pages.parts.runs import cards
from pages.parts.shared import charts, diagnosis_line, html, pictures, state, theme
from pages.parts.shared.fragment import fragment

LOOK_EVERY_S = 2.0
SHOWN = 6  # of which cards are drawn; earlier ones stay closed


class Read(NamedTuple):
    """What the card of a watched run shows beside its heading."""

    rows: Sequence[Row]
    picture: bytes | None
    size: int  # of its folder, in bytes


def read(heading: WatchedHeading) -> Read | Damaged:
    """What its card shows; see cards.read."""
    try:
        rows, png = rows_and_picture(heading.folder)
    except SavedRunError as error:
        return Damaged(heading.run_id, str(error), ours=True)
    return Read(rows, png, folder_size(heading.folder))


def section(store: Store, loops: Sequence[WatchedHeading], there: Mapping[str, Read | Damaged]) -> None:
    """A card for each watched run; the one that is followed stands below its card, drawn again while it trains."""
    if not loops:
        return
    st.markdown("### Your own loops, watched")
    st.caption("Updated while they train. They do not open on Train, since their networks are your own.")
    chosen = state.WATCHED.get()
    newest = [heading for number, heading in enumerate(loops) if number < SHOWN or heading.run_id == chosen]
    earlier = [heading for heading in loops if heading not in newest]
    for heading in newest:
        said = _card(store, heading, there[heading.run_id], followed=heading.run_id == chosen)
        if heading.run_id == chosen:
            trains = heading.trains(datetime.now(UTC))
            fragment(run_every=LOOK_EVERY_S if trains else None)(_followed)(store, heading.run_id, trains, said)
    if earlier:
        with st.expander(f"Earlier loops ({len(earlier)})", key="earlier_loops"):
            for heading in earlier:
                _card(store, heading, there[heading.run_id], followed=False)


def _card(store: Store, heading: WatchedHeading, there: Read | Damaged, *, followed: bool) -> str:
    """Picture, name, what is found; follow, rename, delete. Returns what it says of the run."""
    run_id = heading.run_id
    if isinstance(there, Damaged):
        cards.damaged(there)
        return ""
    rows = there.rows
    of = loop_verdict(rows)
    width, height = tile(heading)
    with st.container(border=True, key=f"watched-{run_id}"):
        picture, words, buttons = st.columns([0.28, 0.46, 0.26], vertical_alignment="center")
        with picture:
            cards.picture(there.picture, heading.name, width, height)
        with words:
            st.html(
                html.render(
                    "runs/watched_heading",
                    heading=heading,
                    step=rows[-1].step if rows else 0,
                    state=_state(heading),
                    size=there.size,
                    of=of,
                    followed=followed,
                )
            )
        with buttons, st.container(horizontal=True, gap="xsmall"):
            st.button(
                "Close" if followed else "Follow", key=f"watch_live-{run_id}",
                type="secondary" if followed else "primary",
                icon=":material/close:" if followed else ":material/visibility:", on_click=state.WATCHED.set,
                args=(None if followed else run_id,),
            )  # fmt: skip
            cards.rename_and_delete(store, run_id, heading.name)
    return of.short


def _followed(store: Store, run_id: str, trained: bool, said: str) -> None:
    """Pictures, histogram, curves and findings of a watched run as they stand.

    `trained` is whether it did when its card was drawn, and `said` what the card says."""
    try:
        run = store.read_watched(run_id)
    except (StoreError, SavedRunError) as error:
        diagnosis_line.say(diagnosis_line.TROUBLE, str(error))
        return
    of = loop_verdict(run.rows)
    if trained and (of.short != said or not run.trains(datetime.now(UTC))):
        st.rerun()  # the card is to say so, and where it has ended nothing is to be waited for
    with st.container(key="followed"):
        st.caption(f"Step {run.step}")
        line, details = st.columns([0.8, 0.2], vertical_alignment="center")
        with line:
            diagnosis_line.say(diagnosis_line.COLOURS[of.mark], of.words, strong=f"{of.headline}.")
        label = "Evidence and fix" if of.findings else "What is checked"
        with details, st.popover(label, width="stretch", key="evidence-followed"):
            for finding in of.findings:
                diagnosis_line.explain(finding, run.rows, "followed", fixable=False)
            st.markdown("**What is checked**")
            st.markdown("\n".join(f"- {title}: {told}" for title, told in loop_outlook(run.rows)))
        _pictures(run)
        _charts(run)


def _pictures(run: WatchedRun) -> None:
    if run.opening is None:
        st.caption("Without real images no pictures are shown: pass real= to Watch(), and fake= at each call.")
        return
    width, height = (COLUMNS * tile(run)[0], ROWS * tile(run)[1])
    left, right = st.columns(2)
    with left, st.container(key="grid-real"):
        heading = pictures.titled("Real images", "as passed to Watch()", theme.REAL)
        pictures.grid(heading, run.opening.real_png, width, height, "Real images")
    with right, st.container(key="grid-fake"):
        if not run.frames:
            heading = pictures.titled("Generated images", "none yet", theme.GENERATED, square=True)
            pictures.no_grid(heading, width, height, "None yet: pass fake= at each call")
            return
        frame = run.frames[-1]
        heading = pictures.titled("Generated images", f"step {frame.step}", theme.GENERATED, square=True)
        pictures.grid(heading, frame.fake_png, width, height, f"Generated images at step {frame.step}")


def _charts(run: WatchedRun) -> None:
    pixel, loss, right, gradient = st.columns(4)
    frame = run.frames[-1] if run.frames else None
    m = run.rows[-1].measurements if run.rows else {}
    with pixel, st.container(key="histogram"):
        charts.pixel_histogram(run.opening, frame)
        charts.numbers(_caption(m, "out_of_range", "saturated"))
    with loss, st.container(key="losses"):
        charts.losses(run.rows, None)
        charts.numbers(_caption(m, "loss_d", "loss_g"))
    with right, st.container(key="accuracy"):
        charts.accuracy(run.rows)
        charts.numbers(_caption(m, "d_accuracy_real", "d_accuracy_fake"))
    with gradient, st.container(key="gradients"):
        charts.gradients(run.rows)
        charts.numbers(_caption(m, "grad_norm_g"))
    if run.opening is not None and run.opening.classes is not None:
        recognised, classes = st.columns(2)
        with recognised, st.container(key="recognised"):
            charts.recognised(run.rows)
            charts.numbers(_caption(m, "recognised", "modes_covered"))
        with classes, st.container(key="classes"):
            charts.class_shares(run.opening.classes, m)


def _caption(m: dict[str, float], *names: str) -> str:
    """Those that were measured; what to hand over where none was."""
    there = [MEASUREMENTS[name].captioned(m) for name in names if name in m]
    return " · ".join(there) or "not passed, or not meaningful for this loss"


def tile(heading: WatchedHeading) -> tuple[int, int]:
    """Width and height of one image on the pictures."""
    shape = heading.facts.shown
    return (shape[1], shape[0]) if shape else (32, 32)


def _state(heading: WatchedHeading) -> str:
    if heading.facts.ended:
        return f"ended {cards.ago(heading.saved)}"
    if heading.trains(datetime.now(UTC)):
        return "training"
    return f"last heard from {cards.ago(heading.saved)}"
