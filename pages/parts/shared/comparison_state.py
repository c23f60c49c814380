"""The comparison that this tab looks at: read from the link, kept in the session, written back; and its runs."""

from __future__ import annotations

import streamlit as st

from gan_core.live.registry import registry
from gan_core.live.run import Snapshot
from gan_core.settings import comparison, link
from gan_core.settings.comparison import LETTERS, Comparison
from gan_core.settings.experiment import SETTINGS, Experiment, SettingsError, nearest
from pages.parts.shared import address_bar, page_settings, tab_runs

KIND = "compared"  # of runs, see session.begin_together
RUNS = "runs"  # the URL key that names them


def ask(wanted: Comparison, *, go: bool) -> None:
    """Have this compared, at once with `go`; the page that is open leaves for `compare`, see go_where_asked."""
    st.session_state.to_compare = (wanted, go)


def button(base: Experiment) -> None:
    """The way from a page's settings to runs that differ in one of them."""
    st.button(
        "Compare with…", key="compare_with", icon=":material/compare:", width="stretch", on_click=_ask_usual,
        args=(base,), help="Two to four runs with these settings but for one, in lock-step.",
    )  # fmt: skip


def _ask_usual(base: Experiment) -> None:
    ask(_usual(base), go=False)


def go_where_asked() -> None:
    """Leave for the page compare if somebody asked for it; to be called by a page after its buttons."""
    asked = st.session_state.pop("to_compare", None)
    if asked is not None:
        wanted, st.session_state.begin_comparison = asked
        st.switch_page("pages/compare.py", query_params=wanted.to_query())


def open_link() -> None:
    """Bring the session up to date with the URL; to be called first on each run of the page's script."""
    query = address_bar.arrived()
    if "comparison" not in st.session_state:
        take(_usual(st.session_state.get("experiment", Experiment())))
    if query:
        _read(query)
    elif tab_runs.together(KIND, LETTERS[0]):
        tab_runs.attach_together(KIND, st.session_state[KIND])
    if st.session_state.pop("begin_comparison", False):
        begin()


def now() -> Comparison:
    """What is compared."""
    found: Comparison = st.session_state.comparison
    return found


def told() -> list[str]:
    """What was wrong with the link that was opened, a sentence each."""
    found: list[str] = st.session_state.comparison_told
    return found


def take(new: Comparison) -> None:
    """Compare this from now on; the runs of another comparison end."""
    st.session_state.comparison_told = []
    if "comparison" not in st.session_state or new.experiments != now().experiments:
        tab_runs.end_together(KIND)
    st.session_state.comparison = new


def runs() -> list[Snapshot | None]:
    """The runs in their order, where they were started."""
    return [tab_runs.together(KIND, letter) for letter in LETTERS[: len(now().changes)]]


def begin() -> None:
    """Train all of them from step 0. A run that trains on another page stands still meanwhile."""
    other = tab_runs.snapshot()
    if other is not None and other.state in ("running", "waiting"):
        tab_runs.act("pause")
    tab_runs.begin_together(KIND, dict(zip(LETTERS, now().experiments, strict=False)))


def act(what: str) -> None:
    """Ask the registry for something about all runs: "go" or "pause"."""
    tab_runs.act_on_all(KIND, what)


def hold() -> None:
    """Nobody looks at the runs now: they stand still, and wait to be looked at again."""
    for run_id in st.session_state.get(KIND, {}).values():
        there = registry().snapshot(run_id)
        if there is not None and there.state in ("starting", "running", "waiting"):
            registry().pause(run_id)


def write() -> None:
    """Put the comparison and its runs into the URL."""
    ids = st.session_state.get(KIND, {}).values()
    address_bar.put(now().to_query() | ({RUNS: page_settings.AND.join(ids)} if ids else {}))


def _usual(base: Experiment) -> Comparison:
    """What is compared where nobody says what."""
    return comparison.vary(base, "output_activation", ("tanh", "sigmoid"))


def _read(query: dict[str, str]) -> None:
    """Take what the link names, and keep in words what is left out of it."""
    known = {*comparison.KEYS, RUNS}
    said = [
        f"`{key}` is left out. There is no setting called so."
        for key in query
        if key not in known and link.setting_of(key) is None
    ]
    given, problems = link.read_query(query)
    try:
        base = Experiment(**given)
    except SettingsError as error:
        problems += error.problems
        base = nearest({name: value for name, value in given.items() if name not in {p.field for p in problems}})
    for problem in problems:
        row = SETTINGS[problem.field]
        said.append(f"`{row.url_key}` is left out. {row.label} = “{problem.value}”: {problem.allowed}.")
    new, wrong = comparison.read_query(base, query)
    take(new or _usual(base))
    if RUNS in query:
        said += _attach(query[RUNS])
    st.session_state.comparison_told = said + wrong


def _attach(ids: str) -> list[str]:
    """Come back to the runs of the link; what there is to say if they are gone."""
    runs = dict(zip(LETTERS, ids.split(page_settings.AND), strict=False))
    there = [registry().snapshot(run_id) for run_id in runs.values()]
    alike = tuple(run.experiment for run in there if run) == now().experiments
    if alike and tab_runs.attach_together(KIND, runs):
        return []
    return ["The runs of this link are no longer here: they ended when their last visitor had left. Start them anew."]
