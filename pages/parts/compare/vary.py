"""What is compared: one setting and its values to choose, and all that the runs share, said once."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from markupsafe import Markup

from gan_core.data import SOURCES
from gan_core.settings.comparison import LEAST, MOST, Comparison, ComparisonError, reshaping, same_start, vary
from gan_core.settings.compatibility import followers, matters
from gan_core.settings.fields import SETTINGS
from gan_core.settings.points import POINT_SETS
from gan_core.settings.setting import Setting, Value
from pages.parts.compare import panel
from pages.parts.shared import comparison_state, diagnosis_line, glossary, html, plain_text, state

ALWAYS = ("steps", "dataset", "architecture")  # told also where they are at their defaults
UNVARIED = ("device", "folder", "measure_every", "threads")  # what no picture shows


def draw() -> None:
    """The heading, the setting that is varied, its values, and what all runs share: in a line, and folded in full."""
    now = comparison_state.now()
    base = now.base.model_dump()
    names = [name for name in in_order() if matters(name, base) or name in now.differing]
    one = now.differing[0] if len(now.differing) == 1 else None
    head, which, values, shared = st.columns([0.13, 0.23, 0.44, 0.2], vertical_alignment="bottom")
    head.markdown("## Compare")
    with which:
        state.VARY.show(one)
        st.selectbox(
            "Vary one setting", names, format_func=lambda name: SETTINGS[name].label, key=state.VARY.name,
            on_change=_field, placeholder="several settings differ", help=SETTINGS[one].help if one else None,
        )  # fmt: skip
    with values:
        if one is not None:
            row = SETTINGS[one]
            chosen = [getattr(e, one) for e in now.experiments]
            state.VALUES.of(one).show([row.text(value) for value in chosen])
            st.multiselect(
                f"Values to compare ({LEAST} to {MOST})", options(row, chosen), max_selections=MOST, on_change=_values,
                format_func=lambda text: shown(row, text), key=state.VALUES.of(one).name, args=(row,),
                accept_new_options=row.kind in ("integer", "number"),
            )  # fmt: skip
    common = now.shared
    brought = followers({"dataset": common["dataset"]}) if common.get("dataset") in POINT_SETS else {}
    own = [name for name, value in common.items() if value != brought.get(name, SETTINGS[name].default)]
    with shared, st.popover(f"{len(common)} shared settings", key="shared", width="stretch"):
        _for_all(common)
        settings = [(SETTINGS[name].label, panel.words(value), name in own) for name, value in common.items()]
        st.html(glossary.marked(html.render("compare/shared_settings", settings=settings)))
    named = [f"{SETTINGS[name].label} {panel.words(common[name])}" for name in [*ALWAYS, *own] if name in common]
    same = plain_text.plain(f"{', '.join(dict.fromkeys(named))}. {_start()}")
    st.html(Markup('<p class="same"><b>The same in all runs:</b> {}</p>').format(glossary.marked(same)))
    if words := state.VARY_REFUSED.get():
        diagnosis_line.say(diagnosis_line.TROUBLE, words)


def _for_all(common: dict[str, Value]) -> None:
    """Another value of one setting, in all runs."""
    which, to = st.columns(2)
    with which:
        name = st.selectbox(
            "Change in all runs", [name for name in in_order() if name in common], key="for_all", index=None,
            format_func=lambda name: SETTINGS[name].label, placeholder="a setting",
        )  # fmt: skip
    if name is not None:
        row = SETTINGS[name]
        state.FOR_ALL.of(name).show(row.text(common[name]))
        to.selectbox(
            "to", options(row, [common[name]]), key=state.FOR_ALL.of(name).name, on_change=_share, args=(row,),
            format_func=lambda text: shown(row, text), accept_new_options=row.kind in ("integer", "number"),
        )  # fmt: skip


def _start() -> str:
    """Of the start, what is the same byte for byte and what is not."""
    experiments = comparison_state.now().experiments
    start = same_start(experiments)
    alike = [part for part, names in start.items() if not names]
    if "initial weights" in alike and (names := reshaping(experiments)):
        alike[0] += f" (except in layers whose shape or scale depends on {_labels(names)})"
    same = f"Byte for byte the same: {', '.join(alike)}." if alike else ""
    by = [f"{part} (by {_labels(names)})" for part, names in start.items() if names]
    return f"{same} Not the same: {'; '.join(by)}." if by else same


def _labels(names: tuple[str, ...]) -> str:
    return ", ".join(SETTINGS[name].label for name in names)


def in_order() -> list[str]:
    """The settings worth varying, those that are always in sight on Train first."""
    front = sorted((row for row in SETTINGS.values() if row.front), key=lambda row: row.front)
    rest = [row for row in SETTINGS.values() if not row.front]
    return [row.name for row in front + rest if row.name not in UNVARIED]


def options(row: Setting, chosen: list[Value]) -> list[str]:
    """What is offered, as text: the choices or marks, and what is chosen besides."""
    if row.kind == "switch":
        offered: list[Value] = [False, True]
    elif row.kind == "set":
        offered = [(), *((str(choice),) for choice in row.choices), tuple(map(str, row.choices))]
    elif row.marks:
        offered = [int(mark) if row.kind == "integer" else float(mark) for mark in row.marks]
    else:
        offered = list(row.choices) or [0, 1, 2, 3]
    if row.name == "dataset":
        offered = [name for name in offered if not SOURCES[str(name)].own]
    return [row.text(value) for value in dict.fromkeys([*offered, *chosen])]


def shown(row: Setting, text: str) -> str:
    """A value that is offered as text, for people; any other text as it is."""
    try:
        return panel.words(row.parse(text))
    except ValueError:
        return text


def _field() -> None:
    """Another setting: its present value and the next one offered that goes with the rest."""
    name, base = state.VARY.get(), comparison_state.now().base
    if name is None:  # the choice was taken back: what is compared stays
        return
    row = SETTINGS[name]
    state.VARY_REFUSED.set(None)
    present = getattr(base, row.name)
    offered = options(row, [present])
    start = offered.index(row.text(present))
    for text in offered[start + 1 :] + offered[start - 1 :: -1] if start else offered[1:]:
        try:
            comparison_state.take(vary(base, row.name, [present, row.parse(text)]))
        except ComparisonError as error:
            state.VARY_REFUSED.set(str(error))
        else:
            state.VARY_REFUSED.set(None)
            return


def _share(row: Setting) -> None:
    """Another value in all runs; where it cannot be, what there was stays and the reason is told."""
    _try(row, lambda: comparison_state.now().sharing(row.name, row.parse(state.FOR_ALL.of(row.name).get())))


def _values(row: Setting) -> None:
    """Other values of the setting; where they cannot be, what there was stays and the reason is told."""
    texts = state.VALUES.of(row.name).get()
    _try(row, lambda: vary(comparison_state.now().base, row.name, [row.parse(text) for text in texts]))


def _try(row: Setting, wanted: Callable[[], Comparison]) -> None:
    state.VARY_REFUSED.set(None)
    try:
        comparison_state.take(wanted())
    except ComparisonError as error:
        state.VARY_REFUSED.set(str(error))
    except ValueError:
        state.VARY_REFUSED.set(f"{row.label}: must be {row.allowed}.")
