"""What is swept: a ready map, or two settings with their values; the seeds; and all that the cells share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from gan_core.settings.compatibility import matters
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.problems import SettingsError
from gan_core.settings.setting import Setting, Value
from gan_core.sweep import link
from gan_core.sweep.map_files import value_words
from gan_core.sweep.plan import NOT_VARIED, PlanError, SweepPlan
from gan_core.sweep.ready_maps import FIRST, READY
from gan_core.sweep.server_sweeps import check
from pages.parts.compare import vary
from pages.parts.shared import page_link, plain_text, state
from pages.parts.shared.page_link import PageLink, Query

MOST_CELLS = 1200  # of a page's map
MOST_SEEDS = 5
OTHER = "Your own"
STEPS = (100, 200, 300, 500, 1000, 2000)


def _read(query: Query) -> tuple[SweepPlan, list[str]]:
    return link.read_query(query, READY[FIRST])


LINK: PageLink[SweepPlan, str] = PageLink(_read, link.to_query, link.knows)


def open_page() -> None:
    """Bring the session up to date with the URL; to be called first on each run of the page's script."""
    came = LINK.arrived()
    if came is not None:
        told = [page_link.left_out(came.strange)] if came.strange else []
        plan = came.asked
        try:
            check(plan, MOST_CELLS)
        except PlanError as error:
            told, plan = [*told, str(error)], READY[FIRST]
        state.SWEEP.set(plan)
        state.SWEEP_TOLD.set(told + came.wrong)


def way_here(base: Experiment) -> None:
    """For other pages: the way to a map around these settings."""
    if st.button(
        "Map these settings", key="map_these", icon=":material/grid_view:", width="stretch",
        help="A map of both learning rates, or of any two settings, with all else as it is here.",
    ):  # fmt: skip
        st.switch_page("pages/sweep.py", query_params=LINK.query(SweepPlan(base.replace(seed=0), READY[FIRST].vary)))


def now() -> SweepPlan:
    """What the page's map is of."""
    return state.SWEEP.get() or READY[FIRST]


def draw(beside: bool) -> None:
    """The controls, one below the other beside the map, or in two lines above it."""
    plan = now()
    for sentence in state.SWEEP_TOLD.get():
        plain_text.wrong(sentence)
    names = [*plan.vary]
    if beside:
        ready, (count, steps) = st.container(), st.columns(2)
        across, values, down, below = (st.container() for _ in range(4))
    else:
        ready, across, values = st.columns([0.24, 0.2, 0.56])
        count, steps, down, below = st.columns([0.1, 0.14, 0.2, 0.56])
    with ready:
        known = next((name for name, made in READY.items() if made == plan), OTHER)
        state.SWEEP_READY.show(known)
        st.selectbox(
            "Map", [*READY, *([OTHER] if known == OTHER else [])], key=state.SWEEP_READY.name, on_change=_ready
        )
    _axis("x", "Across", names[0], plan, across, values)
    with count:
        state.SWEEP_SEEDS.show(len(plan.seeds))
        st.number_input(
            "Seeds", 1, max(MOST_SEEDS, len(plan.seeds)), key=state.SWEEP_SEEDS.name, on_change=_seeds,
            help="How many seeds each square is trained with; the square says how many of them agree.",
        )  # fmt: skip
    with steps:
        state.SWEEP_STEPS.show(plan.base.steps)
        st.selectbox(
            "Steps", sorted({*STEPS, plan.base.steps}), key=state.SWEEP_STEPS.name, on_change=_steps,
            disabled="steps" in names,
        )  # fmt: skip
    _axis("y", "Down", names[1] if len(names) > 1 else None, plan, down, below)
    if words := state.SWEEP_REFUSED.get():
        plain_text.wrong(words)


