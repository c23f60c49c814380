"""runs: what was saved, to be found, opened where it stood, renamed, compared, deleted."""

import streamlit as st

from gan_core.live.registry import registry
from gan_core.saved_runs.run_folder import Heading
from gan_core.saved_runs.search import Search, SearchError
from gan_core.saved_runs.store import Store, StoreError
from pages.parts import navigation
from pages.parts.runs import cards
from pages.parts.shared import address_bar, comparison_state, diagnosis_line, theme

FIND = "find"

navigation.require()
registry().warm()
if st.session_state.pop("to_train", False):
    st.switch_page("pages/train.py")
comparison_state.go_where_asked()

st.html(theme.ASSETS / "runs.css")
st.markdown("## Saved runs")
st.markdown(
    "Each opens on **Train** where it stood, with all its pictures and measurements, and goes on exactly as if it had "
    "never stopped. Opening one leaves it as it is until you save over it."
)
if trouble := st.session_state.pop("store_trouble", ""):
    diagnosis_line.say(diagnosis_line.TROUBLE, trouble)
try:
    store = Store.from_environment()
    listed = store.headings()
except StoreError as error:
    diagnosis_line.say(diagnosis_line.TROUBLE, str(error))
    st.stop()
cards.undo(store)

if listed:
    if FIND not in st.session_state:
        st.session_state.find = st.query_params.get(FIND, "")
    asked = st.text_input(
        "Find", key=FIND, placeholder="loss=hinge lr_g=0.001 monday",
        help="Settings as name=value, and words of the name or of a setting that was changed; all must hold.",
    )  # fmt: skip
    address_bar.put({FIND: asked} if asked else {})
    whole = [entry for entry in listed if isinstance(entry, Heading)]
    try:
        search = Search.parse(asked)
        found = [heading for heading in whole if search.fits(heading)]
    except SearchError as error:
        diagnosis_line.say(diagnosis_line.TROUBLE, str(error))
        found = whole
    if not found and asked:
        st.markdown("No saved run fits this search.")
    cards.comparison(store, found)
    shown = st.session_state.get("shown", cards.SHOWN)
    for heading in found[:shown]:
        cards.card(store, heading)
    if len(found) > shown and st.button(f"Show more ({len(found) - shown})", key="more", width="stretch"):
        st.session_state.shown = shown + cards.SHOWN
        st.rerun()
    for entry in listed:
        if not isinstance(entry, Heading) and not asked:
            cards.damaged(entry)
else:
    st.markdown("Nothing is saved yet: train a run, open **Save** below its pictures, and press **Save this run**.")
    st.page_link("pages/train.py", label="Train one", icon=":material/play_circle:")
cards.bin(store)
st.caption(
    f"{len(listed)} in {store.home}, {store.size() / 1e6:.0f} of {store.most_mb:.0f} MB. Everybody who uses this "
    "server sees, opens, renames and deletes the same saved runs; nobody's name is kept."
)
