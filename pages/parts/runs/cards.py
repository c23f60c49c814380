"""The list of saved runs: one card each, with what a person may do with it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import ParamSpec

import streamlit as st
from markupsafe import Markup

from gan_core.live.errors import RunError
from gan_core.outputs.plane_picture import SIZE
from gan_core.pixels.tiles import COLUMNS, ROWS
from gan_core.saved_runs.label import MOST_NAME
from gan_core.saved_runs.run_folder import Heading, SavedRunError
from gan_core.saved_runs.search import changed_settings
from gan_core.saved_runs.store import Damaged, RunSummary, Store
from gan_core.saved_runs.watched_runs import WatchedHeading
from gan_core.settings.comparison import LETTERS, MOST, Comparison, ComparisonError
from gan_core.settings.points import POINT_SETS
from pages.parts.runs import given
from pages.parts.shared import access, comparison_state, html, plain_text, state, tab_runs, theme

SHOWN = 12  # cards at first, and as many more with each click
ROWS_SHOWN = 3  # rows of small images on a card

P = ParamSpec("P")


def read(store: Store, heading: Heading) -> RunSummary | Damaged:
    """What the card of a saved run shows beside its heading. To be called before anything of the page is drawn: what
    stood there before stays in sight until all is drawn, and the same run would be seen twice."""
    try:
        return store.summary(heading)
    except SavedRunError as error:
        return Damaged(heading.run_id, str(error), ours=True)


def card(store: Store, heading: Heading, summary: RunSummary | Damaged) -> None:
    """One saved run: picture, name, where it stands, what sets it apart, what is found; open, rename, delete."""
    run_id = heading.run_id
    if isinstance(summary, Damaged):
        damaged(summary)
        return
    with st.container(border=True, key=f"saved-{run_id}"):
        shown, words, buttons = st.columns([0.28, 0.46, 0.26], vertical_alignment="center")
        with shown:
            size = heading.experiment.image_size
            picture(summary.picture, heading.name, size, size, points=heading.experiment.dataset in POINT_SETS)
        with words:
            st.html(
                html.render(
                    "runs/heading",
                    heading=heading,
                    ago=ago(heading.saved),
                    size=summary.size,
                    settings=changed_settings(heading.experiment),
                    of=summary.verdict,
                )
            )
        with buttons, st.container(horizontal=True, gap="xsmall"):
            st.button(
                "Open", key=f"open-{run_id}", type="primary", icon=":material/play_arrow:", on_click=_open,
                args=(store, run_id),
            )  # fmt: skip
            rename_and_delete(store, run_id, heading.name)
            given.link_to(run_id)
            st.checkbox("Compare", key=state.CHOSEN.of(run_id).name)


def rename_and_delete(store: Store, run_id: str, name: str) -> None:
    """The buttons that each entry has."""
    with st.popover("Rename", key=f"rename-{run_id}"):
        st.text_input("Name", name, max_chars=MOST_NAME, key=state.NEW_NAME.of(run_id).name)
        st.button("Rename", key=f"rename_now-{run_id}", on_click=_rename, args=(store, run_id))
    st.button("Delete", key=f"delete-{run_id}", on_click=_delete, args=(store, run_id, name))


def damaged(folder: Damaged) -> None:
    """A folder that cannot be opened, in one sentence; what holds files of a run may be deleted."""
    store = access.store()
    with st.container(border=True, key=f"damaged-{folder.run_id}"):
        words, button = st.columns([0.8, 0.2], vertical_alignment="center")
        words.html(Markup('<div class="kept"><p class="ill">{}</p></div>').format(folder.words))
        if folder.ours:
            button.button(
                "Delete", key=f"delete-{folder.run_id}", on_click=_delete, args=(store, folder.run_id, folder.run_id)
            )


def undo(store: Store) -> None:
    """The run that was just deleted, and the way back."""
    gone = state.DELETED_RUN.get()
    if gone is None:
        return
    words, button = st.columns([0.8, 0.2], vertical_alignment="center")
    with words:
        plain_text.say(theme.QUIET, f"“{gone[1]}” is deleted. You can restore it within a day.")
    button.button("Undo", key="undo", icon=":material/undo:", on_click=_restore, args=(store, gone[0]), width="stretch")


def bin(store: Store, deleted: Sequence[Heading | WatchedHeading | Damaged]) -> None:
    """All that can still be restored."""
    if not deleted:
        return
    with st.expander(f"Deleted runs ({len(deleted)})", key="deleted_runs"):
        st.caption("Each can be restored for one day and takes up space until then.")
        for folder in deleted:
            words, button = st.columns([0.8, 0.2], vertical_alignment="center")
            name = folder.run_id if isinstance(folder, Damaged) else folder.name
            name += f", step {folder.step}" if isinstance(folder, Heading) else ""
            words.html(Markup('<div class="kept">{}</div>').format(name))
            button.button(
                "Restore", key=f"restore-{folder.run_id}", on_click=_restore, args=(store, folder.run_id),
                width="stretch",
            )  # fmt: skip
        st.button("Delete all of these for good", key="empty", on_click=_empty, args=(store,))


def whose(store: Store, count: int, size: float) -> None:
    """How many there are and of how many megabytes, and who sees them."""
    if access.alone():
        plain_text.small(f"{_runs(count)} in {store.home}, {size:.0f} of {store.most_mb:.0f} MB used.")
    elif access.teacher():
        plain_text.small(
            f"{_runs(count)} of all visitors, {size:.0f} of {store.most_mb:.0f} MB used. You may delete any."
        )
    else:
        plain_text.small(
            f"{_runs(count)} of yours, {size:.0f} of {store.each_mb:.0f} MB used. Only this browser and the teacher "
            "can rename or delete them; others need the link to see one. Clear this site's cookie, and you lose them."
        )


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def comparison(store: Store, headings: Sequence[Heading]) -> None:
    """The chosen ones, to be seen side by side on the page compare."""
    chosen = [heading for heading in headings if state.CHOSEN.of(heading.run_id).get()]
    if not chosen:
        return
    words, button = st.columns([0.7, 0.3], vertical_alignment="center")
    trouble = "" if len(chosen) > 1 else "Choose one more."
    try:
        wanted = Comparison.of([heading.experiment for heading in chosen]) if len(chosen) > 1 else None
    except ComparisonError as error:
        wanted, trouble = None, str(error)
    with words:
        plain_text.small(
            trouble or f"{len(chosen)} of at most {MOST} are chosen. Each opens with everything that was saved."
        )
    button.button(
        "Compare side by side", key="compare", icon=":material/compare:", on_click=_compare,
        args=(store, wanted, [heading.run_id for heading in chosen]),
        disabled=wanted is None, width="stretch",
    )  # fmt: skip


def picture(png: bytes | None, name: str, width: int, height: int, *, points: bool = False) -> None:
    """The upper rows of the newest picture as they are: one pixel for one, or two for images that are very small. Of
    `points` the whole plane.

    `width` and `height` are those of one image."""
    if png is None:
        st.html('<div class="kept-picture none">No picture yet</div>')
        return
    zoom = 1 if width > 16 else 2
    shown = (SIZE, SIZE, SIZE) if points else (COLUMNS * width * zoom, ROWS_SHOWN * height * zoom, ROWS * height * zoom)
    width, height, whole = shown
    source = base64.b64encode(png).decode()
    st.html(html.render("runs/picture", source=source, name=name, width=width, height=height, whole=whole))


def ago(when: datetime) -> str:
    """How long ago that was, in words."""
    minutes = (datetime.now(UTC) - when).total_seconds() / 60
    if minutes < 1:
        return "just now"
    if minutes < 90:
        return f"{minutes:.0f} min ago"
    return f"{minutes / 60:.0f} h ago" if minutes < 36 * 60 else f"on {when:%d %B %Y}"


def _do(what: Callable[P, None], *arguments: P.args, **named: P.kwargs) -> bool:
    """Ask the store for something, and keep its refusal for the page to show."""
    state.STORE_TROUBLE.set("")
    try:
        what(*arguments, **named)
    except ValueError as error:
        state.STORE_TROUBLE.set(str(error))
        return False
    return True


def _open(store: Store, run_id: str) -> None:
    state.STORE_TROUBLE.set("")
    try:
        saved = store.read(run_id)
        tab_runs.reopen(saved)
    except (RunError, ValueError, OSError) as error:
        state.STORE_TROUBLE.set(str(error))
        return
    page = state.TO_POINTS if saved.experiment.dataset in POINT_SETS else state.TO_TRAIN
    page.set(True)


def _rename(store: Store, run_id: str) -> None:
    _do(store.rename, run_id, state.NEW_NAME.of(run_id).get())


def _delete(store: Store, run_id: str, name: str) -> None:
    if _do(store.delete, run_id):
        state.DELETED_RUN.set((run_id, name))


def _restore(store: Store, run_id: str) -> None:
    deleted = state.DELETED_RUN.get()
    if _do(store.restore, run_id) and deleted and deleted[0] == run_id:
        state.DELETED_RUN.set(None)


def _empty(store: Store) -> None:
    _do(store.empty)
    state.DELETED_RUN.set(None)


def _compare(store: Store, wanted: Comparison, chosen: Sequence[str]) -> None:
    state.STORE_TROUBLE.set("")
    try:
        saved = [store.read(run_id) for run_id in chosen]
        comparison_state.take(wanted)
        tab_runs.reopen_together(state.COMPARED, dict(zip(LETTERS, saved, strict=False)))
    except (RunError, ValueError, OSError) as error:
        state.STORE_TROUBLE.set(str(error))
        return
    comparison_state.ask(wanted, go=False)