def shared(beside: bool) -> None:
    """What all cells have in common, and a way to change one of those settings; beside the map or above it."""
    plan = now()
    common = [
        name for name in vary.in_order() if name not in (*plan.vary, "seed") and matters(name, plan.base.model_dump())
    ]
    own = [name for name in common if getattr(plan.base, name) != SETTINGS[name].default and name != "steps"]
    words, change = st.columns([0.64, 0.36] if beside else [0.78, 0.22], vertical_alignment="center")
    named = ", ".join(f"{SETTINGS[name].label} {value_words(getattr(plan.base, name))}" for name in own)
    with words:
        plain_text.small(f"The same in all: {named or 'every other setting, at its default'}.")
    with change, st.popover("Change in all", key="sweep_shared", width="stretch"):
        name = st.selectbox(
            "Setting", common, key="sweep_for_all", index=None, format_func=lambda name: SETTINGS[name].label,
            placeholder="a setting",
        )  # fmt: skip
        if name is not None:
            row = SETTINGS[name]
            state.FOR_ALL.of(name).show(row.text(getattr(plan.base, name)))
            st.selectbox(
                "to", vary.options(row, [getattr(plan.base, name)]), key=state.FOR_ALL.of(name).name,
                on_change=_share, args=(row,), format_func=lambda text: vary.shown(row, text),
                accept_new_options=row.kind in ("integer", "number"),
            )  # fmt: skip


def _axis(key: str, label: str, name: str | None, plan: SweepPlan, which: Any, values: Any) -> None:
    """The setting of one direction, and its values."""
    taken = {*plan.vary} - {name} | NOT_VARIED.keys()
    offered = [one for one in vary.in_order() if one not in taken and matters(one, plan.base.model_dump())]
    if name is not None and name not in offered:
        offered.append(name)
    with which:
        state.SWEEP_FIELD.of(key).show(name)
        st.selectbox(
            label, offered, format_func=lambda one: SETTINGS[one].label, key=state.SWEEP_FIELD.of(key).name,
            on_change=_field, args=(key,), placeholder="one setting alone",
            help=SETTINGS[name].help if name else None,
        )  # fmt: skip
    with values:
        if name is not None:
            row, chosen = SETTINGS[name], list(plan.vary[name])
            state.SWEEP_VALUES.of(key).show([row.text(value) for value in chosen])
            st.multiselect(
                f"Values of {row.label}", vary.options(row, chosen), key=state.SWEEP_VALUES.of(key).name,
                on_change=_values, args=(key, row), format_func=lambda text: vary.shown(row, text),
                accept_new_options=row.kind in ("integer", "number"),
            )  # fmt: skip


# ---------------------------------------------------------------------------------------------- what a click changes


def _take(make: Callable[[], SweepPlan]) -> None:
    """Another plan; where it cannot be, the page stays with what it had and says why."""
    state.SWEEP_TOLD.set([])
    state.SWEEP_REFUSED.set(None)
    try:
        plan = make()
        check(plan, MOST_CELLS)
    except (PlanError, SettingsError) as error:
        state.SWEEP_REFUSED.set(str(error))
    except ValueError:
        state.SWEEP_REFUSED.set("This setting does not allow that value.")
    else:
        state.SWEEP.set(plan)


def _ready() -> None:
    name = state.SWEEP_READY.get()
    if name in READY:
        _take(lambda: READY[name])


def _seeds() -> None:
    _take(lambda: replace(now(), seeds=tuple(range(state.SWEEP_SEEDS.get()))))


def _steps() -> None:
    _take(lambda: replace(now(), base=now().base.replace(steps=state.SWEEP_STEPS.get())))


def _share(row: Setting) -> None:
    _take(lambda: replace(now(), base=now().base.replace(**{row.name: row.parse(state.FOR_ALL.of(row.name).get())})))


def _field(key: str) -> None:
    """Another setting in one direction, with the first of what is offered of it."""
    name, plan = state.SWEEP_FIELD.of(key).get(), now()
    axes = dict(zip(link.AXES, plan.vary.items(), strict=False))
    if name is None:
        axes.pop(key, None)
    else:
        row = SETTINGS[name]
        texts = vary.options(row, [getattr(plan.base, name)])
        axes[key] = name, tuple(row.parse(text) for text in texts[:8])
    if axes:
        _take(lambda: replace(plan, vary=_vary([axes[one] for one in link.AXES if one in axes])))


def _values(key: str, row: Setting) -> None:
    plan, texts = now(), state.SWEEP_VALUES.of(key).get()

    def made() -> SweepPlan:
        values = tuple(row.parse(text) for text in texts)
        if row.kind in ("integer", "number"):
            values = tuple(sorted(values, key=lambda value: float(value)))  # type: ignore[arg-type]
        return replace(plan, vary=_vary([(name, values if name == row.name else v) for name, v in plan.vary.items()]))

    _take(made)


def _vary(axes: Sequence[tuple[str, tuple[Value, ...]]]) -> Mapping[str, tuple[Value, ...]]:
    return dict(axes)
