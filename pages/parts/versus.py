"""Two runs beside each other, and the setting in which they differ."""

from __future__ import annotations

import streamlit as st

from gan_core.experiment import SETTINGS, Experiment, diff
from gan_core.frames import COLUMNS, ROWS, Frame
from gan_core.run import Snapshot
from pages.parts import charts, controls, diagnosis, live, pictures, session, theme
from pages.parts.charts import number, numbers, percent


def interval(*runs: Snapshot | None) -> float | None:
    """Seconds between two looks at several runs: see live.interval."""
    waits = [wait for run in runs if (wait := live.interval(run)) is not None]
    return min(waits) if waits else None


def difference(first: Experiment, second: Experiment) -> tuple[str, str]:
    """What sets each of the two apart, in words."""
    settings = diff(first, second)
    named = [(SETTINGS[name].label, *values) for name, values in settings.items() if name != "steps"]
    sides = zip(*((f"{label}: {_words(a)}", f"{label}: {_words(b)}") for label, a, b in named), strict=True)
    left, right = sides if named else ((), ())
    return ", ".join(left), ", ".join(right)


def panel(
    side: str,
    run: Snapshot | None,
    e: Experiment,
    title: str,
    colour: str,
    frame: Frame | None,
    *,
    explained: bool = True,
) -> None:
    """One run: where it is, what is found (with the evidence at hand if it is to be `explained`), its pictures at
    `frame`, its pixels. Keys end in `side`."""
    live.progress(run, e.steps, key=f"progress-{side}")
    diagnosis.show(run, frame, e, key=f"diagnosis-{side}", explained=explained, fixable=False)
    tile = run.opening.tile if run and run.opening else e.image_size
    width, height = COLUMNS * tile, ROWS * tile
    with st.container(key=f"grid-{side}"):
        heading = pictures.titled(title, f"step {frame.step}" if frame else "", colour, square=True)
        if frame:
            pictures.grid(heading, frame.fake_png, width, height, f"Generated images, {title}, step {frame.step}")
        else:
            pictures.no_grid(heading, width, height, "Not started yet")
    m = frame.measurements if frame else {}
    with st.container(key=f"histogram-{side}"):
        charts.pixel_histogram(run.opening if run else None, frame, key=f"histogram_chart_{side}")
        numbers(
            f"{percent(m, 'out_of_range')} out of range · contrast {number(m, 'contrast')} · "
            f"diversity {number(m, 'diversity')} · D is right {percent(m, 'd_accuracy')}"
        )


def beside(run: Snapshot, second: Snapshot) -> None:
    """This tab's run and the one that was started to be compared with it, at the same step."""
    ours, theirs = difference(run.experiment, second.experiment)
    words, keep, leave = st.columns([0.6, 0.2, 0.2], vertical_alignment="center")
    words.markdown(f"**Same seed, same data order, same noise.** They differ in {ours} against {theirs}.")
    keep.button("Keep the fixed run", on_click=_leave, args=(True,), key="keep_beside", width="stretch")
    leave.button("Close the comparison", on_click=_leave, args=(False,), key="leave_beside", width="stretch")
    left, right = st.columns(2)
    with left:
        panel("broken", run, run.experiment, ours, theme.BROKEN, at_step(run, second.step))
    with right:
        panel("fixed", second, second.experiment, theirs, theme.FIXED, second.frame)


def _leave(keep: bool) -> None:
    session.leave_beside(keep=keep)
    st.session_state.redraw = True


def at_step(run: Snapshot | None, step: int) -> Frame | None:
    """The kept frame nearest to a step."""
    return min(run.frames, key=lambda frame: abs(frame.step - step)) if run and run.frames else None


def _words(value: object) -> str:
    return controls.name_of(value) if value != () else "none"
