"""The comparison that this tab looks at: read from the link, kept in the session, written back; and its runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from gan_core.live.errors import RunError
from gan_core.live.registry import registry
from gan_core.live.run import Snapshot
from gan_core.settings import comparison, link
from gan_core.settings.comparison import LETTERS, Comparison
from gan_core.settings.experiment import Experiment, nearest
from gan_core.settings.fields import SETTINGS
from gan_core.settings.points import POINT_SETS
from gan_core.settings.problems import SettingsError
from pages.parts.shared import access, state, tab_runs
from pages.parts.shared.page_link import AND, PageLink, Query

RUNS = "runs"  # the URL key that names them


@dataclass(frozen=True)
class AskedComparison:
    """What is asked of the page `compare`."""

    comparison: Comparison
    runs: tuple[str, ...] = ()  # ids in their order, once they are started


def ask(wanted: Comparison, *, go: bool) -> None:
    """Have this compared, at once with `go`; the page that is open leaves for `compare`, see go_where_asked."""
    state.TO_COMPARE.set((wanted, go))


def button(base: Experiment) -> None:
    """The way from a page's settings to runs that differ in one of them."""
    st.button(
        "Compare with…", key="compare_with", icon=":material/compare:", width="stretch", on_click=_ask_usual,
        args=(base,), help="Two to four runs that differ in one setting, trained in lock-step.",
    )  # fmt: skip


def _ask_usual(base: Experiment) -> None:
    ask(_usual(base), go=False)


def go_where_asked() -> None:
    """Leave for the page compare if somebody asked for it; to be called by a page after its buttons."""
    asked = state.TO_COMPARE.take()
    if asked is not None:
        wanted, go = asked
        state.BEGIN_COMPARISON.set(go)
        st.switch_page("pages/compare.py", query_params=wanted.to_query())


def open_link() -> None:
    """Bring the session up to date with the URL; to be called first on each run of the page's script."""
    came = LINK.arrived()
    if not state.COMPARISON.present:
        take(_usual(state.EXPERIMENT.get()))
    if came:
        take(came.asked.comparison)
        strange = [f"`{key}` is ignored. There is no such setting." for key in came.strange]
        state.COMPARISON_TOLD.set(strange + came.wrong + _attach(came.asked.runs))
    elif tab_runs.together(state.COMPARED, LETTERS[0]):
        tab_runs.attach_together(state.COMPARED, state.COMPARED.get())
    if state.BEGIN_COMPARISON.take():
        begin()


def now() -> Comparison:
    """What is compared."""
    found = state.COMPARISON.get()
    assert found is not None  # see open_link
    return found


def told() -> list[str]:
    """What was wrong with the link that was opened, a sentence each."""
    return state.COMPARISON_TOLD.get()


def take(new: Comparison) -> None:
    """Compare this from now on; the runs of another comparison end. Those that only have other steps to do go on."""
    state.COMPARISON_TOLD.set([])
    if not state.COMPARISON.present or (new.experiments != now().experiments and not _continued(new)):
        tab_runs.end_together(state.COMPARED)
    state.COMPARISON.set(new)


def _continued(new: Comparison) -> bool:
    """Give the runs another number of steps, where they differ from the wanted ones in nothing else."""
    before, there = now().experiments, runs()
    same = [e.replace(steps=wanted.steps) for e, wanted in zip(before, new.experiments, strict=False)]
    if [*new.experiments] != same or len(before) != len(same) or not all(map(_goes_on, there)):
        return False
    return all(_lengthened(run, e.steps) for run, e in zip(there, same, strict=True) if run)


def _goes_on(run: Snapshot | None) -> bool:
    """Whether a run is here, is this browser's, and has a worker."""
    return run is not None and access.owns(run) and run.state not in ("crashed", "stopped", "refused")


def _lengthened(run: Snapshot, steps: int) -> bool:
    """Give a run another number of steps; False where it cannot have them."""
    try:
        access.check_run(run.experiment.replace(steps=steps), done=run.step, instead=[run.run_id])
        registry().set(run.run_id, {"steps": steps})
    except RunError:
        return False
    return True


def runs() -> list[Snapshot | None]:
    """The runs in their order, where they were started."""
    return [tab_runs.together(state.COMPARED, letter) for letter in LETTERS[: len(now().changes)]]


def begin() -> None:
    """Train all of them from step 0. A run that trains on another page stands still meanwhile."""
    other = tab_runs.snapshot()
    if other is not None and other.state in ("running", "waiting"):
        tab_runs.pause()
    tab_runs.begin_together(state.COMPARED, dict(zip(LETTERS, now().experiments, strict=False)))


def act(what: Callable[[str], None]) -> None:
    """Ask the registry for something about all runs."""
    tab_runs.act_on_all(state.COMPARED, what)


def hold() -> None:
    """Nobody looks at the runs now: they stand still, and wait to be looked at again."""
    for run_id in state.COMPARED.get().values():
        there = registry().snapshot(run_id)
        if there is not None and access.owns(there) and there.state in ("starting", "running", "waiting"):
            registry().pause(run_id)


def write() -> None:
    """Put the comparison and its runs into the URL."""
    LINK.put(AskedComparison(now(), _ids()))


def write_begun() -> None:
    """In a part of the page that is drawn by itself: put the runs into the URL where a click there has begun them."""
    if LINK.now().asked.runs != _ids():
        write()


def _ids() -> tuple[str, ...]:
    return tuple(state.COMPARED.get().values())


def _usual(base: Experiment) -> Comparison:
    """What is compared where nobody says what."""
    if base.dataset in POINT_SETS:  # of points, all that the output activation does is to bound the plane
        return comparison.vary(base, "penalty", ("none", "r1"))
    return comparison.vary(base, "output_activation", ("tanh", "sigmoid"))


def _read(query: Query) -> tuple[AskedComparison, list[str]]:
    """What a link asks for, and in words what is left out of it."""
    given, problems = comparison.read_base(query)
    try:
        base = Experiment(**given)
    except SettingsError as error:
        problems += error.problems
        base = nearest({name: value for name, value in given.items() if name not in {p.field for p in problems}})
    said = []
    for problem in problems:
        row = SETTINGS[problem.field]
        said.append(f"`{row.url_key}` is ignored. {row.label} = “{problem.value}”: {problem.allowed}.")
    new, wrong = comparison.read_query(base, query)
    runs = tuple(query[RUNS].split(AND)) if RUNS in query else ()
    return AskedComparison(new or _usual(base), runs), said + wrong


def _write(asked: AskedComparison) -> dict[str, str]:
    return asked.comparison.to_query() | ({RUNS: AND.join(asked.runs)} if asked.runs else {})


def _knows(key: str) -> bool:
    return key in (*comparison.KEYS, RUNS) or link.setting_of(key) is not None


def _attach(ids: tuple[str, ...]) -> list[str]:
    """Come back to the runs of the link; what there is to say if they are gone."""
    if not ids:
        return []
    runs = dict(zip(LETTERS, ids, strict=False))
    there = [registry().snapshot(run_id) for run_id in runs.values()]
    alike = tuple(run.experiment for run in there if run) == now().experiments
    if alike and tab_runs.attach_together(state.COMPARED, runs):
        return []
    return ["The runs of this link are no longer here: they ended after everyone had left. Start them again."]


LINK: PageLink[AskedComparison, str] = PageLink(_read, _write, _knows)
