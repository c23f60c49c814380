"""failures: every failure as a card; opened, it trains broken and fixed beside each other."""

import streamlit as st

from gan_core.claims.cited import of_recipe
from gan_core.diagnosis.failures import CARDS
from gan_core.diagnosis.recipe import Recipe, Side
from gan_core.diagnosis.recipes import RECIPES
from gan_core.live.registry import registry
from gan_core.live.run import ACTIVE
from pages.parts import navigation
from pages.parts.claims import cited
from pages.parts.compare import panel
from pages.parts.failures import cards, failure, study, study_files, study_points
from pages.parts.shared import (
    diagnosis_line,
    failure_link,
    pace,
    page_link,
    page_settings,
    plain_text,
    scroll,
    state,
    tab_runs,
)
from pages.parts.shared.failure_link import AskedFailure
from pages.parts.shared.fragment import fragment

navigation.require()
came = failure_link.LINK.now()
asked = came.asked.name
if came.strange:
    plain_text.wrong(page_link.left_out(came.strange, "nothing", " on this page"))
kept = True
arrived = asked is not None and asked != state.FAILURE_SHOWN.get()
state.FAILURE_SHOWN.set(asked)
if asked in RECIPES:
    kept = tab_runs.keep_pair(asked, RECIPES[asked].broken, RECIPES[asked].fixed, came.asked.runs)
    if cards.just_opened(asked):
        tab_runs.begin_pair(asked, RECIPES[asked].broken, RECIPES[asked].fixed)


def runs() -> failure.Runs:
    """The failure's two runs, where they were started."""
    return {side: tab_runs.pair(side) for side in failure.SIDES}


@fragment(run_every=panel.interval(*runs().values()))
@pace.measured
def view(polled: float | None, recipe: Recipe) -> None:
    """Both runs; drawn again by itself while one of them moves."""
    if failure_link.LINK.now().asked.runs != tab_runs.pair_ids():
        write(recipe)
    now = runs()
    buttons(recipe, now)
    failure.side_by_side(recipe, now)
    if state.TO_TRAIN.take():
        st.switch_page("pages/train.py")
    if state.REDRAW.take():
        st.rerun()
    pace.follow(polled, panel.interval(*now.values()))


def buttons(recipe: Recipe, now: failure.Runs) -> None:
    """Train, pause, and take one side's settings along."""
    states = {run.state for run in now.values() if run}
    watched = any(tab_runs.watched(run) for run in now.values())  # then a start is one of runs of one's own
    resumes = "paused" in states and not states & set(ACTIVE) and not watched
    words = "Train my own" if watched else "Resume" if resumes else "Train both again" if states else "Train both"
    with st.container(horizontal=True, gap="small", key="transport", vertical_alignment="center"):
        st.button(
            words, key="start", type="primary", icon=":material/play_arrow:", on_click=resume if resumes else start,
            args=() if resumes else (recipe,),
        )  # fmt: skip
        st.button(
            "Pause", key="pause", icon=":material/pause:", on_click=tab_runs.act_on_pair, args=(registry().pause,),
            disabled=watched or not states & {"running", "waiting"},
        )  # fmt: skip
        for side, look in failure.looks(recipe).items():
            st.button(
                f"Open {look.name} in Train", key=f"open_{side}", type="tertiary", on_click=to_train,
                args=(recipe, side),
            )  # fmt: skip


def start(recipe: Recipe) -> None:
    """Train both from step 0."""
    state.REDRAW.set(tab_runs.pair("broken") is None)  # what is told above of those that ended is over
    tab_runs.begin_pair(recipe.name, recipe.broken, recipe.fixed)


def resume() -> None:
    """Go on with both."""
    tab_runs.act_on_pair(registry().go)


def to_train(recipe: Recipe, side: Side) -> None:
    """Leave for the page Train with these settings."""
    tab_runs.leave_pair()
    tab_runs.leave_run()
    page_settings.take(recipe.side(side))
    state.AUTOSTART.set(True)
    state.TO_TRAIN.set(True)


def write(recipe: Recipe) -> None:
    """Put the failure and its runs into the URL."""
    failure_link.LINK.put(AskedFailure(recipe.name, tab_runs.pair_ids()))


def close() -> None:
    """Back to all failures."""
    tab_runs.leave_pair()
    failure_link.LINK.put(AskedFailure())


if asked in RECIPES:
    chosen = RECIPES[asked]
    registry().warm(1 if any(runs().values()) else 2)
    scroll.to_top(now=arrived)
    with st.container(key="failure-title"):
        title, back = st.columns([0.82, 0.18], vertical_alignment="center")
        title.markdown(f"## {failure.title(chosen)}")
        back.button("All failures", key="all_failures", icon=":material/arrow_back:", on_click=close, width="stretch")
    if not kept:
        diagnosis_line.say(diagnosis_line.TROUBLE, "These two runs ended when the page was closed. Train both again.")
    failure.words(chosen)
    view(panel.interval(*runs().values()), chosen)
    cited.show(of_recipe(chosen))
    failure.elsewhere(chosen)
    write(chosen)
else:
    registry().warm(2)  # a card starts two runs
    if asked is not None:
        diagnosis_line.say(diagnosis_line.TROUBLE, f"There is no failure called “{asked}”. Choose one of the cards.")
    st.markdown("## How GANs fail")
    st.markdown("Open a card to train the broken run and the fixed one side by side. They differ in one setting.")
    cards.show([card.recipe for card in CARDS])
    st.markdown("### Mistakes in the loop")
    st.markdown("The most common bugs in a training loop, each beside the same loop without it. Some do no harm.")
    cards.mistakes([recipe for recipe in RECIPES.values() if recipe.mistake])
    st.markdown("### What the five sources describe")
    st.markdown("Each source's own setups, as printed. Some fail; others do not fail the way the source says.")
    cards.listing([recipe for recipe in RECIPES.values() if recipe.document])
    st.markdown("### What goes wrong in saving")
    st.markdown("The tensor is good, but the file is not. The page Pixels shows each mistake beside the right way.")
    cards.saving()
    study.show()
    study_points.show()
    study_files.show()
    cards.go_where_opened()
