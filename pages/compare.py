"""compare: two to four runs in lock-step from the same start, a difference each; one scrubber for all."""

import streamlit as st

from gan_core.live.registry import registry
from pages.parts import navigation
from pages.parts.compare import panel, panels, vary
from pages.parts.shared import comparison_state, pace, page_settings, plain_text, state, tab_runs
from pages.parts.shared.fragment import fragment

navigation.require()
comparison_state.open_link()
registry().warm(1 if any(comparison_state.runs()) else 2)
for sentence in comparison_state.told():
    plain_text.wrong(sentence)

with st.container(key="setup"):
    vary.draw()


@fragment(run_every=panel.interval(*comparison_state.runs()))
@pace.measured
def view(polled: float | None) -> None:
    """All runs; drawn again by itself while one of them moves."""
    comparison_state.write_begun()
    runs = comparison_state.runs()
    panels.buttons(runs)
    shown = panels.scrubber(runs)
    panels.panels(runs, shown, to_train)
    panels.table(runs)
    if state.TO_TRAIN.take():
        st.switch_page("pages/train.py")
    pace.follow(polled, panel.interval(*runs))


def to_train(number: int) -> None:
    """Leave for the page Train with one run as it is now; with its settings where it is not started."""
    run = comparison_state.runs()[number]
    if run is None:
        tab_runs.leave_run()
        page_settings.take(comparison_state.now().experiments[number])
    elif not tab_runs.copy(run):
        return
    state.TO_TRAIN.set(True)


view(panel.interval(*comparison_state.runs()))
comparison_state.write()
