"""The map as it fills: how far it is, the squares, and the map as files."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st

from gan_core.diagnosis.verdict import Mark
from gan_core.live.errors import RunError
from gan_core.saved_runs.store import StoreError
from gan_core.settings import link
from gan_core.settings.comparison import Comparison, ComparisonError
from gan_core.settings.fields import SETTINGS
from gan_core.settings.points import POINT_SETS
from gan_core.sweep import server_sweeps
from gan_core.sweep.kept_cells import KeptCells, ShippedCells
from gan_core.sweep.map_files import (
    agreement,
    hover_words,
    map_csv,
    map_html,
    map_png,
    picture_source,
    value_words,
)
from gan_core.sweep.plan import SweepPlan
from gan_core.sweep.running import SweepState
from gan_core.sweep.server_sweeps import sweeps
from gan_core.sweep.sweep_map import COLOURS, Square, SweepMap, side_of, sweep_map
from pages.parts.shared import access, glossary, html, plain_text, state
from pages.parts.sweep import choice

POLL_S = 1.5
MOST_REASONS = 3
MOST_NARROW = 6  # squares in a row
KEY: dict[Mark, str] = {"ill": "fails", "open": "too early, still learning, or too slow", "well": "can be recognised"}
FILES = {
    "png": ("Picture (PNG)", ".png", "image/png", map_png),
    "csv": ("Table (CSV)", ".csv", "text/csv", map_csv),
    "html": ("Page (HTML)", ".html", "text/html", map_html),
}


def state_now() -> SweepState | None:
    """This visitor's sweep, where it is of the plan that the page shows."""
    seen = sweeps().seen(access.owner())
    return seen if seen is not None and seen.plan == choice.now() else None


def interval() -> float | None:
    """Seconds between two looks; None where nothing moves."""
    seen, probe = state_now(), _probe()
    moves = (seen is not None and seen.open) or (probe is not None and probe.open)
    return POLL_S if moves else None


def _probe() -> SweepState | None:
    """How it stands with measuring what the sweep will take; None where that is known, or may not be."""
    plan = choice.now()
    try:
        if not found().lacks or _refusal(plan):
            return None
        return server_sweeps.probe(plan, access.owner())
    except ValueError as error:
        state.REFUSAL.set(str(error))
        return None


def narrow() -> bool:
    """Whether the map leaves room beside it, on a usual screen."""
    return len(next(iter(choice.now().vary.values()))) <= MOST_NARROW


def found() -> SweepMap:
    """The map of now."""
    seen = state_now()
    places: list[KeptCells] = [ShippedCells()] if _somebody_elses() else [sweeps().kept, ShippedCells()]
    return sweep_map(choice.now(), places, seen.failed if seen else {})


def buttons(made: SweepMap) -> None:
    """Start or Stop, how far it is, and the files."""
    plan, seen = choice.now(), state_now()
    going = seen is not None and seen.open
    widths = [0.2, 0.54, 0.26] if narrow() else [0.16, 0.64, 0.2]
    start, words, files = st.columns(widths, vertical_alignment="center")
    with start:
        if going:
            st.button("Stop", key="stop", icon=":material/stop:", on_click=_stop, width="stretch")
        else:
            st.button(
                "Start", key="start", type="primary", icon=":material/play_arrow:", on_click=_start, width="stretch",
                disabled=not made.lacks,
            )  # fmt: skip
    with words, st.container(key="progress"):
        probe = _probe()
        untold = "".join(filter(None, (probe.trouble, *probe.failed.values()))) if probe and not probe.open else ""
        trouble = state.REFUSAL.get() or (seen.trouble if seen is not None else untold)
        if trouble:
            plain_text.wrong(trouble)
        else:
            plain_text.small(_words(plan, made, seen))
            if going and seen is not None:
                st.progress(seen.done / max(1, seen.total))
    with files, st.popover("Save the map", key="sweep_files", width="stretch", disabled=not made.trained):
        for name, (label, ending, mime, make) in FILES.items():
            st.download_button(
                label, partial(make, made), f"map-{made.across}{f'-{made.down}' if made.down else ''}{ending}", mime,
                key=f"save_{name}", on_click="ignore", width="stretch",
            )  # fmt: skip


def squares(made: SweepMap) -> None:
    """The map itself."""
    side = side_of(made)
    with st.container(key="sweep-map"):
        st.html(
            html.render(
                "sweep/map",
                found=made,
                side=side,
                across=glossary.text(SETTINGS[made.across].label),
                down=glossary.text(SETTINGS[made.down].label) if made.down else "",
                value=value_words,
                hover=hover_words,
                agreement=agreement,
                source=lambda square: picture_source(square, side),
                href=_href,
                compare=_compare,
                key=KEY,
                colours=COLOURS,
            )
        )
        # Where nothing can be pointed at, as on a phone, the reasons are read here.
        for why in list(dict.fromkeys(square.why for row in made.rows for square in row if square.why))[:MOST_REASONS]:
            plain_text.small(f"Not possible: {why}.")


def _href(square: Square) -> str:
    """The square on the page that trains it."""
    e = square.experiment
    assert e is not None
    page = "points" if e.dataset in POINT_SETS else "train"
    return f"{page}?{urlencode(link.to_query(e))}"


def _compare(square: Square) -> str:
    """The square beside the same run with the defaults of its settings; empty where that is the same, or cannot be."""
    usual = {name: SETTINGS[name].default for name in square.settings}
    try:
        both = Comparison(choice.now().base, (dict(square.settings), usual))
    except ComparisonError:
        return ""
    return f"compare?{urlencode(both.to_query())}"


def _words(plan: SweepPlan, made: SweepMap, seen: SweepState | None) -> str:
    refused = made.refused
    runs = len(plan.cells) - refused
    more = f" {refused} are not possible." if refused else ""
    done = f"{made.trained:,} of {runs:,} runs are done.{more}"
    if not made.lacks:
        return f"All {runs:,} runs are done.{more} Click or tap a square to train it; point at one to see its numbers."
    if seen is not None and seen.waiting:
        return f"{done} Waiting: live runs go first and use all cores."
    left = server_sweeps.seconds_left(plan)
    if left is None:
        return f"{done} Measuring how long the rest takes…"
    took = f"about {_time(left)}"
    if seen is not None and seen.open:
        return f"{done} {seen.training} training now; {took} left."
    return f"{done} The rest takes {took} on {_where()}."


def _where() -> str:
    places = server_sweeps.places()
    whose = "the cluster" if server_sweeps.on_cluster() else "this machine"
    return f"{places} core{'s' if places > 1 else ''} of {whose}, where no live run needs them"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(5, round(seconds / 5) * 5)} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _somebody_elses() -> bool:
    """Whether the pictures are another visitor's upload, of which nothing is shown."""
    try:
        for cell in choice.now().cells:
            if cell.experiment is not None:
                access.check_pictures(cell.experiment)
    except RunError:
        return True
    return False


def _refusal(plan: SweepPlan) -> str:
    """Why this visitor may not have it trained; empty where he may."""
    try:
        for cell in plan.cells:
            if cell.experiment is not None:
                access.check_run(cell.experiment)
    except RunError as error:
        return str(error)
    return ""


def _start() -> None:
    plan = choice.now()
    state.REFUSAL.set(_refusal(plan) or None)
    if state.REFUSAL.get():
        return
    try:
        sweeps().begin(access.owner(), plan)
    except (ValueError, StoreError) as error:
        state.REFUSAL.set(str(error))


def _stop() -> None:
    sweeps().stop(access.owner())
