"""The controls, drawn from the settings table: ten in sight, the rest folded."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Iterable
from typing import Any

import streamlit as st

from gan_core.data import SOURCES, allowed_folders, upload_cache
from gan_core.settings.compatibility import matters
from gan_core.settings.fields import SETTINGS
from gan_core.settings.setting import Setting
from pages.parts.shared import access, glossary, page_settings, plain_text, state

Changed = Callable[[], None]


def draw(changed: Changed) -> None:
    """Every setting as a control; `changed` is called after one was changed and the settings are valid."""
    shown = [row for row in SETTINGS.values() if matters(row.name, page_settings.draft())]
    for row in sorted((row for row in shown if row.front), key=lambda row: row.front):
        _control(row, changed)
        source = SOURCES.get(str(page_settings.draft()["dataset"]))  # None for what a link has that is no data set
        if row.name == "dataset" and source and source.own:
            if allowed_folders.anywhere() or allowed_folders.roots():
                _control(SETTINGS["folder"], changed)
            _upload(changed)
    with st.expander("More settings", key="more"):
        others = [row for row in shown if not row.front and row.name != "folder"]
        _grouped(others, changed)


def some(fields: Iterable[str], changed: Changed, locked: Container[str] = ()) -> None:
    """Only these settings, in this order, those that matter; `locked` ones can be seen and not changed."""
    for name in fields:
        if matters(name, page_settings.draft()):
            _control(SETTINGS[name], changed, name in locked)


def rest(fields: Container[str], changed: Changed) -> None:
    """All settings that matter and are not among these, by their groups."""
    shown = [row for row in SETTINGS.values() if row.name not in fields and matters(row.name, page_settings.draft())]
    _grouped(shown, changed)


def _grouped(rows: Iterable[Setting], changed: Changed) -> None:
    for group, members in itertools.groupby(rows, key=lambda row: row.group):
        st.markdown(f"**{group}**")
        for row in members:
            _control(row, changed)


def name_of(value: Any) -> str:
    """A value as the controls show it."""
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).replace("_", " ")


def _control(row: Setting, changed: Changed, locked: bool = False) -> None:
    """One widget whose key is the field's name."""
    value = page_settings.draft()[row.name]
    when = "Takes effect at once, even during a run." if row.live else "A change restarts the run."
    if locked:
        when = "Locked in this lesson."
    label = f":material/lock: {row.label}" if locked else row.label
    words: dict[str, Any] = {
        "key": row.name, "help": f"{row.help} {when}{glossary.for_help(row.label, row.help)}",
        "on_change": _on_change, "args": (row.name, changed),
        "disabled": locked,
    }  # fmt: skip
    if row.kind == "choice":
        state.SETTING.of(row.name).show(value if value in row.choices else row.default)
        st.selectbox(label, row.choices, format_func=name_of, **words)
        if value in row.told:
            st.caption(row.told[value])
    elif row.kind == "set":
        state.SETTING.of(row.name).show([str(choice) for choice in row.choices if choice in value])
        st.pills(label, row.choices, selection_mode="multi", **words)
    elif row.kind == "switch":
        state.SETTING.of(row.name).show(bool(value))
        st.toggle(label, **words)
    elif row.kind == "text":
        state.SETTING.of(row.name).show(str(value))
        st.text_input(label, **words)
    elif row.marks:
        options = _options(row, value)
        state.SETTING.of(row.name).show(row.nearest(value))
        st.select_slider(label, options, format_func=name_of, **words)
    else:
        assert row.low is not None and row.high is not None
        state.SETTING.of(row.name).show(row.nearest(value))
        st.number_input(label, round(row.low), round(row.high), step=1, **words)


def _upload(changed: Changed) -> None:
    """A zip file from the visitor's own machine instead of a path on this one."""
    file = st.file_uploader("Or upload a zip of pictures", type="zip", key="folder_zip")
    if file is None:
        return
    try:
        name = upload_cache.keep(file.getvalue(), access.owner())
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
    """The coarse marks, and the present value where it is another (from a link, say)."""
    cast = int if row.kind == "integer" else float
    return sorted({cast(mark) for mark in row.marks} | {cast(row.nearest(value))})  # type: ignore[arg-type]


def _on_change(field: str, changed: Changed) -> None:
    value = state.SETTING.of(field).get()
    if isinstance(value, list):
        value = tuple(value)
    if page_settings.change({field: value}):
        changed()
