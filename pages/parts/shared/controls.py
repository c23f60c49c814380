"""The controls, drawn from the settings table: ten in sight, the rest folded."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gan_core.data import SOURCES, allowed_folders, upload_cache
from gan_core.files.errors import DataError
from gan_core.saved_runs.store import StoreError
from gan_core.settings.compatibility import matters, usual
from gan_core.settings.fields import SETTINGS
from gan_core.settings.setting import Setting
from pages.parts.shared import access, glossary, page_settings, plain_text, state

Changed = Callable[[], None]
LESSON = "Locked in this lesson."
RATES = ("lr_g", "lr_d")
LATE_S = 3.0  # how long a browser may take to hear what the page has set


def draw(changed: Changed, locked: str = "", first: Sequence[str] = ()) -> None:
    """Every setting as a control, or those that have the words that are looked for; one that was changed says what it
    was. In sight are those that a page names as `first`, or else those of the front row. `changed` is called after one
    was changed and the settings are valid. `locked` says why none can be changed, where that is so."""
    shown = [row for row in SETTINGS.values() if matters(row.name, page_settings.draft())]
    asked = state.TO_FIND.take()
    if asked is not None:
        state.FIND_SETTING.set(asked)
    words = st.text_input(
        "Find a setting", key=state.FIND_SETTING.name, placeholder="Find a setting", label_visibility="collapsed",
        icon=":material/search:",
    )  # fmt: skip
    if words and words.strip():
        found = [row for row in shown if _has(row, words) and row.name != "folder"]
        if not found:
            plain_text.small(f"No setting here mentions “{words.strip()[:40]}”. Clear the field to see all.")
        _grouped(found, changed, locked)
        return
    front = [SETTINGS[name] for name in first] or sorted((row for row in shown if row.front), key=lambda row: row.front)
    for row in front:
        if row not in shown:
            continue
        _control(row, changed, locked, marked=True)
        source = SOURCES.get(str(page_settings.draft()["dataset"]))  # None for what a link has that is no data set
        if row.name == "dataset" and source and source.own:
            if allowed_folders.anywhere() or allowed_folders.roots():
                _control(SETTINGS["folder"], changed, locked)
            if not locked:
                _upload(changed)
    with st.expander("More settings", key="more"):
        _grouped([row for row in shown if row not in front and row.name != "folder"], changed, locked)


def _has(row: Setting, words: str) -> bool:
    """Whether somebody who looks for these words means this setting: they stand in its name, group, description
    or choices."""
    told = " ".join((row.label, row.name, row.name.replace("_", ""), row.group, row.help, *map(name_of, row.choices)))
    told = told.casefold()
    return " ".join(words.split()).casefold() in told


def some(fields: Iterable[str], changed: Changed, locked: Container[str] = (), why: str = LESSON) -> None:
    """Only these settings, in this order, those that matter; `locked` ones can be seen and not changed, and say why."""
    for name in fields:
        if matters(name, page_settings.draft()):
            _control(SETTINGS[name], changed, why if name in locked else "")


def rates(fields: Iterable[str], changed: Changed, locked: str = "") -> None:
    """The learning rates once more, at the edge of a phone's screen, where they are at hand beside the pictures. A
    wider screen leaves them out, since it shows them anyway.

    Buttons, since two sliders of one setting would each undo what the other was moved to; disabled where they are
    `locked`.
    """
    with st.container(key="rates"):
        for name in fields:
            row, value = SETTINGS[name], page_settings.draft()[name]
            options = _options(row, value)
            at = options.index(row.nearest(value))
            lower, higher = options[:at][-1:], options[at + 1 :][:1]
            with st.container(key=f"rate-{name}", horizontal=True, vertical_alignment="center", gap="xxsmall"):
                _step_to(row, lower, "Lower", "remove", changed, locked)
                st.html(Markup('<div class="rate">{}<b>{}</b></div>').format(row.label, name_of(value)))
                _step_to(row, higher, "Raise", "add", changed, locked)


def _step_to(row: Setting, values: Sequence[Any], words: str, icon: str, changed: Changed, locked: str) -> None:
    """A button that sets the one of `values`; disabled where there is none."""
    st.button(
        f"{words} the {row.label[0].lower()}{row.label[1:]}", key=f"{words.lower()}-{row.name}",
        icon=f":material/{icon}:", disabled=not values or bool(locked), on_click=_set,
        args=(row.name, *values, changed),
    )  # fmt: skip


def _grouped(rows: Iterable[Setting], changed: Changed, locked: str) -> None:
    for group, members in itertools.groupby(rows, key=lambda row: row.group):
        st.markdown(f"**{group}**")
        for row in members:
            _control(row, changed, locked, marked=True)


def name_of(value: Any) -> str:
    """A value as the controls show it."""
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).replace("_", " ")


def _control(row: Setting, changed: Changed, locked: str = "", *, marked: bool = False) -> None:
    """One widget whose key is the field's name; with `marked`, it says what it was where it was changed."""
    value = page_settings.draft()[row.name]
    when = "Takes effect at once, even during a run." if row.live else "A change restarts the run."
    if locked:
        when = locked
    label = f":material/lock: {row.label}" if locked else row.label
    # No data set of points is another's default: the page Points has all of them.
    default = page_settings.first().dataset if row.name == "dataset" else usual(page_settings.draft())[row.name]
    if marked and value != default and row.kind != "text":
        label = f"{label} · default {_short(row, default)}"
    words: dict[str, Any] = {
        "key": row.name, "help": f"{row.help} {when}{glossary.for_help(row.label, row.help)}",
        "on_change": _on_change, "args": (row.name, changed),
        "disabled": bool(locked),
    }  # fmt: skip
    if row.kind == "choice":
        _show(row.name, value if value in row.choices else row.default)
        st.selectbox(label, row.choices, format_func=name_of, **words)
        if value in row.told:
            st.caption(row.told[value])
    elif row.kind == "set":
        _show(row.name, [str(choice) for choice in row.choices if choice in value])
        st.pills(label, row.choices, selection_mode="multi", **words)
    elif row.kind == "switch":
        _show(row.name, bool(value))
        # Its default as well. A page that is drawn again before the browser has drawn it loses the value that was set;
        # the browser would show "off", and say so at the next click.
        st.toggle(label, bool(value), **words)
    elif row.kind == "text":
        _show(row.name, str(value))
        st.text_input(label, **words)
    elif row.marks:
        options = _options(row, value)
        _show(row.name, row.nearest(value))
        st.select_slider(label, options, format_func=name_of, **words)
    else:
        assert row.low is not None and row.high is not None
        _show(row.name, row.nearest(value))
        st.number_input(label, round(row.low), round(row.high), step=1, **words)


