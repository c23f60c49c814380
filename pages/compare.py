"""compare: two to four runs in lock-step from the same start, a difference each; one scrubber for all."""

import streamlit as st

from gan_core.comparison import LETTERS
from gan_core.runs import registry
from pages.parts import address, compared, frame, panels, session, vary, versus

frame.require()
compared.open_link()
registry().warm(1 if any(compared.runs()) else 2)
for sentence in compared.told():
    st.warning(sentence)

with st.container(key="setup"):
    vary.draw()
    vary.shared()


@st.fragment(run_every=versus.interval(*compared.runs()))
def view(polled: float | None) -> None:
    """All runs; drawn again by itself while one of them moves."""
    runs = compared.runs()
    panels.buttons(runs)
    shown = panels.scrubber(runs)
    panels.panels(runs, shown)
    panels.table(runs)
    if (versus.interval(*runs) is None) != (polled is None):
        st.rerun()


def to_train(number: int) -> None:
    """Leave for the page Train with the settings of one run."""
    session.leave_run()
    address.take(compared.now().experiments[number])
    st.session_state.to_train = True


view(versus.interval(*compared.runs()))
with st.container(horizontal=True, gap="small", key="leave"):
    for number, letter in enumerate(LETTERS[: len(compared.now().changes)]):
        st.button(f"Open {letter} in Train", key=f"open_{letter}", type="tertiary", on_click=to_train, args=(number,))
if st.session_state.pop("to_train", False):
    st.switch_page("pages/train.py")
compared.write()
