"""failures: every failure as a card; opened, it trains broken and fixed beside each other."""

import streamlit as st

from gan_core.lessons import LESSONS
from gan_core.recipes import RECIPES, Recipe
from gan_core.runs import registry
from pages.parts import address, cards, diagnosis, frame, session, theme, versus

frame.require()
registry().warm()


def gallery() -> None:
    """All cards, then the documents' own setups."""
    st.markdown("## How GANs fail")
    st.markdown("Open a card: the broken run and the fixed one train beside each other, one setting apart.")
    cards.show([RECIPES[name] for name in LESSONS])
    st.markdown("### What the documents describe")
    st.markdown("Each document's own setup, as it stands there; some fail, some do not fail as they say.")
    cards.listing([recipe for recipe in RECIPES.values() if recipe.document])
    cards.go_where_opened()


def lesson(recipe: Recipe) -> None:
    """One failure: the words, then the two runs."""
    told = LESSONS.get(recipe.failure)
    title, back = st.columns([0.82, 0.18], vertical_alignment="center")
    title.markdown(f"## {told.title if told and recipe.name in LESSONS else recipe.words}")
    back.button("All failures", key="all_failures", icon=":material/arrow_back:", on_click=_close, width="stretch")
    if told:
        looks, why = st.columns(2)
        looks.markdown(
            f"**How it looks.** {told.looks}\n\n**How to tell.** {told.tell}\n\n**Who meets it.** {told.reported}"
        )
        why.markdown(f"**Why.** {told.why}")
        if told.formula:
            why.latex(told.formula)
    else:
        st.markdown("**This setup does not fail**, whatever the document says of it.")
    view(versus.interval(session.pair("broken"), session.pair("fixed")), recipe)


@st.fragment(run_every=versus.interval(session.pair("broken"), session.pair("fixed")))
def view(polled: float | None, recipe: Recipe) -> None:
    """Both runs; drawn again by itself while one of them moves."""
    runs = {side: session.pair(side) for side in ("broken", "fixed")}
    ours, theirs = versus.difference(recipe.broken, recipe.fixed)
    controls = st.container(horizontal=True, gap="small", key="transport")
    controls.button(
        "Train both", key="start", type="primary", icon=":material/play_arrow:", on_click=_start, args=(recipe,)
    )
    controls.button("Pause", key="pause", icon=":material/pause:", on_click=session.act_on_pair, args=("pause",))
    controls.button("Open the broken one in Train", key="open_broken", on_click=_open, args=(recipe, "broken"))
    controls.button("Open the fixed one in Train", key="open_fixed", on_click=_open, args=(recipe, "fixed"))
    left, right = st.columns(2)
    with left:
        now = runs["broken"]
        versus.panel("broken", now, recipe.broken, ours, theme.BROKEN, now.frame if now else None)
    with right:
        now = runs["fixed"]
        versus.panel("fixed", now, recipe.fixed, theirs, theme.FIXED, now.frame if now else None)
    if st.session_state.pop("to_train", False):
        st.switch_page("pages/train.py")
    if (versus.interval(*runs.values()) is None) != (polled is None):
        st.rerun()


def _start(recipe: Recipe) -> None:
    session.begin_pair(recipe.name, recipe.broken, recipe.fixed)


def _open(recipe: Recipe, side: str) -> None:
    session.leave_pair()
    address.take(recipe.broken if side == "broken" else recipe.fixed)
    session.leave_run()
    st.session_state.autostart = True
    st.session_state.to_train = True


def _close() -> None:
    session.leave_pair()
    st.query_params.clear()


asked = st.query_params.get("f")
if asked in RECIPES:
    session.keep_pair(asked)
    lesson(RECIPES[asked])
else:
    if asked is not None:
        diagnosis.say(diagnosis.TROUBLE, f"There is no failure called “{asked}”; choose one of the cards.")
    gallery()
