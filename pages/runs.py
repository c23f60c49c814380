"""runs: what was saved, to be found, opened where it stood, renamed, compared, deleted."""

import streamlit as st

from gan_core.live.registry import registry
from gan_core.saved_runs.run_folder import Heading
from gan_core.saved_runs.search import Search, SearchError
from gan_core.saved_runs.store import StoreError
from pages.parts import navigation
from pages.parts.runs import cards, live, watched
from pages.parts.runs.find_link import LINK
from pages.parts.shared import access, comparison_state, diagnosis_line, page_link, plain_text, state, theme

navigation.require()
registry().warm()
if state.TO_TRAIN.take():
    st.switch_page("pages/train.py")
if state.TO_POINTS.take():
    st.switch_page("pages/points.py")
comparison_state.go_where_asked()

st.html(theme.ASSETS / "runs.css")
st.markdown("## Saved runs")
st.markdown(
    "Each opens on **Train**, or on **Points**, where it stood, with all its pictures and measurements, and goes on "
    "exactly as if it had never stopped. Opening one leaves it as it is until you save over it."
)
if trouble := state.STORE_TROUBLE.take():
    diagnosis_line.say(diagnosis_line.TROUBLE, trouble)
try:
    store = access.store()
    listed, loops = store.headings(), store.watched()
except StoreError as error:
    diagnosis_line.say(diagnosis_line.TROUBLE, str(error))
    st.stop()
cards.undo(store)
live.listing()

if listed or loops:
    if came := LINK.arrived():
        state.FIND.set(came.asked)
        if came.strange:
            plain_text.wrong(page_link.left_out(came.strange, "nothing", " on this page"))
    asked = st.text_input(
        "Find", key=state.FIND.name, placeholder="loss=hinge lr_g=0.001 monday",
        help="Settings as name=value, and words of the name or of a setting that was changed; all must hold.",
    )  # fmt: skip
    LINK.put(asked)
    whole = [entry for entry in listed if isinstance(entry, Heading)]
    try:
        search = Search.parse(asked)
        found = [heading for heading in whole if search.fits(heading)]
        loops_found = [loop for loop in loops if search.fits_name(loop.name)]
    except SearchError as error:
        diagnosis_line.say(diagnosis_line.TROUBLE, str(error))
        found, loops_found = whole, loops
    watched.section(store, loops_found)
    if not found and not loops_found and asked:
        st.markdown("No saved run fits this search.")
    cards.comparison(store, found)
    shown = state.SHOWN.get() or cards.SHOWN
    for heading in found[:shown]:
        cards.card(store, heading)
    if len(found) > shown and st.button(f"Show more ({len(found) - shown})", key="more", width="stretch"):
        state.SHOWN.set(shown + cards.SHOWN)
        st.rerun()
    for entry in listed:
        if not isinstance(entry, Heading) and not asked:
            cards.damaged(entry)
else:
    st.markdown("Nothing is saved yet: train a run, open **Save** below its pictures, and press **Save this run**.")
    st.page_link("pages/train.py", label="Train one", icon=":material/play_circle:")
    st.markdown("A training loop of your own is followed here too: the README says how to watch it in ten lines.")
cards.bin(store)
cards.whose(store, len(listed) + len(loops))