def _short(row: Setting, value: Any) -> str:
    if row.kind == "switch":
        return "on" if value else "off"
    return row.text(value) if row.kind == "set" else name_of(value)


def _upload(changed: Changed) -> None:
    """A zip file from the visitor's own machine instead of a path on this one."""
    file = st.file_uploader("Or upload a zip of pictures", type="zip", key="folder_zip")
    if file is None:
        return
    try:
        name = upload_cache.keep(file.getvalue(), access.owner(), access.most_mb())
    except (DataError, StoreError) as error:
        plain_text.wrong(str(error))
        return
    except OSError as error:
        plain_text.wrong(
            f"The zip could not be kept ({error.strerror}): make room on the server, then upload it again."
        )
        return
    if name != state.UPLOADED.get():
        state.UPLOADED.set(name)
        if page_settings.change({"folder": name}):
            changed()
        st.rerun()


def _options(row: Setting, value: Any) -> list[Any]:
    """The coarse marks, the present value where it is another (from a link, say), and those that it was.

    What was once offered stays. A browser that has not heard of the newest value may still send the last one, and
    Streamlit takes the first option, 0 say, for a value that it does not find.
    """
    cast = int if row.kind == "integer" else float
    offered = state.OFFERED.of(row.name)
    offered.set(sorted({*offered.get(), cast(row.nearest(value))}))  # type: ignore[arg-type]
    return sorted({cast(mark) for mark in row.marks} | set(offered.get()))


def _set(field: str, value: Any, changed: Changed) -> None:
    if page_settings.change({field: value}):
        changed()


def _show(field: str, value: Any) -> None:
    """Have the control show this, and keep for a while what it had."""
    widget = state.SETTING.of(field)
    if widget.present and widget.get() != value:
        state.OVERWRITTEN.of(field).set((widget.get(), time.monotonic()))
    widget.show(value)


def _late(field: str, value: object) -> bool:
    """Whether a look at a run has brought what a control had before the page set another: with each look, the browser
    sends all controls along, and it had not heard of that yet."""
    running, had = get_script_run_ctx(), state.OVERWRITTEN.of(field).get()
    looks = running is not None and bool(running.fragment_ids_this_run)
    return looks and had is not None and value == had[0] and time.monotonic() - had[1] < LATE_S


def _on_change(field: str, changed: Changed) -> None:
    value = state.SETTING.of(field).get()
    if _late(field, value):
        return
    if isinstance(value, list):
        value = tuple(value)
    if page_settings.change({field: value}):
        changed()
