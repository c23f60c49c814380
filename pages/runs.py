"""runs: what was saved, to be found, opened where it stood, renamed, compared, deleted."""

import streamlit as st

from gan_core.live.registry import registry
from gan_core.saved_runs.run_folder import Heading
from gan_core.saved_runs.search import Search, SearchError
from gan_core.saved_runs.store import StoreError
from pages.parts import navigation
from pages.parts.runs import cards, given, live, uploads, watched
from pages.parts.runs.runs_link import LINK, AskedRuns
from pages.parts.shared import access, comparison_state, diagnosis_line, page_link, plain_text, state, theme

navigation.require()
registry().warm()
if state.TO_TRAIN.take():
    st.switch_page("pages/train.py")
if state.TO_POINTS.take():
    st.switch_page("pages/points.py")
comparison_state.go_where_asked()

if came := LINK.arrived():
    state.FIND.set(came.asked.find)
    state.GIVEN.set(came.asked.saved)
st.html(theme.ASSETS / "runs.css")
st.markdown("## Saved runs")
st.markdown(
    "A run opens on **Train** or **Points** where it stopped, with all its pictures and measurements, and goes on as "
    "if it had never stopped. The saved run stays as it is until you save over it."
)
if trouble := state.STORE_TROUBLE.take():
    diagnosis_line.say(diagnosis_line.TROUBLE, trouble)
try:
    store = access.store()
    listed, loops = store.headings(), store.watched()
    count = len(listed) + len(loops)
except StoreError as error:
    diagnosis_line.say(diagnosis_line.TROUBLE, str(error))
    st.stop()
if came and came.strange:
    plain_text.wrong(page_link.left_out(came.strange, "nothing", " on this page"))

asked = state.FIND.get()
found = [entry for entry in listed if isinstance(entry, Heading)]
unsearchable = ""
try:
    search = Search.parse(asked)
    found = [heading for heading in found if search.fits(heading)]
    loops = [loop for loop in loops if search.fits_name(loop.name)]
except SearchError as error:
    unsearchable = str(error)
shown = state.SHOWN.get() or cards.SHOWN
# All that takes time, before anything is drawn: see cards.read.
read = [(heading, cards.read(store, heading)) for heading in found[:shown]]
read_loops = {loop.run_id: watched.read(loop) for loop in loops}
deleted, size = store.deleted(), store.size() / 1e6

with st.container():  # a place of its own: what comes and goes here does not move the cards to another
    if state.GIVEN.get():
        given.show(store, state.GIVEN.get())
    cards.undo(store)
    live.listing()
    uploads.listing(store)
if listed or loops or asked:
    st.text_input(
        "Find", key=state.FIND.name, placeholder="loss=hinge lr_g=0.001 monday",
        help="Settings as name=value, and words from the name or from a changed setting; a run must match them all.",
    )  # fmt: skip
    with st.container():
        if unsearchable:
            diagnosis_line.say(diagnosis_line.TROUBLE, unsearchable)
        watched.section(store, loops, read_loops)
        if not found and not loops and asked:
            st.markdown("No saved run fits this search.")
        cards.comparison(store, found)
    for heading, summary in read:
        cards.card(store, heading, summary)
    if len(found) > shown and st.button(f"Show more ({len(found) - shown})", key="more", width="stretch"):
        state.SHOWN.set(shown + cards.SHOWN)
        st.rerun()
    for entry in listed:
        if not isinstance(entry, Heading) and not asked:
            cards.damaged(entry)
else:
    st.markdown("Nothing is saved yet: train a run, open **Save** below its pictures, and press **Save this run**.")
    st.page_link("pages/train.py", label="Train one", icon=":material/play_circle:")
    st.markdown("You can follow a training loop of your own here, too: the README shows how, in ten lines.")
LINK.put(AskedRuns(asked, state.GIVEN.get()))
cards.bin(store, deleted)
cards.whose(store, count, size)
